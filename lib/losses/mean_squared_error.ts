import { scale } from "../graph/ops/mul.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { square } from "../graph/ops/square.ts";
import { sub } from "../graph/ops/sub.ts";
import { sum } from "../graph/ops/sum.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Loss } from "./loss.ts";
import { valueRows } from "./value_rows.ts";

/**
 * The mean over the entries of an output of (z − t)², without a factor of ½: PyTorch's `MSELoss` and
 * Keras's `MeanSquaredError`.
 */
export const MEAN_SQUARED_ERROR: Loss = {
  name: "mean-squared-error",
  title: "mean squared error",
  equation: "mean of (z − t)²",
  unit: "",
  targets: "values",
  wants: "an axis of examples, and values in the others",
  endings: [],
  takesOtherEndings: true,
  forms: [{ name: "output", of: (row) => row }],
  fits: ({ shape }, targets) =>
    targets !== undefined && (!targets.areWhole || targets.entries === sizeOf(shape)),
  rows: (shape) => valueRows(shape, "value"),
  cut: (output, { width }) => reshape(output, [output.shape[0]!, width]),
  losses: (outputs, targets) =>
    scale(sum(square(sub(outputs, targets)), [1]), 1 / outputs.shape[1]!),
};
