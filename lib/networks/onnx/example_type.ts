/** What the examples of a model are fed as. */
import type { DType } from "../../graph/type.ts";
import type { OnnxModel } from "./model.ts";
import type { OnnxNode } from "./node.ts";
import { isFloatType } from "./tensor.ts";

const BOOL = 9;

/** Ops that hand entries of their first input on as they are. */
const HANDING_ON = new Set([
  "Dropout",
  "Expand",
  "Flatten",
  "Gather",
  "Identity",
  "Reshape",
  "Slice",
  "Split",
  "Squeeze",
  "Tile",
  "Transpose",
  "Unsqueeze",
]);

/** Ops that give the same for a whole number as for the real number that is equal to it. */
const ENDING = new Set([
  "Equal",
  "Greater",
  "GreaterOrEqual",
  "Less",
  "LessOrEqual",
  "Shape",
  "Size",
]);

/**
 * Real numbers, also where the file wants whole ones that it does nothing with but turn them into
 * real ones, or compare them, as with pixels and columns of a table. Tokens, by which tables are
 * looked up, stay whole, and so does what is added or divided, as whole numbers wrap and are cut off.
 */
export function exampleType({ input, nodes }: Pick<OnnxModel, "input" | "nodes">): DType {
  if (input.isFloat) return "float32";
  const whole = new Set([input.name]);
  for (const node of nodes) {
    const places = node.inputs.flatMap((name, place) => whole.has(name) ? [place] : []);
    if (places.length === 0 || endsWholes(node)) continue;
    if (!HANDING_ON.has(node.opType) || places.some((place) => place > 0)) return "int32";
    for (const output of node.outputs) whole.add(output);
  }
  return "float32";
}

function endsWholes(node: OnnxNode): boolean {
  if (node.opType !== "Cast") return ENDING.has(node.opType);
  const to = node.int("to", 1);
  return isFloatType(to) || to === BOOL;
}
