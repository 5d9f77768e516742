/** Arithmetic entry by entry, with broadcasting. */
import { add } from "../../../graph/ops/add.ts";
import { constant } from "../../../graph/ops/constant.ts";
import { div } from "../../../graph/ops/div.ts";
import { erf } from "../../../graph/ops/erf.ts";
import { exp } from "../../../graph/ops/exp.ts";
import { log } from "../../../graph/ops/log.ts";
import { mul, scale } from "../../../graph/ops/mul.ts";
import { passWherePositive, relu } from "../../../graph/ops/relu.ts";
import { rsqrt } from "../../../graph/ops/rsqrt.ts";
import { sign } from "../../../graph/ops/sign.ts";
import { sqrt } from "../../../graph/ops/sqrt.ts";
import { square } from "../../../graph/ops/square.ts";
import { sub } from "../../../graph/ops/sub.ts";
import { broadcastTo } from "../../../graph/ops/sum.ts";
import type { Value } from "../../../graph/value.ts";
import { elementwise } from "../host.ts";
import { type GraphOperand, graphOperand, mapped, type Operand } from "../operand.ts";
import { asGraph, known, type Rule, type RuleContext, type Rules, valueOf } from "../rule.ts";
import { floats, type HostTensor } from "../tensor.ts";

/** A function of one argument. */
export function unaryRule(onHost: (x: number) => number, onGraph: (x: Value) => Value): Rule {
  return {
    host: ([x]) => [elementwise([x!], onHost)],
    graph: ([x], _, context) => [mapped(asGraph(x, context), onGraph)],
  };
}

/** A function of two arguments or more, from the left. */
function foldRule(onHost: (a: number, b: number) => number, onGraph: typeof add): Rule {
  return {
    host: (inputs) => [
      inputs.map((x) => x!).reduce((a, b) => elementwise([a, b], onHost)),
    ],
    graph: (inputs, _, context) => [
      inputs.map((x) => x!).reduce((a, b) => together(a, b, onGraph, context)),
    ],
  };
}

/** Images stay as they are held where both are, or one is a single number or one a channel. */
function together(
  a: Operand,
  b: Operand,
  onGraph: typeof add,
  context: RuleContext,
): GraphOperand {
  const images = [a, b].find((each) => each.host === undefined && each.isChannelsLast);
  const held = images && [a, b].map((each) => asHeld(each));
  if (images?.host === undefined && held?.every((each) => each !== undefined)) {
    const value = onGraph(held[0]!, held[1]!);
    if (value.shape.length === 4) {
      const [n, h, w, c] = value.shape as [number, number, number, number];
      return { held: value, shape: [n, c, h, w], isChannelsLast: true };
    }
  }
  return graphOperand(onGraph(valueOf(a, context), valueOf(b, context)));
}

/** An operand as it goes with images by channel last; `undefined` where it has to be turned. */
function asHeld(operand: Operand): Value | undefined {
  if (operand.host === undefined && operand.isChannelsLast) return operand.held;
  if (operand.shape.every((extent) => extent === 1) && operand.shape.length <= 4) {
    return operand.host?.data.length === 1 ? constant(finite(operand.host.data[0]!)) : undefined;
  }
  return undefined;
}

/** What no float32 can be is as large as need be: masks of attention hold −∞. */
function finite(entry: number): number {
  return Math.max(-1e30, Math.min(1e30, entry));
}

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

/** max(a, b) = b + max(a − b, 0). */
const larger = (a: Value, b: Value): Value => add(b, relu(sub(a, b)));

/** max(x, low), of one of 0 without rounding. */
const atLeast = (x: Value, low: number): Value =>
  low === 0 ? relu(x) : add(relu(sub(x, constant(low))), constant(low));

const negated = (x: Value): Value => scale(x, -1);

const CLIP: Rule = {
  host: ([x, low, high], node) => {
    const [least, most] = boundsOf(low, high, node);
    return [elementwise([x!], (entry) => Math.min(Math.max(entry, least), most))];
  },
  graph: ([x, low, high], node, context) => {
    const [least, most] = boundsOf(known(low, "bound"), known(high, "bound"), node);
    return [mapped(asGraph(x, context), (value) => {
      const below = least === -Infinity ? value : atLeast(value, least);
      // min(y, b) = y − max(y − b, 0): of y below b without rounding.
      return most === Infinity ? below : sub(below, relu(sub(below, constant(most))));
    })];
  },
};

function boundsOf(
  low: HostTensor | undefined,
  high: HostTensor | undefined,
  node: Parameters<NonNullable<Rule["host"]>>[1],
): [number, number] {
  return [
    low?.data[0] ?? node.float("min", -Infinity),
    high?.data[0] ?? node.float("max", Infinity),
  ];
}

const WHERE: Rule = {
  host: ([condition, yes, no]) => [
    elementwise(
      [condition!, yes!, no!],
      (c, a, b) => c ? a : b,
      yes!.isFloat || no!.isFloat,
    ),
  ],
  graph([condition, yes, no], _, context) {
    if (condition?.host === undefined) {
      const mask = valueOf(condition, context);
      const rest = complement(mask);
      return [
        graphOperand(add(mul(mask, valueOf(yes, context)), mul(rest, valueOf(no, context)))),
      ];
    }
    const mask = condition.host;
    // Entry by entry c a + (1 − c) b, of known a and b with the factor taken in.
    const part = (operand: Operand | undefined, keep: (c: number) => boolean) => {
      if (operand?.host) {
        const entries = elementwise([mask, operand.host], (c, x) => keep(c) ? finite(x) : 0, true);
        return context.fixed(entries);
      }
      const factor = elementwise([mask], (c) => keep(c) ? 1 : 0, true);
      return mul(valueOf(operand, context), context.fixed(factor));
    };
    return [graphOperand(add(part(yes, (c) => c !== 0), part(no, (c) => c === 0)))];
  },
};

/** 1 − x: of a truth value its opposite. */
const complement = (x: Value): Value => sub(constant(1), x);

/** 1 where x > 0, else 0; no derivative sees where it jumps. */
const isPositive = (x: Value): Value => passWherePositive(broadcastTo(constant(1), x.shape), x);

const IDENTITY: Rule = { host: ([x]) => [x!], graph: ([x]) => [x!] };

/** From a condition to 1 and 0. */
function comparison(
  holds: (a: number, b: number) => boolean,
  onGraph?: (a: Value, b: Value) => Value,
): Rule {
  return {
    host: ([a, b]) => [elementwise([a!, b!], (x, y) => holds(x, y) ? 1 : 0, false)],
    ...(onGraph && {
      graph: ([a, b], _, context) => [
        graphOperand(onGraph(valueOf(a, context), valueOf(b, context))),
      ],
    }),
  };
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
  Max: foldRule(Math.max, larger),
  Min: foldRule(Math.min, (a, b) => negated(larger(negated(a), negated(b)))),
  Mean: {
    graph: (inputs, node, context) => {
      const [total] = ELEMENTWISE_RULES.Sum!.graph!(inputs, node, context);
      return [mapped(asGraph(total, context), (x) => scale(x, 1 / inputs.length))];
    },
  },
  Mod: { host: ([a, b]) => [elementwise([a!, b!], (x, y) => x - y * Math.floor(x / y))] },
  Pow: {
    host: ([a, b]) => [elementwise([a!, b!], (x, y) => x ** y, a!.isFloat)],
    graph([x, exponent], _, context) {
      const { data } = known(exponent, "exponent")!;
      if (data.some((entry) => entry !== data[0])) {
        throw new RangeError("it raises to several powers at once; Basin knows one a node");
      }
      return [mapped(asGraph(x, context), (value) => power(value, data[0]!))];
    },
  },
  Neg: unaryRule((x) => -x, negated),
  Abs: unaryRule(Math.abs, (x) => mul(x, sign(x))),
  Sqrt: unaryRule(Math.sqrt, sqrt),
  Exp: unaryRule(Math.exp, exp),
  Log: unaryRule(Math.log, log),
  Reciprocal: unaryRule((x) => 1 / x, (x) => div(constant(1), x)),
  Erf: { graph: ([x], _, context) => [mapped(asGraph(x, context), erf)] },
  Erfc: { graph: ([x], _, context) => [mapped(asGraph(x, context), (y) => complement(erf(y)))] },
  Sign: unaryRule(Math.sign, sign),
  Floor: { host: ([x]) => [elementwise([x!], Math.floor)] },
  Ceil: { host: ([x]) => [elementwise([x!], Math.ceil)] },
  Not: {
    host: ([x]) => [elementwise([x!], (entry) => entry ? 0 : 1, false)],
    graph: ([x], _, context) => [mapped(asGraph(x, context), complement)],
  },
  And: comparison((a, b) => a !== 0 && b !== 0, mul),
  Or: comparison(
    (a, b) => a !== 0 || b !== 0,
    (a, b) => complement(mul(complement(a), complement(b))),
  ),
  Equal: comparison((a, b) => a === b),
  Less: comparison((a, b) => a < b, (a, b) => isPositive(sub(b, a))),
  LessOrEqual: comparison((a, b) => a <= b, (a, b) => complement(isPositive(sub(a, b)))),
  Greater: comparison((a, b) => a > b, (a, b) => isPositive(sub(a, b))),
  GreaterOrEqual: comparison((a, b) => a >= b, (a, b) => complement(isPositive(sub(b, a)))),
  Clip: CLIP,
  Where: WHERE,
  Identity: IDENTITY,
  Dropout: IDENTITY,
  Cast: {
    host: ([x], node) => {
      const to = node.int("to", 1);
      const isFloat = [1, 10, 11, 16].includes(to);
      const convert = isFloat ? (entry: number) => entry : to === 9 ? Boolean : Math.trunc;
      return [elementwise([x!], (entry) => Number(convert(entry)), isFloat)];
    },
    graph: ([x]) => [x!],
  },
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
  CastLike: {
    host: ([x, like]) => [{ ...x!, isFloat: like!.isFloat }],
    graph: ([x]) => [x!],
  },
};
