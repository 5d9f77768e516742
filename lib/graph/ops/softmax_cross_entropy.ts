/**
 * Cross-entropy that keeps its relative precision as it goes to zero.
 *
 * At a minimum, where sharpness and curvature are measured, the probability p of the label is next
 * to 1. TensorFlow's kernel, like others, then has its loss −ln p and its gradient p − 1 from
 * numbers that cancel. At a loss of 1e-3 the gradient's relative error is 1e-4 in float32. Below a
 * loss of 6e-8 both are zero. Here both come from the probabilities of the other classes.
 */
import { apply, defineOp, misfit } from "../op.ts";
import type { Value } from "../value.ts";
import { add } from "./add.ts";
import { argMax } from "./arg_max.ts";
import { expm1 } from "./expm1.ts";
import { exp } from "./exp.ts";
import { log1p } from "./log1p.ts";
import { mul } from "./mul.ts";
import { oneHot } from "./one_hot.ts";
import { reshape } from "./reshape.ts";
import { softmax } from "./softmax.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

const SOFTMAX_CROSS_ENTROPY = defineOp<Record<never, never>>({
  name: "softmaxCrossEntropy",
  infer(inputs) {
    checkRows("softmaxCrossEntropy", inputs);
    return { shape: inputs[1]!.shape, dtype: "float32" };
  },
  vjp({ inputs }, g) {
    const [logits, labels] = inputs as [Value, Value];
    const column = reshape(g, [labels.shape[0]!, 1]);
    return [mul(column, softmaxMinusOneHot(logits, labels)), undefined];
  },
  // ln Σ_k exp(z_k − z_y) with the largest logit z_m in front: (z_m − z_y) + ln(1 + s), where
  // 1 + s = Σ_k exp(z_k − z_m), so that s = Σ_{k≠y} exp(z_k − z_m) + (exp(z_y − z_m) − 1).
  expand({ inputs }) {
    const [logits, labels] = inputs as [Value, Value];
    const classes = logits.shape[1]!;
    const hit = oneHot(labels, classes);
    const largest = sum(mul(logits, oneHot(argMax(logits), classes)), [1], true);
    const below = sub(logits, largest);
    const ofLabel = sum(mul(below, hit), [1]);
    const others = sum(exceptHits(exp(below), hit), [1]);
    return sub(log1p(add(others, expm1(ofLabel))), ofLabel);
  },
});

const SOFTMAX_MINUS_ONE_HOT = defineOp<Record<never, never>>({
  name: "softmaxMinusOneHot",
  infer(inputs) {
    checkRows("softmaxMinusOneHot", inputs);
    return { shape: inputs[0]!.shape, dtype: "float32" };
  },
  // p_y − 1 = −Σ_{k≠y} p_k.
  expand({ inputs }) {
    const [logits, labels] = inputs as [Value, Value];
    const hit = oneHot(labels, logits.shape[1]!);
    const others = exceptHits(softmax(logits), hit);
    return sub(others, mul(hit, sum(others, [1], true)));
  },
});

/** Zero in place of the labels' entries, the others as they are. */
function exceptHits(x: Value, hit: Value): Value {
  return sub(x, mul(x, hit));
}

function checkRows(name: string, inputs: readonly Value[]): void {
  const [logits, labels] = inputs as [Value, Value];
  const rows = logits.shape.length === 2 && labels.shape.length === 1;
  const types = logits.dtype === "float32" && labels.dtype === "int32";
  if (!rows || !types || logits.shape[0] !== labels.shape[0]) {
    throw misfit(name, inputs, "wanted logits [batch, classes] and int32 labels [batch]");
  }
}

/**
 * Cross-entropy −ln softmax(z)_label of each example, in nats.
 *
 * @param logits z, shape [batch, classes].
 * @param labels Class indices, int32, shape [batch].
 * @returns Shape [batch].
 */
export function softmaxCrossEntropy(logits: Value, labels: Value): Value {
  return apply(SOFTMAX_CROSS_ENTROPY, [logits, labels], {});
}

/** softmax(z) − e_label: the gradient of each example's cross-entropy by its logits. */
function softmaxMinusOneHot(logits: Value, labels: Value): Value {
  return apply(SOFTMAX_MINUS_ONE_HOT, [logits, labels], {});
}
