import type { HostVector, KrylovBasis } from "../linalg/krylov_basis.ts";
import type { LinearOperator } from "../linalg/operator.ts";
import { asVector, type CurvatureCheckpoint, numbered } from "./checkpoint.ts";
import { hostBasis } from "./host_basis.ts";

/** An orthonormal basis Q of a Krylov space, and T = QᵀHQ, which is tridiagonal. */
export interface KrylovSpace {
  /** q₁ … q_m, if asked for; none if the first product was not finite. */
  readonly basis?: readonly HostVector[];
  /** α_k = T_kk, shape [m]. */
  readonly alphas: readonly number[];
  /** β_k = T_{k,k+1}, shape [m]; the last one is the norm of what leaves the space. */
  readonly betas: readonly number[];
  /** Products computed. */
  readonly products: number;
  /**
   * - `steps`: as many as asked for.
   * - `enough`: the caller said so.
   * - `invariant`: H maps the space into itself, its Ritz values are eigenvalues.
   * - `not-finite`: a product held a NaN or an infinity; the space ends before it.
   */
  readonly stopReason: "steps" | "enough" | "invariant" | "not-finite";
}

/** How {@link krylovSpace} runs. */
export interface KrylovOptions {
  /** m, from 1. */
  readonly steps: number;
  /** Whether the basis is wanted. Default false. */
  readonly keepVectors?: boolean | undefined;
  /** Called after each product. */
  readonly onProduct?: ((done: number, total: number) => void) | undefined;
  /** Asked after each product with α and β so far; ends the space where true. */
  readonly isEnough?: (alphas: readonly number[], betas: readonly number[]) => boolean;
  /** Lets a space that was saved grow on, to the same bits. */
  readonly checkpoint?: CurvatureCheckpoint | undefined;
}

/**
 * Builds span{q, Hq, …, H^{m−1}q}.
 *
 * Every product is orthogonalised twice against all directions before it. The three-term recursion
 * alone loses orthogonality and then repeats eigenvalues; twice is enough (Giraud, Langou,
 * Rozložník and van den Eshof 2005). In float32 the basis is orthogonal to about 1e-6, and T is then the
 * projection of H to that squared (Simon 1984).
 *
 * Source: Golub and Van Loan 2013, Matrix Computations, §10.1 and §10.3.
 *
 * @param first q₁, of length 1; the space keeps it.
 */
export async function krylovSpace(
  operator: LinearOperator,
  first: Float64Array,
  { steps, keepVectors = false, onProduct, isEnough, checkpoint }: KrylovOptions,
): Promise<KrylovSpace> {
  const n = operator.dimension;
  const saved = checkpoint?.load();
  const alphas = Array.from(saved?.alphas ?? []);
  const betas = Array.from(saved?.betas ?? []);
  let size = Math.max(0, ...alphas.map((alpha, k) => Math.abs(alpha) + betas[k]!));
  await using basis: KrylovBasis = await operator.krylovBasis?.(Math.min(steps, n)) ??
    hostBasis(operator);
  await basis.begin([first, ...alphas.map((_, k) => asVector(saved![`basis/${k}`]!))]);
  const ended = async (products: number, stopReason: KrylovSpace["stopReason"]) => ({
    ...(keepVectors && { basis: (await basis.vectors()).slice(0, alphas.length) }),
    alphas,
    betas,
    products,
    stopReason,
  });
  for (;;) {
    const { alpha, beta } = await basis.multiply();
    const products = alphas.length + 1;
    onProduct?.(products, steps);
    if (!Number.isFinite(alpha) || !Number.isFinite(beta)) {
      return await ended(products, "not-finite");
    }
    alphas.push(alpha);
    betas.push(beta);
    size = Math.max(size, Math.abs(alpha) + beta);
    // The rounding error of a product and its orthogonalisation, relative to ‖T‖.
    const invariant = products === n || beta <= 10 * Math.sqrt(n) * Number.EPSILON * size;
    if (invariant) return await ended(products, "invariant");
    if (isEnough?.(alphas, betas)) return await ended(products, "enough");
    if (products === steps) return await ended(products, "steps");
    await basis.extend(beta);
    if (!checkpoint?.isDue()) continue;
    await checkpoint.save({
      alphas: Float64Array.from(alphas),
      betas: Float64Array.from(betas),
      ...numbered("basis", (await basis.vectors()).slice(1)), // the first is given
    });
  }
}
