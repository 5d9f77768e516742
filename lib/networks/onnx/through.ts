/** Nodes that a function of single entries may be moved across, from behind to before. */
import type { Makers } from "./makers.ts";
import type { OnnxNode } from "./node.ts";
import type { Recipe } from "./recipe.ts";
import { isFloatType } from "./tensor.ts";

/** Nodes whose entries are those of their first input, in the same order of rows. */
export const RESHAPING: ReadonlySet<string> = new Set([
  "Reshape",
  "Flatten",
  "Squeeze",
  "Unsqueeze",
]);

/** Nodes whose every entry is one of their first input's. */
const MOVING = new Set([
  ...RESHAPING,
  "Transpose",
  "Slice",
  "Gather",
  "Split",
  "Expand",
  "Tile",
]);

/** Nodes that change nothing of what the values mean. */
const SILENT = new Set(["Identity", "Dropout", "ZipMap"]);

const FLOAT = 1;

/** Bounds of a clip that probabilities pass: programs keep logarithms finite by them. */
const NEGLIGIBLE = 1e-5;

/** The input that a node hands on entry by entry as it is; `undefined` if it does not. */
export function handedOn(node: OnnxNode, { number }: Makers): string | undefined {
  const [first, second] = node.inputs as [string, string?];
  if (SILENT.has(node.opType)) return first;
  if (node.opType === "Cast") return isFloatType(node.int("to", FLOAT)) ? first : undefined;
  const neutral = { Mul: 1, Div: 1, Add: 0, Sub: 0 }[node.opType];
  if (neutral === undefined || second === undefined) return undefined;
  if (number(second) === neutral) return first;
  const isEither = node.opType === "Mul" || node.opType === "Add";
  return isEither && number(first) === neutral ? second : undefined;
}

/** What goes into a clip by which probabilities are kept off 0 and 1; `undefined` of another node. */
export function keptOff(node: OnnxNode, { number }: Makers): string | undefined {
  if (node.opType !== "Clip") return undefined;
  const [x, low, high] = node.inputs as [string, string?, string?];
  const bound = (name: string | undefined, attribute: string, open: number) =>
    name ? number(name) : node.float(attribute, open);
  const least = bound(low, "min", -Infinity);
  const most = bound(high, "max", Infinity);
  if (least === undefined || most === undefined) return undefined;
  return least <= NEGLIGIBLE && most >= 1 - NEGLIGIBLE ? x : undefined;
}

/** A node again, on another first input. */
export function again(node: OnnxNode, first: Recipe, output = 0): Recipe {
  return { like: node, inputs: [first, ...node.inputs.slice(1)], output };
}

/**
 * A function of single entries of a value, had before the nodes that only move its entries.
 *
 * @param leaf What the function makes of a node's output; `undefined` if it knows nothing of that node.
 * @param clips Whether clips by which probabilities are kept off 0 and 1 count for nothing.
 * @returns `undefined` if some entries come from elsewhere.
 */
export function through(
  value: string,
  makers: Makers,
  leaf: (node: OnnxNode) => Recipe | undefined,
  clips: boolean,
): Recipe | undefined {
  const node = makers.maker(value);
  if (!node) return undefined;
  const found = leaf(node);
  if (found !== undefined) return found;
  const beyond = (name: string) => through(name, makers, leaf, clips);
  const same = handedOn(node, makers) ?? (clips ? keptOff(node, makers) : undefined);
  if (same !== undefined) return beyond(same);
  if (node.opType === "Concat") {
    const inputs = node.inputs.map(beyond);
    return inputs.every((each) => each !== undefined)
      ? { like: node, inputs, output: 0 }
      : undefined;
  }
  const first = MOVING.has(node.opType) ? beyond(node.inputs[0]!) : undefined;
  return first === undefined ? undefined : again(node, first, node.outputs.indexOf(value));
}
