/** Planes in the space of parameters, on which a loss surface is drawn. */
import { dot, norm, subtract } from "../linalg/vector.ts";

/** The points x₀ + a u + b v. */
export interface Plane {
  /** x₀, length n. */
  readonly origin: Float64Array;
  /** u and v, length n each; independent, but neither orthogonal nor of length 1 in general. */
  readonly directions: readonly [Float64Array, Float64Array];
}

/** Where a point lies with respect to a plane. */
export interface PlaneCoordinates {
  /** The coordinate along u. */
  readonly a: number;
  /** The coordinate along v. */
  readonly b: number;
  /** ‖x − (x₀ + a u + b v)‖₂, how far the point is from the plane. */
  readonly distance: number;
}

/**
 * The point x₀ + a u + b v.
 *
 * @returns A new array of length n; at a = b = 0 the origin to the last bit.
 *
 * @example
 * ```ts
 * import { planePoint } from "./plane.ts";
 * import assert from "node:assert/strict";
 *
 * const origin = Float64Array.of(1, 1, 1);
 * const directions = [Float64Array.of(1, 0, 0), Float64Array.of(0, 2, 0)] as const;
 * assert.deepEqual(planePoint({ origin, directions }, 3, -1), Float64Array.of(4, -1, 1));
 * ```
 */
export function planePoint(
  { origin, directions: [u, v] }: Plane,
  a: number,
  b: number,
): Float64Array {
  return origin.map((entry, i) => entry + a * u[i]! + b * v[i]!);
}

/**
 * The foot of a point on a plane: the a and b that minimise ‖x − (x₀ + a u + b v)‖₂.
 *
 * They solve the normal equations [uᵀu uᵀv; uᵀv vᵀv] (a, b) = (uᵀ(x − x₀), vᵀ(x − x₀)).
 *
 * @param x Length n.
 * @throws {TypeError} If x has another length than the origin.
 * @throws {RangeError} If the directions are parallel or one of them is zero.
 *
 * @example
 * ```ts
 * import { planeCoordinates } from "./plane.ts";
 * import assert from "node:assert/strict";
 *
 * const origin = new Float64Array(3);
 * const directions = [Float64Array.of(1, 0, 0), Float64Array.of(0, 1, 0)] as const;
 * const found = planeCoordinates({ origin, directions }, Float64Array.of(2, 3, 4));
 * assert.deepEqual(found, { a: 2, b: 3, distance: 4 });
 * ```
 */
export function planeCoordinates(plane: Plane, x: Float64Array): PlaneCoordinates {
  const { origin, directions: [u, v] } = plane;
  assertLength(x, origin.length);
  const [uu, uv, vv] = [dot(u, u), dot(u, v), dot(v, v)];
  const determinant = uu * vv - uv * uv;
  if (!(determinant > uu * vv * PARALLEL)) throw notAPlane("the directions are parallel or zero");
  const step = new Float64Array(origin.length);
  subtract(x, origin, step);
  const [us, vs] = [dot(u, step), dot(v, step)];
  const a = (vv * us - uv * vs) / determinant;
  const b = (uu * vs - uv * us) / determinant;
  for (let i = 0; i < step.length; i++) step[i]! -= a * u[i]! + b * v[i]!;
  return { a, b, distance: norm(step) };
}

/**
 * The plane through three points, by Gram and Schmidt.
 *
 * u lies along x₂ − x₁, and v along the part of x₃ − x₁ that is orthogonal to it. Both have length 1,
 * so lengths on the plane are lengths of x.
 *
 * x₁ is at (0, 0), x₂ at (‖x₂ − x₁‖₂, 0), and x₃ above the axis.
 *
 * Source: Garipov et al. 2018, Loss Surfaces, Mode Connectivity, and Fast Ensembling of DNNs,
 * appendix A.1.
 *
 * @throws {TypeError} If the points have different lengths.
 * @throws {RangeError} If they lie on one line.
 *
 * @example
 * ```ts
 * import { planeThrough } from "./plane.ts";
 * import assert from "node:assert/strict";
 *
 * const corners = [Float64Array.of(0, 0, 1), Float64Array.of(2, 0, 1), Float64Array.of(1, 3, 1)];
 * const { directions } = planeThrough(corners[0]!, corners[1]!, corners[2]!);
 * assert.deepEqual(directions, [Float64Array.of(1, 0, 0), Float64Array.of(0, 1, 0)]);
 * ```
 */
export function planeThrough(
  first: Float64Array,
  second: Float64Array,
  third: Float64Array,
): Plane {
  assertLength(second, first.length);
  assertLength(third, first.length);
  const [u, v] = [second, third].map((point) => {
    const step = new Float64Array(first.length);
    subtract(point, first, step);
    return step;
  });
  return { origin: first, directions: orthonormalised(u!, v!) };
}

/**
 * Two directions of length 1 that span the same plane; the first keeps its direction.
 *
 * @throws {RangeError} If they are parallel or one of them is zero.
 */
export function orthonormalised(u: Float64Array, v: Float64Array): [Float64Array, Float64Array] {
  const length = norm(u);
  if (!(length > 0)) throw notAPlane("two of the points are one");
  const first = u.map((entry) => entry / length);
  const second = v.slice();
  // Twice is enough: what rounding leaves of u the first time goes the second.
  for (let pass = 0; pass < 2; pass++) {
    const along = dot(first, second);
    for (let i = 0; i < second.length; i++) second[i]! -= along * first[i]!;
  }
  const height = norm(second);
  if (!(height > Math.sqrt(PARALLEL) * norm(v))) throw notAPlane("they lie on one line");
  return [first, second.map((entry) => entry / height)];
}

/** sin² of an angle between directions below which they are one: rounding is all that is left. */
const PARALLEL = 1e-20;

function assertLength(x: Float64Array, n: number): void {
  if (x.length === n) return;
  throw new TypeError(
    `Cannot put a point of ${x.length} entries on a plane of ${n}; give points of one network`,
  );
}

function notAPlane(why: string): RangeError {
  return new RangeError(`Cannot lay a plane: ${why}; give points that span one`);
}
