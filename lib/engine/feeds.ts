import { leafName } from "../graph/ops/leaf.ts";
import { type GraphFunction, rootsOf } from "../graph/program.ts";
import { showShape, sizeOf } from "../graph/shape.ts";
import { topologicalOrder, type Value } from "../graph/value.ts";
import type { Feed, NumericArray } from "./engine.ts";
import { checkRows, gatheredRows, isRows } from "./rows.ts";

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

/**
 * Checks what a leaf is given.
 *
 * @throws {TypeError} Naming the leaf, what it got and what it wants.
 * @throws {RangeError} If a table has no row of an index.
 */
export function checkFeed(leaf: Value, feed: Feed | undefined): Feed {
  const name = leafName(leaf);
  const wanted = `${leaf.dtype} ${showShape(leaf.shape)}`;
  if (feed === undefined) {
    throw new TypeError(`Cannot run without a value for ${name}; want ${wanted}`);
  }
  const [entries, length] = isRows(feed)
    ? [feed.table, feed.indices.length * feed.width]
    : [feed, feed.length];
  if (length !== sizeOf(leaf.shape)) {
    throw new TypeError(`Cannot feed ${name}: got ${length} entries, want ${wanted}`);
  }
  if ((leaf.dtype === "int32") !== (entries instanceof Int32Array)) {
    throw new TypeError(`Cannot feed ${name}: got ${entries.constructor.name}, want ${wanted}`);
  }
  if (isRows(feed)) checkRows(name, feed);
  return feed;
}

/** The entries that a leaf is given, checked by {@link checkFeed}. */
export function checkedFeed(leaf: Value, feed: Feed | undefined): NumericArray {
  const checked = checkFeed(leaf, feed);
  return isRows(checked) ? gatheredRows(checked) : checked;
}
