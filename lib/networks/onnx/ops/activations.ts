/** Activations, and softmax on any axis. */
import { add } from "../../../graph/ops/add.ts";
import { constant } from "../../../graph/ops/constant.ts";
import { div } from "../../../graph/ops/div.ts";
import { erf } from "../../../graph/ops/erf.ts";
import { exp } from "../../../graph/ops/exp.ts";
import { expm1 } from "../../../graph/ops/expm1.ts";
import { log1p } from "../../../graph/ops/log1p.ts";
import { logSoftmax } from "../../../graph/ops/log_softmax.ts";
import { mul, scale } from "../../../graph/ops/mul.ts";
import { relu } from "../../../graph/ops/relu.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import { sign } from "../../../graph/ops/sign.ts";
import { softmax } from "../../../graph/ops/softmax.ts";
import { sub } from "../../../graph/ops/sub.ts";
import { tanh } from "../../../graph/ops/tanh.ts";
import { transpose } from "../../../graph/ops/transpose.ts";
import { sizeOf } from "../../../graph/shape.ts";
import type { Value } from "../../../graph/value.ts";
import type { OnnxNode } from "../node.ts";
import { graphOperand, mapped } from "../operand.ts";
import { asGraph, axisOf, type Rule, type Rules, valueOf } from "../rule.ts";

/** A function of single entries that may have attributes. */
function entrywise(of: (x: Value, node: OnnxNode) => Value): Rule {
  return {
    graph: ([x], node, context) => [mapped(asGraph(x, context), (value) => of(value, node))],
  };
}

const plus = (x: Value, number: number): Value => add(x, constant(number));

/** max(−x, 0), so written that 0 has the slope of what is negative, as in the programs. */
const negativePart = (x: Value): Value => sub(relu(x), x);

/** σ(x) = (1 + tanh(x/2))/2, which overflows nowhere. */
const sigmoid = (x: Value): Value => scale(plus(tanh(scale(x, 0.5)), 1), 0.5);

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^(−|x|)), with −|x| so written that 0 has the slope of one side. */
const softplus = (x: Value): Value => {
  const positive = relu(x);
  return add(positive, log1p(exp(sub(x, scale(positive, 2)))));
};

/** min(max(a x + b, 0), 1). */
const hardSigmoid = (x: Value, a: number, b: number): Value => {
  const line = plus(scale(x, a), b);
  return sub(relu(line), relu(plus(line, -1)));
};

/** a (eˣ − 1) below 0, where the argument of the exponential is never positive. */
const elu = (x: Value, a: number): Value =>
  add(relu(x), scale(expm1(scale(negativePart(x), -1)), a));

/** x Φ(x), exactly, or by tanh as Hendrycks and Gimpel (2016) approximate it. */
const gelu = (x: Value, node: OnnxNode): Value => {
  const inner = node.text("approximate", "none") === "tanh"
    ? tanh(scale(add(x, scale(mul(mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI)))
    : erf(scale(x, Math.SQRT1_2));
  return mul(scale(x, 0.5), plus(inner, 1));
};

const PRELU: Rule = {
  graph([x, slope], _, context) {
    const value = valueOf(x, context);
    return [graphOperand(sub(relu(value), mul(negativePart(value), valueOf(slope, context))))];
  },
};

/** A function of rows on the entries along any axis. */
function alongAxis(ofRows: (rows: Value) => Value): Rule {
  return {
    graph([x], node, context) {
      const value = valueOf(x, context);
      const rank = value.shape.length;
      const isOld = context.opset < 13;
      const axis = axisOf(node.int("axis", isOld ? 1 : -1), rank);
      if (isOld) {
        // Before opset 13 all axes from this one on were one.
        const rows = reshape(value, [
          sizeOf(value.shape.slice(0, axis)),
          sizeOf(value.shape.slice(axis)),
        ]);
        return [graphOperand(reshape(ofRows(rows), value.shape))];
      }
      const order = [...value.shape.keys()].filter((each) => each !== axis).concat(axis);
      const turned = transpose(value, order);
      const rows = reshape(turned, [
        value.shape.length ? sizeOf(turned.shape.slice(0, -1)) : 1,
        turned.shape.at(-1)!,
      ]);
      const back = order.map((_, each) => order.indexOf(each));
      return [graphOperand(transpose(reshape(ofRows(rows), turned.shape), back))];
    },
  };
}

/** The rules. */
export const ACTIVATION_RULES: Rules = {
  Relu: entrywise(relu),
  LeakyRelu: entrywise((x, node) =>
    sub(relu(x), scale(negativePart(x), node.float("alpha", 0.01)))
  ),
  PRelu: PRELU,
  Elu: entrywise((x, node) => elu(x, node.float("alpha", 1))),
  Celu: entrywise((x, node) => {
    const alpha = node.float("alpha", 1);
    return scale(elu(scale(x, 1 / alpha), 1), alpha);
  }),
  Selu: entrywise((x, node) =>
    scale(elu(x, node.float("alpha", 1.6732632)), node.float("gamma", 1.050701))
  ),
  Softplus: entrywise(softplus),
  Softsign: entrywise((x) => div(x, plus(mul(x, sign(x)), 1))),
  Sigmoid: entrywise(sigmoid),
  HardSigmoid: entrywise((x, node) =>
    hardSigmoid(x, node.float("alpha", 0.2), node.float("beta", 0.5))
  ),
  HardSwish: entrywise((x) => mul(x, hardSigmoid(x, 1 / 6, 0.5))),
  Mish: entrywise((x) => mul(x, tanh(softplus(x)))),
  Tanh: entrywise(tanh),
  Gelu: entrywise(gelu),
  ThresholdedRelu: {
    graph() {
      throw new RangeError("its values jump, so that f has no gradient there");
    },
  },
  Softmax: alongAxis(softmax),
  LogSoftmax: alongAxis(logSoftmax),
  Swish: entrywise((x, node) => mul(x, sigmoid(scale(x, node.float("alpha", 1))))),
};
