import { addColumns } from "../linalg/columns.ts";
import { symmetricEigen } from "../linalg/symmetric_eigen.ts";
import { dot, subtract } from "../linalg/vector.ts";
import type { Plane } from "./plane.ts";

/** The plane that a trajectory lies nearest to, among those through its end. */
export interface PrincipalPlane extends Plane {
  /** λ₁/Σλ and λ₂/Σλ: the share of the squared distances from the end along u and along v. */
  readonly shares: readonly [number, number];
}

/**
 * The leading principal directions of a trajectory, seen from its end.
 *
 * With rows m_k = x_k − x_end of M, the directions are the right singular vectors of the two largest
 * singular values. They come from the Gram matrix: MMᵀ s = λ s gives u = Mᵀs/√λ, at k² products of
 * vectors rather than a decomposition of n columns. Signs are such that the trajectory begins at
 * coordinates that are not negative.
 *
 * Source: Li et al. 2018, Visualizing the Loss Landscape of Neural Nets, §7.2.
 *
 * @param points x₀ … x_end in the order of training, length n each; of two dimensions at least.
 * @throws {TypeError} If points have different lengths.
 * @throws {RangeError} If there are fewer than three, or they lie on one line.
 *
 * @example
 * ```ts
 * import { principalPlane } from "./principal_plane.ts";
 * import assert from "node:assert/strict";
 *
 * const points = [[4, 0, 0], [0, 2, 0], [0, 0, 0]].map((point) => Float64Array.from(point));
 * const { shares } = principalPlane(points);
 * assert.ok(Math.abs(shares[0] - 16 / 20) < 1e-15 && Math.abs(shares[1] - 4 / 20) < 1e-15);
 * ```
 */
export function principalPlane(points: readonly Float64Array[]): PrincipalPlane {
  const origin = points.at(-1);
  if (!origin || points.length < 3) {
    throw new RangeError(
      `Cannot lay a plane through a trajectory of ${points.length} points; keep three or more ` +
        "iterates",
    );
  }
  const steps = points.slice(0, -1).map((point) => {
    if (point.length !== origin.length) {
      throw new TypeError(
        `Cannot lay a plane through points of ${point.length} and of ${origin.length} entries; ` +
          "give points of one network",
      );
    }
    const step = new Float64Array(origin.length);
    subtract(point, origin, step);
    return step;
  });
  const k = steps.length;
  const gram = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = i; j < k; j++) gram[i * k + j] = gram[j * k + i] = dot(steps[i]!, steps[j]!);
  }
  const { values, vectors } = symmetricEigen(gram, k);
  const total = values.reduce((sum, value) => sum + value, 0);
  const largest = values[k - 1]!;
  const second = values[k - 2]!;
  // λ of the Gram matrix is exact to about k ε λ₁.
  if (!(second > 4 * k * Number.EPSILON * largest)) {
    throw new RangeError(
      "Cannot lay a plane through a trajectory: its points lie on one line; keep other iterates",
    );
  }
  const along = (index: number): Float64Array => {
    const row = vectors.slice(index * k, (index + 1) * k);
    const length = Math.sqrt(values[index]!) * (row[0]! < 0 ? -1 : 1);
    const direction = new Float64Array(origin.length);
    addColumns(direction, steps, row.map((entry) => entry / length));
    return direction;
  };
  return {
    origin,
    directions: [along(k - 1), along(k - 2)],
    shares: [largest / total, second / total],
  };
}
