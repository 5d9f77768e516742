/**
 * Sorts a graph so that each node stands after all that it needs, and finds its rings.
 *
 * Depth-first search; every edge back into the current path closes one ring.
 *
 * @example
 * ```ts
 * import { rings } from "./cycle.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(rings(new Map([["b", ["a"]], ["a", []]])).order, ["a", "b"]);
 * assert.deepEqual(rings(new Map([["a", ["b"]], ["b", ["a"]]])).found, [["a", "b"]]);
 * ```
 *
 * @param needs Node → the nodes that it needs, all of them keys of the map.
 */
export function rings(
  needs: ReadonlyMap<string, readonly string[]>,
): { order: string[]; found: string[][] } {
  const order: string[] = [];
  const found: string[][] = [];
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (node: string) => {
    if (finished.has(node)) return;
    const start = path.indexOf(node);
    if (start >= 0) {
      found.push(path.slice(start));
      return;
    }
    path.push(node);
    for (const next of new Set(needs.get(node))) visit(next);
    path.pop();
    finished.add(node);
    order.push(node);
  };
  for (const node of needs.keys()) visit(node);
  return { order, found };
}
