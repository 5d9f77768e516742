import type { Objective } from "../optim/objective.ts";

/**
 * z ↦ f(x + t ∘ z), with gradient t ∘ ∇f.
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
  return {
    dimension: x.length,
    async evaluate(z) {
      const { value, gradient } = await objective.evaluate(stepped(x, z, 1, scale));
      return { value, gradient: scale ? scaled(gradient, scale) : gradient };
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
  if (scale) {
    for (let i = 0; i < point.length; i++) point[i] = x[i]! + length * scale[i]! * z[i]!;
  } else {
    for (let i = 0; i < point.length; i++) point[i] = x[i]! + length * z[i]!;
  }
  return point;
}

/** t ∘ g as a new vector. */
function scaled(g: Float64Array, t: Float64Array): Float64Array {
  const product = new Float64Array(g.length);
  for (let i = 0; i < g.length; i++) product[i] = t[i]! * g[i]!;
  return product;
}
