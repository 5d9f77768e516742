/** Arithmetic entry by entry, with broadcasting. */
import { add } from "../../../graph/ops/add.ts";
import { constant } from "../../../graph/ops/constant.ts";
import { div } from "../../../graph/ops/div.ts";
import { erf } from "../../../graph/ops/erf.ts";
import { exp } from "../../../graph/ops/exp.ts";
import { log } from "../../../graph/ops/log.ts";
import { mul, scale } from "../../../graph/ops/mul.ts";
import { rsqrt } from "../../../graph/ops/rsqrt.ts";
import { sign } from "../../../graph/ops/sign.ts";
import { sqrt } from "../../../graph/ops/sqrt.ts";
import { square } from "../../../graph/ops/square.ts";
import { sub } from "../../../graph/ops/sub.ts";
import { broadcastTo } from "../../../graph/ops/sum.ts";
import { broadcastShapes, sameShape } from "../../../graph/shape.ts";
import type { Value } from "../../../graph/value.ts";
import { elementwise } from "../host.ts";
import { graphOperand, mapped, plain } from "../operand.ts";
import { asGraph, known, type Rule, type Rules, valueOf } from "../rule.ts";
import { floats } from "../tensor.ts";
import { isWhole } from "../whole_values.ts";
import { foldRule, reals, unaryRule } from "./entrywise.ts";
import { complement } from "./selection.ts";

const power = (x: Value, exponent: number): Value => {
  if (exponent === 2) return square(x);
  if (exponent === 1) return x;
  if (exponent === 0.5) return sqrt(x);
  if (exponent === -0.5) return rsqrt(x);
  if (exponent === -1) return div(constant(1), x);
  if (Number.isInteger(exponent) && exponent > 2 && exponent <= 8) {
    return mul(x, power(x, exponent - 1));
  }
  throw new RangeError(
    `it raises to the power ${exponent}; Basin knows whole powers to 8, ±1/2 and −1`,
  );
};

const negated = (x: Value): Value => scale(x, -1);

const IDENTITY: Rule = { host: ([x]) => [x!], graph: ([x]) => [x!] };

/** What the examples decide, and Basin does not follow. */
function refused(why: string): NonNullable<Rule["graph"]> {
  return () => {
    throw new RangeError(
      `${why}; Basin does so with constants alone: export the model without it, or name an ` +
        "output before it with --output",
    );
  };
}

/** Rounding changes nothing of whole numbers, and has no derivative elsewhere. */
function roundingRule(onHost: (x: number) => number): Rule {
  const graph = refused("it rounds the examples' values, which jump");
  return {
    host: ([x]) => [elementwise([x!], onHost)],
    graph: ([x], ...rest) =>
      x && x.host === undefined && isWhole(x.held) ? [x] : graph([x], ...rest),
  };
}

/** Of positions, which are known. */
function waveRule(onHost: (x: number) => number): Rule {
  return {
    host: ([x]) => [elementwise([x!], onHost)],
    graph: refused("it takes a sine or cosine of the examples' values"),
  };
}

/** 2/√π ∫₀ˣ exp(−t²) dt as a series of positive terms, so that nothing cancels. */
function erfOf(x: number): number {
  if (Math.abs(x) > 6 || x === 0) return Math.sign(x);
  let [term, total] = [x, 0];
  for (let k = 1; total + term !== total; k++) {
    total += term;
    term *= 2 * x * x / (2 * k + 1);
  }
  const value = 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * total;
  return Math.max(-1, Math.min(1, value));
}

/** The rules. */
export const ELEMENTWISE_RULES: Rules = {
  Add: foldRule((a, b) => a + b, add),
  Sum: foldRule((a, b) => a + b, add),
  Sub: foldRule((a, b) => a - b, sub),
  Mul: foldRule((a, b) => a * b, mul),
  Div: {
    host: ([a, b]) => {
      const isFloat = a!.isFloat || b!.isFloat;
      return [elementwise([a!, b!], (x, y) => isFloat ? x / y : Math.trunc(x / y), isFloat)];
    },
    graph: foldRule((a, b) => a / b, div).graph!,
  },
  Mean: {
    host: (inputs, node, context) => {
      const [total] = ELEMENTWISE_RULES.Sum!.host!(inputs, node, context);
      return [elementwise([total!], (x) => x / inputs.length)];
    },
    graph: (inputs, node, context) => {
      const [total] = ELEMENTWISE_RULES.Sum!.graph!(inputs, node, context);
      return [mapped(asGraph(total, context), (x) => scale(x, 1 / inputs.length))];
    },
  },
  Mod: {
    // The sign of the dividend, or by default of the divisor.
    host: ([a, b], node) => {
      const isOfDividend = node.int("fmod", 0) === 1;
      const rest = (x: number, y: number) => isOfDividend ? x % y : x - y * Math.floor(x / y);
      return [elementwise([a!, b!], rest)];
    },
    graph: refused("it takes remainders of the examples' values, which jump"),
  },
  Pow: {
    host: ([a, b]) => [elementwise([a!, b!], (x, y) => x ** y, a!.isFloat)],
    graph([x, exponent], _, context) {
      const { data, shape } = known(exponent, "exponent")!;
      if (data.some((entry) => entry !== data[0])) {
        throw new RangeError("it raises to several powers at once; Basin knows one a node");
      }
      const raised = mapped(reals(asGraph(x, context)), (value) => power(value, data[0]!));
      const common = broadcastShapes(raised.shape, shape);
      if (!common || sameShape(common, raised.shape)) return [raised];
      return [graphOperand(broadcastTo(plain(raised), common))];
    },
  },
  Neg: unaryRule((x) => -x, negated),
  Abs: unaryRule(Math.abs, (x) => mul(x, sign(x))),
  Sqrt: unaryRule(Math.sqrt, sqrt),
  Exp: unaryRule(Math.exp, exp),
  Log: unaryRule(Math.log, log),
  Reciprocal: unaryRule((x) => 1 / x, (x) => div(constant(1), x)),
  Erf: unaryRule(erfOf, erf),
  Erfc: unaryRule((x) => 1 - erfOf(x), (x) => complement(erf(x))),
  Sin: waveRule(Math.sin),
  Cos: waveRule(Math.cos),
  Sign: unaryRule(Math.sign, sign),
  Floor: roundingRule(Math.floor),
  Ceil: roundingRule(Math.ceil),
  Identity: IDENTITY,
  Dropout: IDENTITY,
  // Probabilities by their labels, as scikit-learn's models end: the probabilities.
  ZipMap: IDENTITY,
  Scaler: {
    graph([x], node, context) {
      const factors = (name: string, fallback: number) => {
        const given = node.floats(name);
        const entries = given && given.length > 0 ? given : [fallback];
        return context.fixed(floats([entries.length], Float64Array.from(entries)));
      };
      const centred = sub(valueOf(x, context), factors("offset", 0));
      return [graphOperand(mul(centred, factors("scale", 1)))];
    },
  },
};
