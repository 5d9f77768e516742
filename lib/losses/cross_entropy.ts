import { reshape } from "../graph/ops/reshape.ts";
import { softmaxCrossEntropy } from "../graph/ops/softmax_cross_entropy.ts";
import { transpose } from "../graph/ops/transpose.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import type { Loss, OutputRows } from "./loss.ts";

/** Cross-entropy of classes: −ln of the probability that the model gives the label. */
export const CROSS_ENTROPY: Loss = {
  name: "cross-entropy",
  title: "cross-entropy",
  equation: "−ln softmax(z)_label",
  unit: "nats",
  targets: "labels",
  wants: "two classes or more in the second axis, or in the third",
  // Of probabilities p it is that of the logits they are made of.
  endings: ["softmax", "log-softmax"],
  takesOtherEndings: false,
  forms: [
    { name: "logits", of: (row) => row },
    { name: "probabilities", of: (row) => logProbabilities(row).map(Math.exp) },
    { name: "log-probabilities", of: logProbabilities },
  ],
  fits({ shape, ending }, targets) {
    const rows = rowsOf(shape);
    if (!rows || ending === "sigmoid") return false;
    return ending !== undefined || !targets || targets.labels === rows.perExample;
  },
  rows: rowsOf,
  cut(output, { perExample, width }) {
    const [batch, ...rest] = output.shape as [number, ...number[]];
    const areClassesFirst = rest.length === 3 && perExample > 1;
    const ordered = areClassesFirst ? transpose(output, [0, 2, 3, 1]) : output;
    return reshape(ordered, [batch * perExample, width]);
  },
  losses: softmaxCrossEntropy,
  hits(row, target) {
    const label = target[0]!;
    const own = row[label]!;
    // A NaN never counts as a hit.
    let isLargest = !Number.isNaN(own);
    for (let k = 0; k < row.length && isLargest; k++) isLargest = k === label || row[k]! < own;
    return isLargest ? 1 : 0;
  },
};

/** [classes], [positions, classes], or [classes, height, width] for a label a pixel. */
function rowsOf(shape: Shape): OutputRows | undefined {
  const inner = shape.length > 2 ? sizeOf(shape.slice(1)) : 1;
  if (shape.length === 1 || (shape.length > 2 && inner === 1)) {
    return classesOf(shape[0]!, 1, "");
  }
  if (shape.length === 2) {
    return classesOf(shape[1]!, shape[0]!, ` at each of ${shape[0]} positions`);
  }
  if (shape.length === 3) return classesOf(shape[0]!, inner, ` at each of ${inner} pixels`);
  return undefined;
}

function classesOf(classes: number, perExample: number, where: string): OutputRows | undefined {
  if (classes < 2) return undefined;
  return { perExample, width: classes, understood: `${classes} classes${where}` };
}

function logProbabilities(row: Float64Array): Float64Array {
  const peak = Math.max(...row);
  const total = row.reduce((sum, entry) => sum + Math.exp(entry - peak), 0);
  return row.map((entry) => entry - peak - Math.log(total));
}
