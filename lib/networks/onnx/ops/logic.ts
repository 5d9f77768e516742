/** Comparisons, what truth values make of each other, and what they select. */
import { add } from "../../../graph/ops/add.ts";
import { mul, scale } from "../../../graph/ops/mul.ts";
import { oneHot } from "../../../graph/ops/one_hot.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import { slice } from "../../../graph/ops/slice.ts";
import { sub } from "../../../graph/ops/sub.ts";
import { sizeOf } from "../../../graph/shape.ts";
import type { Value } from "../../../graph/value.ts";
import { elementwise } from "../host.ts";
import { type GraphOperand, graphOperand, type Operand } from "../operand.ts";
import { type Rule, type RuleContext, type Rules, valueOf } from "../rule.ts";
import { mayBeSingular } from "../singular_values.ts";
import { type Binary, finite, realValue } from "./entrywise.ts";
import { chosen, complement, isPositive } from "./selection.ts";

/** Tokens that are told apart by unit vectors, which take memory. */
const MOST_TOKENS = 256;

/** 1 where an entry is not 0, else 0. */
export function truthOf(x: Value): Value {
  return x.dtype === "int32" ? complement(isToken(x, 0)) : differs(x);
}

/** What ONNX calls bool: 0 or 1 already, but for examples that are bools. */
function truthValue(operand: Operand | undefined, context: RuleContext): Value {
  const value = valueOf(operand, context);
  return value.dtype === "int32" ? truthOf(value) : value;
}

/** 1 where x > 0 or x < 0, else 0. */
function differs(x: Value): Value {
  return add(isPositive(x), isPositive(scale(x, -1)));
}

/** 1 where the examples' whole number is this one, else 0. */
function isToken(x: Value, token: number): Value {
  const count = sizeOf(x.shape);
  const hits = oneHot(reshape(x, [count]), token + 1);
  return reshape(slice(hits, [0, token], [count, 1]), x.shape);
}

const EQUAL: Rule = {
  ...comparison((a, b) => a === b),
  graph([a, b], _, context) {
    for (const [tokens, number] of [[a, b], [b, a]]) {
      const value = tokens && tokens.host === undefined ? valueOf(tokens, context) : undefined;
      const isOne = number?.host?.data.length === 1 &&
        number.shape.length <= (tokens?.shape.length ?? 0);
      const token = isOne ? number.host.data[0]! : -1;
      if (value?.dtype === "int32" && token >= 0 && token < MOST_TOKENS) {
        return [graphOperand(isToken(value, token))];
      }
    }
    const apart = sub(realValue(a, context), realValue(b, context));
    return [graphOperand(complement(differs(apart)))];
  },
};

/** From a condition to 1 and 0. */
function comparison(holds: (a: number, b: number) => boolean, onGraph?: Binary): Rule {
  return {
    host: ([a, b]) => [elementwise([a!, b!], (x, y) => holds(x, y) ? 1 : 0, false)],
    ...(onGraph && {
      graph: ([a, b], _, context) => [
        graphOperand(onGraph(realValue(a, context), realValue(b, context))),
      ],
    }),
  };
}

/** From truth values to another. */
function connective(holds: (a: boolean, b: boolean) => boolean, onGraph: Binary): Rule {
  return {
    host: comparison((a, b) => holds(a !== 0, b !== 0)).host!,
    graph: ([a, b], _, context) => [
      graphOperand(onGraph(truthValue(a, context), truthValue(b, context))),
    ],
  };
}

/**
 * One of two values, entry by entry, with broadcasting.
 *
 * Products with the known condition of attention take half the time of choosing; they are the same
 * unless an entry that is not taken is infinite.
 */
export function selected(
  condition: Operand | undefined,
  yes: Operand | undefined,
  no: Operand | undefined,
  context: RuleContext,
): GraphOperand {
  const isSingular = [yes, no].some((each) =>
    each && each.host === undefined && mayBeSingular(each.held)
  );
  if (condition?.host === undefined || isSingular) {
    const [a, b] = [realValue(yes, context), realValue(no, context)];
    return graphOperand(chosen(truthValue(condition, context), a, b));
  }
  const mask = condition.host;
  // Entry by entry c a + (1 − c) b, of known a and b with the factor taken in.
  const part = (operand: Operand | undefined, keep: (c: number) => boolean) => {
    if (operand?.host) {
      const entries = elementwise([mask, operand.host], (c, x) => keep(c) ? finite(x) : 0, true);
      return context.fixed(entries);
    }
    const factor = elementwise([mask], (c) => keep(c) ? 1 : 0, true);
    return mul(realValue(operand, context), context.fixed(factor));
  };
  return graphOperand(add(part(yes, (c) => c !== 0), part(no, (c) => c === 0)));
}

/** The rules. */
export const LOGIC_RULES: Rules = {
  Not: {
    host: ([x]) => [elementwise([x!], (entry) => entry ? 0 : 1, false)],
    graph: ([x], _, context) => [graphOperand(complement(truthValue(x, context)))],
  },
  And: connective((a, b) => a && b, mul),
  Or: connective(
    (a, b) => a || b,
    (a, b) => complement(mul(complement(a), complement(b))),
  ),
  Equal: EQUAL,
  Less: comparison((a, b) => a < b, (a, b) => isPositive(sub(b, a))),
  LessOrEqual: comparison((a, b) => a <= b, (a, b) => complement(isPositive(sub(a, b)))),
  Greater: comparison((a, b) => a > b, (a, b) => isPositive(sub(a, b))),
  GreaterOrEqual: comparison((a, b) => a >= b, (a, b) => complement(isPositive(sub(b, a)))),
  Where: {
    host: ([condition, yes, no]) => [
      elementwise(
        [condition!, yes!, no!],
        (c, a, b) => c ? a : b,
        yes!.isFloat || no!.isFloat,
      ),
    ],
    graph: ([condition, yes, no], _, context) => [selected(condition, yes, no, context)],
  },
};
