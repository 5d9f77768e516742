import { indexOfNonFinite } from "../linalg/vector.ts";
import { activeShare } from "./box.ts";
import type { Box, Evaluation, Objective } from "./objective.ts";
import type { SearchPoint, VertexSearch } from "./vertex_search.ts";

/** A point with its vectors. */
interface Evaluated extends SearchPoint {
  readonly y: Float64Array;
  readonly gradient: Float64Array;
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
  let present: Evaluated;
  let tried: Evaluated;
  const pointOf = (y: Float64Array, value: number, gradient: Float64Array): Evaluated => ({
    y,
    value,
    gradient,
    gap: gapOf(y, gradient, box),
    isFinite: indexOfNonFinite(gradient) < 0,
  });
  const evaluate = async (y: Float64Array) => {
    const { value, gradient }: Evaluation = await objective.evaluate(y);
    if (gradient.length !== y.length) {
      throw new TypeError(
        `Cannot maximise on ${y.length} variables: a gradient of length ${gradient.length}; ` +
          "return one entry per variable",
      );
    }
    return pointOf(y, value, gradient.slice());
  };
  return {
    begin: async (start) => present = await evaluate(start),
    resume: ({ y, gradient, value }) =>
      Promise.resolve(present = pointOf(y.slice(), value, gradient.slice())),
    async attempt(share) {
      return tried = await evaluate(onTheWay(present, share, box));
    },
    accept: () => {
      present = tried;
      return Promise.resolve();
    },
    vectors: () => Promise.resolve({ y: present.y, gradient: present.gradient }),
    end: () => Promise.resolve({ y: present.y, activeShare: activeShare(present.y, box) }),
  };
}

/** Coordinate i of the vertex that maximises the linear model at y. */
function vertexEntry(i: number, y: Float64Array, gradient: Float64Array, box: Box): number {
  const g = gradient[i]!;
  return g > 0 ? box.upper[i]! : g < 0 ? box.lower[i]! : y[i]!;
}

function gapOf(y: Float64Array, gradient: Float64Array, box: Box): number {
  let gap = 0;
  for (let i = 0; i < y.length; i++) {
    gap += gradient[i]! * (vertexEntry(i, y, gradient, box) - y[i]!);
  }
  return gap;
}

/** y + a (v − y), and v itself for a = 1. */
function onTheWay({ y, gradient }: Evaluated, share: number, box: Box): Float64Array {
  const point = new Float64Array(y.length);
  for (let i = 0; i < y.length; i++) {
    const v = vertexEntry(i, y, gradient, box);
    point[i] = share === 1 ? v : y[i]! + share * (v - y[i]!);
  }
  return point;
}
