import { clipIntoBox } from "../optim/box.ts";
import type { BoxSearch } from "../optim/box_search.ts";
import type { Box, Objective } from "../optim/objective.ts";
import type { VertexSearch } from "../optim/vertex_search.ts";

/**
 * z ↦ f(x + t ∘ z), with gradient t ∘ ∇f. The objective gets each point in the same array.
 *
 * @param x Shape [n]; borrowed.
 * @param scale t, shape [n]; absent for ones.
 *
 * @example
 * ```ts
 * import { displaced } from "./displaced.ts";
 * import assert from "node:assert/strict";
 *
 * const square = {
 *   dimension: 1,
 *   evaluate: ([x]: Float64Array) =>
 *     Promise.resolve({ value: x! * x!, gradient: Float64Array.of(2 * x!) }),
 * };
 * const around = displaced(square, Float64Array.of(1), Float64Array.of(10));
 * const { value, gradient } = await around.evaluate(Float64Array.of(0.2));
 * assert.equal(value, 9);
 * assert.deepEqual([...gradient], [60]);
 * ```
 */
export function displaced(
  objective: Objective,
  x: Float64Array,
  scale?: Float64Array,
): Objective {
  // A new array for each point would be one vector of length n of garbage for each evaluation.
  const point = new Float64Array(x.length);
  return {
    dimension: x.length,
    async evaluate(z) {
      step(x, z, 1, scale, point);
      const { value, gradient } = await objective.evaluate(point);
      return { value, gradient: scale ? scaled(gradient, scale) : gradient };
    },
    ...(objective.vertexSearch && !scale && {
      vertexSearch: (box) => searchAround(objective as Required<Objective>, x, box),
    }),
    ...(objective.boxSearch && !scale && {
      boxSearch: (box, sign) => boxSearchAround(objective as Required<Objective>, x, box, sign),
    }),
  };
}

/** A search of the objective's own in the box around x, in coordinates z from x on. */
function searchAround(objective: Required<Objective>, x: Float64Array, box: Box): VertexSearch {
  const search = objective.vertexSearch({
    lower: stepped(x, box.lower, 1),
    upper: stepped(x, box.upper, 1),
  });
  const around = <At extends { readonly y: Float64Array }>(at: At): At => ({
    ...at,
    // What rounding makes of x + u, less x, may lie beyond u.
    y: clipIntoBox(stepped(at.y, x, -1), box),
  });
  return {
    ...search,
    begin: (z) => search.begin(stepped(x, z, 1)),
    resume: ({ y: z, ...at }) => search.resume({ ...at, y: stepped(x, z, 1) }),
    vectors: async () => around(await search.vectors()),
    end: async () => around(await search.end()),
  };
}

/** The same of L-BFGS-B's vectors. */
function boxSearchAround(
  objective: Required<Objective>,
  x: Float64Array,
  box: Box,
  sign: 1 | -1,
): BoxSearch {
  const search = objective.boxSearch(
    { lower: stepped(x, box.lower, 1), upper: stepped(x, box.upper, 1) },
    sign,
  );
  return {
    ...search,
    begin: (z) => search.begin(stepped(x, z, 1)),
    resume: ({ x: z, ...others }) => search.resume({ ...others, x: stepped(x, z, 1) }),
    vectors: async () => {
      const vectors = await search.vectors();
      return { ...vectors, x: clipIntoBox(stepped(vectors.x, x, -1), box) };
    },
  };
}

/** x + length · t ∘ z as a new vector; t absent for ones. All of shape [n]. */
export function stepped(
  x: Float64Array,
  z: Float64Array,
  length: number,
  scale?: Float64Array,
): Float64Array {
  const point = new Float64Array(x.length);
  step(x, z, length, scale, point);
  return point;
}

/** point ← x + length · t ∘ z. */
function step(
  x: Float64Array,
  z: Float64Array,
  length: number,
  scale: Float64Array | undefined,
  point: Float64Array,
): void {
  if (scale) {
    for (let i = 0; i < point.length; i++) point[i] = x[i]! + length * scale[i]! * z[i]!;
  } else {
    for (let i = 0; i < point.length; i++) point[i] = x[i]! + length * z[i]!;
  }
}

/** t ∘ g as a new vector. */
function scaled(g: Float64Array, t: Float64Array): Float64Array {
  const product = new Float64Array(g.length);
  for (let i = 0; i < g.length; i++) product[i] = t[i]! * g[i]!;
  return product;
}
