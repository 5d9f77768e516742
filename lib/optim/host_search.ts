import { activeShare } from "./box.ts";
import type { Box, Objective } from "./objective.ts";
import type { SearchPoint, VertexSearch } from "./vertex_search.ts";

/** A point with its vectors. */
interface Evaluated extends SearchPoint {
  readonly y: Float64Array;
  readonly gradient: Float64Array;
  /** The vertex that maximises the linear model at y; a coordinate without slope stays where it is. */
  readonly vertex: Float64Array;
}

/**
 * A search by the objective's evaluations, with float64 vectors in the host's memory.
 *
 * @example
 * ```ts
 * import { hostSearch } from "./host_search.ts";
 * import assert from "node:assert/strict";
 *
 * const plane = {
 *   dimension: 2,
 *   evaluate: ([a, b]: Float64Array) =>
 *     Promise.resolve({ value: a! - 2 * b!, gradient: Float64Array.of(1, -2) }),
 * };
 * const box = { lower: Float64Array.of(-1, -1), upper: Float64Array.of(1, 1) };
 * const search = hostSearch(plane, box);
 * assert.equal((await search.begin(new Float64Array(2))).gap, 3);
 * assert.equal((await search.attempt(1)).value, 3);
 * await search.accept();
 * assert.deepEqual([...(await search.end()).y], [1, -1]);
 * ```
 */
export function hostSearch(objective: Objective, box: Box): VertexSearch {
  let present: Evaluated | undefined;
  let tried: Evaluated | undefined;
  const arrays = spareArrays(objective.dimension);
  const pointOf = (y: Float64Array, value: number, slope: Float64Array): Evaluated => {
    const gradient = arrays.take();
    gradient.set(slope);
    const vertex = arrays.take();
    return { y, value, gradient, vertex, ...linearModel(y, gradient, box, vertex) };
  };
  const evaluate = async (y: Float64Array) => {
    const { value, gradient } = await objective.evaluate(y);
    if (gradient.length !== y.length) {
      throw new TypeError(
        `Cannot maximise on ${y.length} variables: a gradient of length ${gradient.length}; ` +
          "return one entry per variable",
      );
    }
    return pointOf(y, value, gradient);
  };
  const letGo = (point: Evaluated | undefined, other: Evaluated | undefined) => {
    if (!point || point === other) return;
    arrays.giveBack(point.gradient);
    // A full step's end is the vertex of where it began.
    if (point.y !== other?.vertex) arrays.giveBack(point.y);
    if (point.vertex !== other?.y) arrays.giveBack(point.vertex);
  };
  return {
    begin: async (start) => present = await evaluate(start.slice()),
    resume: ({ y, gradient, value }) =>
      Promise.resolve(present = pointOf(y.slice(), value, gradient)),
    async attempt(share) {
      letGo(tried, present);
      tried = undefined;
      const { y, vertex } = present!;
      return tried = await evaluate(
        share === 1 ? vertex : between(y, vertex, share, arrays.take()),
      );
    },
    accept: () => {
      letGo(present, tried);
      present = tried;
      return Promise.resolve();
    },
    vectors: () => Promise.resolve({ y: present!.y.slice(), gradient: present!.gradient.slice() }),
    end: () =>
      Promise.resolve({ y: present!.y.slice(), activeShare: activeShare(present!.y, box) }),
  };
}

/** Arrays of length n that are used again: on a large n a new one costs more than what it is filled by. */
function spareArrays(n: number) {
  const spare: Float64Array[] = [];
  return {
    take: () => spare.pop() ?? new Float64Array(n),
    giveBack: (array: Float64Array) => void spare.push(array),
  };
}

/** The vertex of the linear model at y, its gap, and whether ∇f is finite, in one pass. */
function linearModel(
  y: Float64Array,
  gradient: Float64Array,
  { lower, upper }: Box,
  vertex: Float64Array,
): { readonly gap: number; readonly isFinite: boolean } {
  // Signs of a gradient cannot be foretold. A bound that is looked up costs a third of one that is
  // branched to. The upper word of a double holds its sign; Deno runs on little-endian machines alone.
  const words = new Int32Array(gradient.buffer, gradient.byteOffset, 2 * gradient.length);
  const bounds = new Float64Array(2);
  let gap = 0;
  let zeros = 0;
  for (let i = 0; i < y.length; i++) {
    const g = gradient[i]!;
    bounds[0] = upper[i]!;
    bounds[1] = lower[i]!;
    let v = bounds[words[2 * i + 1]! >>> 31]!;
    if (g === 0 || g !== g) v = y[i]!;
    vertex[i] = v;
    gap += g * (v - y[i]!);
    zeros += g * 0; // NaN, once an entry is not finite
  }
  return { gap, isFinite: zeros === 0 };
}

/** point ← y + a (v − y). */
function between(
  y: Float64Array,
  vertex: Float64Array,
  share: number,
  point: Float64Array,
): Float64Array {
  for (let i = 0; i < y.length; i++) point[i] = y[i]! + share * (vertex[i]! - y[i]!);
  return point;
}
