import { ghostBatchNorm } from "../../lib/graph/ops/ghost_batch_norm.ts";
import { layerNorm } from "../../lib/graph/ops/layer_norm.ts";
import { batchNorm, inverseDeviationOf } from "../../lib/graph/ops/batch_norm.ts";
import { type Shape, showShape, sizeOf } from "../../lib/graph/shape.ts";
import type { Value } from "../../lib/graph/value.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import { type OpCase, real } from "./op_case.ts";
import { batchNormPlain } from "./plain_formulas.ts";

/** x, γ and β of the channels of x. */
function inputsFor(shape: Shape) {
  const channels = [shape.at(-1)!];
  return [real(shape, -2, 2), real(channels, 0.5, 1.5), real(channels)];
}

function batchNormCases(): OpCase[] {
  return ([[[4, 3], 1e-3], [[2, 2, 3, 2], 1e-3], [[5, 2], 0.5], [[3, 2, 2], 1e-3]] as const)
    .flatMap(([shape, epsilon]) => {
      const inputs = inputsFor(shape);
      const label = `${showShape(shape)}, ε = ${epsilon}`;
      const forward: OpCase = {
        op: "batchNorm",
        label,
        inputs,
        build: (x, gamma, beta) => batchNorm(x!, gamma!, beta!, epsilon),
        formula: (x, gamma, beta) => batchNormPlain(x!, gamma!, beta!, epsilon),
      };
      const gradients = ["input", "scale", "offset"].map((of, i): OpCase => ({
        op: "batchNormGradient",
        label: `by ${of}, ${label}`,
        inputs: [...inputs, real(shape)],
        build: (...leaves) => {
          const [x, gamma, beta, g] = leaves as [Value, Value, Value, Value];
          return vjp(batchNorm(x, gamma, beta, epsilon), g, leaves.slice(0, 3))[i]!;
        },
      }));
      // Where ε is small and so is σ, its third derivative is too large for differences.
      const smooth = Math.max(epsilon, 0.1);
      const inverse: OpCase = {
        op: "batchNormInverseDeviation",
        label: `${showShape(shape)}, ε = ${smooth}`,
        inputs,
        build: (x, gamma, beta) => inverseDeviationOf(x!, gamma!, beta!, smooth),
        formula: (x) => inverseDeviations(x!, shape.at(-1)!, smooth),
      };
      return [forward, ...gradients, inverse];
    });
}

/** By the definition: 1/√(Σ (x − μ)²/N + ε). */
function inverseDeviations(x: Float64Array, channels: number, epsilon: number) {
  return Array.from({ length: channels }, (_, channel) => {
    const own = x.filter((_, i) => i % channels === channel);
    const mean = own.reduce((total, entry) => total + entry, 0) / own.length;
    const squares = own.reduce((total, entry) => total + (entry - mean) ** 2, 0);
    return 1 / Math.sqrt(squares / own.length + epsilon);
  });
}

function layerNormCases(): OpCase[] {
  return [[4, 3], [2, 2, 3, 2]].map((shape): OpCase => ({
    op: "layerNorm",
    label: showShape(shape),
    inputs: inputsFor(shape),
    build: (x, gamma, beta) => layerNorm(x!, gamma!, beta!, 1e-3),
    formula(x, gamma, beta) {
      const units = sizeOf(shape.slice(1));
      const examples = Array.from({ length: shape[0]! }, (_, n) =>
        // One example as one channel: its units are what batch norm would average over.
        batchNormPlain(
          x!.subarray(n * units, (n + 1) * units),
          Float64Array.of(1),
          Float64Array.of(0),
          1e-3,
        ));
      const channels = shape.at(-1)!;
      return examples.flatMap((y) => Array.from(y)).map((y, i) =>
        gamma![i % channels]! * y + beta![i % channels]!
      );
    },
  }));
}

/** Two ghosts, one that is the batch, and images. */
function ghostBatchNormCases(): OpCase[] {
  return ([[[6, 2], 3], [[4, 3], 4], [[4, 2, 1, 2], 2]] as const).map(([shape, ghost]): OpCase => ({
    op: "ghostBatchNorm",
    label: `${showShape(shape)} in ghosts of ${ghost}`,
    inputs: inputsFor(shape),
    build: (x, gamma, beta) => ghostBatchNorm(x!, gamma!, beta!, ghost, 1e-3),
    formula(x, gamma, beta) {
      const size = ghost * sizeOf(shape.slice(1));
      return Array.from({ length: shape[0] / ghost }, (_, i) =>
        Array.from(
          batchNormPlain(x!.subarray(i * size, (i + 1) * size), gamma!, beta!, 1e-3),
        )).flat();
    },
  }));
}

/** Every op that normalises. */
export const NORM_CASES: readonly OpCase[] = [
  ...batchNormCases(),
  ...layerNormCases(),
  ...ghostBatchNormCases(),
];
