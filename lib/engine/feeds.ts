import { leafName } from "../graph/ops/leaf.ts";
import { type GraphFunction, rootsOf } from "../graph/program.ts";
import { showShape, sizeOf } from "../graph/shape.ts";
import { topologicalOrder, type Value } from "../graph/value.ts";
import type { NumericArray } from "./engine.ts";

/** The placeholders that a function reads. */
export function placeholdersOf(fn: GraphFunction): Value[] {
  return topologicalOrder(rootsOf(fn)).filter(({ op }) => op.name === "placeholder");
}

/** Finds a function or variable of a program. @throws {TypeError} Naming those that there are. */
export function declared<T>(
  kind: "function" | "variable",
  name: string,
  known: ReadonlyMap<string, T>,
): T {
  const found = known.get(name);
  if (found !== undefined) return found;
  const others = [...known.keys()].join(", ") || "none";
  throw new TypeError(`Cannot find the ${kind} "${name}"; the program has: ${others}`);
}

/** Checks a value against the leaf it is for. @throws {TypeError} Naming the leaf and both sizes. */
export function checkedFeed(leaf: Value, value: NumericArray | undefined): NumericArray {
  const name = leafName(leaf);
  const wanted = `${leaf.dtype} ${showShape(leaf.shape)}`;
  if (value === undefined) {
    throw new TypeError(`Cannot run without a value for ${name}; want ${wanted}`);
  }
  if (value.length !== sizeOf(leaf.shape)) {
    throw new TypeError(`Cannot feed ${name}: got ${value.length} entries, want ${wanted}`);
  }
  if ((leaf.dtype === "int32") !== (value instanceof Int32Array)) {
    throw new TypeError(`Cannot feed ${name}: got ${value.constructor.name}, want ${wanted}`);
  }
  return value;
}
