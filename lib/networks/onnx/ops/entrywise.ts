/** How the rules of single entries are built. */
import { constant } from "../../../graph/ops/constant.ts";
import type { Value } from "../../../graph/value.ts";
import { elementwise } from "../host.ts";
import { type GraphOperand, graphOperand, mapped, type Operand } from "../operand.ts";
import { asGraph, type Rule, type RuleContext, valueOf } from "../rule.ts";

/** A function of two values, with broadcasting. */
export type Binary = (a: Value, b: Value) => Value;

/** A function of one argument. */
export function unaryRule(onHost: (x: number) => number, onGraph: (x: Value) => Value): Rule {
  return {
    host: ([x]) => [elementwise([x!], onHost)],
    graph: ([x], _, context) => [mapped(reals(asGraph(x, context)), onGraph)],
  };
}

/** A function of two arguments or more, from the left. */
export function foldRule(onHost: (a: number, b: number) => number, onGraph: Binary): Rule {
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
export function together(
  a: Operand,
  b: Operand,
  onGraph: Binary,
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
  return graphOperand(onGraph(realValue(a, context), realValue(b, context)));
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
export function finite(entry: number): number {
  return Math.max(-FAR, Math.min(FAR, entry));
}

/** What lies farther out stands for infinity. */
export const FAR = 1e30;

/** An operand's value in ONNX's order of axes, of real numbers. */
export function realValue(operand: Operand | undefined, context: RuleContext): Value {
  if (operand && operand.host === undefined) reals(operand);
  return valueOf(operand, context);
}

/**
 * Sees that a value is of real numbers.
 *
 * @throws {RangeError} If they are the examples' whole numbers, by which tables are looked up.
 */
export function reals(operand: GraphOperand): GraphOperand {
  if (operand.held.dtype === "float32") return operand;
  throw new RangeError(
    "it computes with the examples' whole numbers, by which Basin looks up rows alone; export " +
      "the model with an input of float32, for which whole numbers in the data are converted",
  );
}
