import { add } from "../graph/ops/add.ts";
import { argMax } from "../graph/ops/arg_max.ts";
import { concat } from "../graph/ops/concat.ts";
import { constant } from "../graph/ops/constant.ts";
import { mul, scale } from "../graph/ops/mul.ts";
import { oneHot } from "../graph/ops/one_hot.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { slice } from "../graph/ops/slice.ts";
import { softmaxCrossEntropy } from "../graph/ops/softmax_cross_entropy.ts";
import { sub } from "../graph/ops/sub.ts";
import { sum, zeros } from "../graph/ops/sum.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Value } from "../graph/value.ts";
import type { Loss } from "./loss.ts";
import { valueRows } from "./value_rows.ts";

/**
 * Binary cross-entropy of logits z with targets t in [0, 1], on average over a row: of one yes or
 * no, or of several that are independent of each other.
 */
export const BINARY_CROSS_ENTROPY: Loss = {
  name: "binary-cross-entropy",
  title: "binary cross-entropy",
  equation: "mean of −t ln σ(z) − (1 − t) ln(1 − σ(z))",
  unit: "nats",
  targets: "values",
  wants: "an axis of examples, and logits or a sigmoid's probabilities in the others",
  endings: ["sigmoid"],
  takesOtherEndings: false,
  forms: [
    { name: "logits", of: (row) => row },
    { name: "probabilities", of: (row) => row.map((z) => 1 / (1 + Math.exp(-z))) },
  ],
  fits({ shape, ending }, targets) {
    if (ending !== undefined) return ending === "sigmoid";
    const size = sizeOf(shape);
    return targets ? targets.areBinary && targets.entries === size : size === 1;
  },
  rows: (shape) => valueRows(shape, "logit"),
  cut: (output, { width }) => reshape(output, [output.shape[0]!, width]),
  losses(outputs, targets) {
    const [rows, width] = outputs.shape as [number, number];
    const column: [number, number] = [rows * width, 1];
    const losses = ofColumn(reshape(outputs, column), reshape(targets, column));
    return scale(sum(reshape(losses, [rows, width]), [1]), 1 / width);
  },
  targetFault: (value) => value >= 0 && value <= 1 ? undefined : "want numbers from 0 to 1",
  hits(row, target) {
    let hits = 0;
    for (let k = 0; k < row.length; k++) {
      // A logit of 0 decides for neither.
      if (target[k]! > 0.5 ? row[k]! > 0 : row[k]! < 0) hits++;
    }
    return hits / row.length;
  },
};

/**
 * σ(z) is the softmax of (0, z), so that with h the likelier class ℓ is the cross-entropy of h, which
 * keeps its relative precision next to 0, and (h − t) z, which is 0 for a t of 0 or 1.
 *
 * @param z Shape [n, 1], as t.
 */
function ofColumn(z: Value, t: Value): Value {
  const [count] = z.shape as [number, number];
  const likelier = argMax(concat([sub(constant(1), t), t], 1));
  const h = slice(oneHot(likelier, 2), [0, 1], [count, 1]);
  const ofLikelier = softmaxCrossEntropy(concat([zeros([count, 1]), z], 1), likelier);
  return add(reshape(ofLikelier, [count, 1]), mul(sub(h, t), z));
}
