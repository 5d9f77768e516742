import type { StableHloEmitter, StableHloTensor } from "../stablehlo_emitter.ts";
import type { Value } from "../value.ts";
import { unary, unaryOp } from "./elementwise_unary.ts";
import { exp } from "./exp.ts";
import { mul, scale } from "./mul.ts";
import { square } from "./square.ts";

/**
 * x P(x²) / Q(x²) on |x| ≤ 4, beyond which erf is ±1 in float32, to a few units of the last place:
 * coefficients of Eigen and XLA, of the highest power first.
 */
const NUMERATOR = [
  -2.72614225801306e-10,
  2.77068142495902e-08,
  -2.10102402082508e-06,
  -5.69250639462346e-05,
  -7.34990630326855e-04,
  -2.95459980854025e-03,
  -1.60960333262415e-02,
];
const DENOMINATOR = [
  -1.45660718464996e-05,
  -2.13374055278905e-04,
  -1.68282697438203e-03,
  -7.37332916720468e-03,
  -1.42647390514189e-02,
];
const LARGEST = 4;

const ERF = unaryOp({
  name: "erf",
  tensorflow: "Erf",
  stablehlo(emit, x) {
    const bound = emit.fill(LARGEST, x.shape);
    const small = emit.elementwise("minimum", x, bound);
    const near = emit.elementwise("maximum", small, emit.fill(-LARGEST, x.shape));
    const squared = emit.elementwise("multiply", near, near);
    const quotient = emit.elementwise(
      "divide",
      horner(emit, NUMERATOR, squared),
      horner(emit, DENOMINATOR, squared),
    );
    return emit.elementwise("multiply", near, quotient);
  },
  portable(kernels, x) {
    const number = (value: number) => kernels.constant(value, []);
    // The clipped x, by the difference of two ramps.
    const ramps = kernels.sub(
      kernels.relu(kernels.add(x, number(LARGEST))),
      kernels.relu(kernels.sub(x, number(LARGEST))),
    );
    const near = kernels.sub(ramps, number(LARGEST));
    const squared = kernels.square(near);
    const polynomial = (coefficients: readonly number[]) =>
      coefficients.slice(1).reduce(
        (sum, each) => kernels.add(kernels.mul(sum, squared), number(each)),
        number(coefficients[0]!),
      );
    return kernels.mul(near, kernels.div(polynomial(NUMERATOR), polynomial(DENOMINATOR)));
  },
  evaluate: erfOf,
  // erf′ = 2/√π e^(−x²)
  derivative: ({ inputs: [x] }, g) =>
    mul(g, scale(exp(scale(square(x!), -1)), 2 / Math.sqrt(Math.PI))),
});

function horner(
  emit: StableHloEmitter,
  coefficients: readonly number[],
  x: StableHloTensor,
): StableHloTensor {
  const [highest, ...others] = coefficients.map((each) => emit.fill(each, x.shape));
  return others.reduce(
    (sum, each) => emit.elementwise("add", emit.elementwise("multiply", sum, x), each),
    highest!,
  );
}

/** In float64: the power series where it converges fast, else the continued fraction of erfc. */
function erfOf(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (size > 6) return Math.sign(x);
  if (size < 2.5) {
    // 2/√π e^(−x²) Σ 2^k x^(2k+1) / (1·3·5 … (2k+1)): all terms are positive.
    let term = size;
    let sum = term;
    for (let k = 1; term > sum * 1e-18; k++) sum += term *= 2 * x * x / (2 * k + 1);
    return Math.sign(x) * 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }
  let fraction = size;
  for (let k = 120; k >= 1; k--) fraction = size + k / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction));
}

/** The error function erf x = 2/√π ∫₀ˣ e^(−t²) dt entry by entry. */
export function erf(x: Value): Value {
  return unary(ERF, x);
}
