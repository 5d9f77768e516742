import { type Makers, makersOf } from "./makers.ts";
import type { OnnxModel } from "./model.ts";
import { handedOn, RESHAPING } from "./through.ts";

/** Ops of weights whose results may be any number. */
const LINEAR = new Set([
  "MatMul",
  "Gemm",
  "Conv",
  "ConvTranspose",
  "Einsum",
  "BatchNormalization",
]);

/** Ops whose results may be any number if their first input's may. */
const HAND_ON = new Set([
  ...RESHAPING,
  "Transpose",
  "Slice",
  "Gather",
  "Neg",
  "ReduceMean",
  "ReduceSum",
  "GlobalAveragePool",
  "AveragePool",
]);

/** Ops whose results may be any number if one of their inputs may. */
const MIX = new Set(["Add", "Sub", "Sum", "Mean", "Concat"]);

/** Whether a model ends in a linear layer, so that its output may be any number: no probability is. */
export function isOpenEnded(model: OnnxModel): boolean {
  return isOpen(model.output, makersOf(model));
}

function isOpen(value: string, makers: Makers): boolean {
  const node = makers.maker(value);
  if (!node) return false;
  if (LINEAR.has(node.opType)) return true;
  const same = handedOn(node, makers);
  if (same !== undefined) return isOpen(same, makers);
  if (HAND_ON.has(node.opType)) return isOpen(node.inputs[0]!, makers);
  if (node.opType === "Mul" || node.opType === "Div") {
    const [a, b] = node.inputs as [string, string];
    return makers.number(b) !== undefined ? isOpen(a, makers) : false;
  }
  return MIX.has(node.opType) && node.inputs.some((each) => isOpen(each, makers));
}
