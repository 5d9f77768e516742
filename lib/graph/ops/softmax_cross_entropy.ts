import { apply, defineOp, misfit } from "../op.ts";
import type { TensorFlowEmitter } from "../tensorflow_emitter.ts";
import type { Value } from "../value.ts";
import { mul, scale } from "./mul.ts";
import { oneHot } from "./one_hot.ts";
import { reshape } from "./reshape.ts";
import { logSoftmax, softmax } from "./softmax.ts";
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
  expand({ inputs }) {
    const [logits, labels] = inputs as [Value, Value];
    const hit = mul(oneHot(labels, logits.shape[1]!), logSoftmax(logits));
    return scale(sum(hit, [1]), -1);
  },
  tensorflow: (emit, inputs) => crossEntropyNode(emit, inputs),
});

const SOFTMAX_MINUS_ONE_HOT = defineOp<Record<never, never>>({
  name: "softmaxMinusOneHot",
  infer(inputs) {
    checkRows("softmaxMinusOneHot", inputs);
    return { shape: inputs[0]!.shape, dtype: "float32" };
  },
  expand({ inputs }) {
    const [logits, labels] = inputs as [Value, Value];
    return sub(softmax(logits), oneHot(labels, logits.shape[1]!));
  },
  tensorflow: (emit, inputs) => `${crossEntropyNode(emit, inputs)}:1`,
});

function checkRows(name: string, inputs: readonly Value[]): void {
  const [logits, labels] = inputs as [Value, Value];
  const rows = logits.shape.length === 2 && labels.shape.length === 1;
  const types = logits.dtype === "float32" && labels.dtype === "int32";
  if (!rows || !types || logits.shape[0] !== labels.shape[0]) {
    throw misfit(name, inputs, "wanted logits [batch, classes] and int32 labels [batch]");
  }
}

/** TensorFlow's kernel computes the loss (output 0) and its gradient (output 1) in one pass. */
function crossEntropyNode(emit: TensorFlowEmitter, inputs: readonly string[]): string {
  return emit.once(
    `crossEntropy ${inputs.join(" ")}`,
    () => emit.node("SparseSoftmaxCrossEntropyWithLogits", inputs, { Tlabels: { type: "int32" } }),
  );
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
