import type { LinearOperator } from "../linalg/operator.ts";
import { symmetricEigen } from "../linalg/symmetric_eigen.ts";
import { dot, norm } from "../linalg/vector.ts";
import { stream } from "../random/stream.ts";

/** How {@link lanczos} runs. */
export interface LanczosOptions {
  /** m, the number of products with the operator. */
  readonly steps: number;
  /** Seed of the random start. */
  readonly seed: number;
  /** The start instead of a random one; need not have length 1. */
  readonly start?: Float64Array;
  /** Whether to return the Ritz vectors; they take m vectors of length n more. */
  readonly keepVectors?: boolean;
  /** Called after each product. */
  readonly onProduct?: (done: number) => void;
}

/** Ritz values of an operator on a Krylov space. */
export interface LanczosResult {
  /** θ_i, ascending. */
  readonly values: Float64Array;
  /** ‖Hu_i − θ_i u_i‖₂ of the unit Ritz vectors u_i: some eigenvalue lies as near to θ_i. */
  readonly residuals: Float64Array;
  /** Squared first component of each eigenvector of T: the weights of Gauss quadrature. */
  readonly weights: Float64Array;
  /** Unit Ritz vectors, if asked for, in the order of the values. */
  readonly vectors?: readonly Float64Array[];
  /** Products computed. */
  readonly steps: number;
  /** `steps`, or `invariant`: the Krylov space was exhausted and the values are exact. */
  readonly stopReason: "steps" | "invariant";
}

/**
 * Lanczos' method: Ritz values of a symmetric operator on span{v, Hv, …, H^{m−1}v}.
 *
 * Every new direction is orthogonalised twice against all before it, since the three-term
 * recursion alone loses orthogonality and repeats eigenvalues. The space counts as exhausted when
 * β falls below n·2⁻⁵² of ‖T‖.
 *
 * Source: Golub & Van Loan 2013, _Matrix Computations_, §10.1–10.3.
 *
 * @example A diagonal operator with two distinct eigenvalues is exhausted after two steps
 * ```ts
 * import { lanczos } from "./lanczos.ts";
 * import assert from "node:assert/strict";
 *
 * const diagonal = Float64Array.of(1, 1, 5);
 * const operator = {
 *   dimension: 3,
 *   apply: (v: Float64Array) => Promise.resolve(v.map((vi, i) => diagonal[i]! * vi)),
 * };
 * const { values, stopReason } = await lanczos(operator, { steps: 3, seed: 1 });
 * assert.equal(stopReason, "invariant");
 * assert.ok(Math.abs(values[0]! - 1) < 1e-14 && Math.abs(values[1]! - 5) < 1e-14);
 * ```
 *
 * @throws {RangeError} If `steps` is not a positive integer or the start is zero or not finite.
 */
export async function lanczos(
  operator: LinearOperator,
  { steps, seed, start, keepVectors = false, onProduct }: LanczosOptions,
): Promise<LanczosResult> {
  if (!(Number.isInteger(steps) && steps > 0)) {
    throw new RangeError(`Cannot run ${steps} steps of Lanczos; want a positive integer`);
  }
  const n = operator.dimension;
  const first = start?.slice() ?? new Float64Array(n);
  if (!start) stream(seed, "lanczos").fillNormal(first, 0);
  const length = norm(first);
  if (!(length > 0 && Number.isFinite(length)) || first.length !== n) {
    throw new RangeError(`Cannot start Lanczos from a vector of length ${length} in R^${n}`);
  }
  const basis = [first.map((entry) => entry / length)];
  const alphas: number[] = [];
  const betas: number[] = [];
  for (;;) {
    const w = await operator.apply(basis.at(-1)!);
    onProduct?.(basis.length);
    alphas.push(dot(w, basis.at(-1)!));
    orthogonalise(w, basis);
    orthogonalise(w, basis);
    const beta = norm(w);
    betas.push(beta);
    const size = Math.max(...alphas.map(Math.abs), ...betas.slice(0, -1));
    const invariant = beta <= n * Number.EPSILON * size || basis.length === n;
    if (basis.length === steps || invariant) {
      const result = ritzOfTridiagonal(alphas, betas);
      const vectors = keepVectors ? { vectors: ritzVectors(result.eigenvectors, basis) } : {};
      const { eigenvectors: _, ...rest } = result;
      return {
        ...rest,
        ...vectors,
        steps: basis.length,
        stopReason: invariant ? "invariant" : "steps",
      };
    }
    basis.push(w.map((entry) => entry / beta));
  }
}

/** w ← w − Σ (w·q) q. */
function orthogonalise(w: Float64Array, basis: readonly Float64Array[]): void {
  for (const q of basis) {
    const overlap = dot(w, q);
    for (let i = 0; i < w.length; i++) w[i]! -= overlap * q[i]!;
  }
}

/** Eigenvalues of T and the residuals β_m |s_m,i|. */
function ritzOfTridiagonal(alphas: readonly number[], betas: readonly number[]) {
  const m = alphas.length;
  const t = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    t[i * m + i] = alphas[i]!;
    if (i + 1 < m) t[i * m + i + 1] = t[(i + 1) * m + i] = betas[i]!;
  }
  const { values, vectors } = symmetricEigen(t, m);
  return {
    values,
    residuals: values.map((_, k) => betas[m - 1]! * Math.abs(vectors[k * m + m - 1]!)),
    weights: values.map((_, k) => vectors[k * m]! ** 2),
    eigenvectors: vectors,
  };
}

function ritzVectors(eigenvectors: Float64Array, basis: readonly Float64Array[]): Float64Array[] {
  const m = basis.length;
  return basis.map((_, k) => {
    const u = new Float64Array(basis[0]!.length);
    basis.forEach((q, j) => {
      const weight = eigenvectors[k * m + j]!;
      for (let i = 0; i < u.length; i++) u[i]! += weight * q[i]!;
    });
    return u;
  });
}
