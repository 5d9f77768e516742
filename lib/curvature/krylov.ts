import { addColumns, columnProducts } from "../linalg/columns.ts";
import type { LinearOperator } from "../linalg/operator.ts";
import { dot, norm } from "../linalg/vector.ts";
import { type CurvatureCheckpoint, numbered } from "./checkpoint.ts";

/** An orthonormal basis Q of a Krylov space, and T = QᵀHQ, which is tridiagonal. */
export interface KrylovSpace {
  /** q₁ … q_m; none if the first product was not finite. */
  readonly basis: readonly Float64Array[];
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

/**
 * Builds span{q, Hq, …, H^{m−1}q}.
 *
 * Every product is orthogonalised twice against all directions before it. The three-term recursion
 * alone loses orthogonality and then repeats eigenvalues; twice is enough (Giraud, Langou,
 * Rozložník and van den Eshof 2005).
 *
 * Source: Golub and Van Loan 2013, Matrix Computations, §10.1 and §10.3.
 *
 * @param first q₁, of length 1; the space keeps it.
 * @param steps m, from 1.
 * @param isEnough Asked after each product with α and β so far; ends the space where true.
 * @param checkpoint Lets a space that was saved grow on, to the same bits.
 */
export async function krylovSpace(
  operator: LinearOperator,
  first: Float64Array,
  steps: number,
  onProduct: (done: number, total: number) => void = () => {},
  isEnough: (alphas: readonly number[], betas: readonly number[]) => boolean = () => false,
  checkpoint?: CurvatureCheckpoint,
): Promise<KrylovSpace> {
  const n = operator.dimension;
  const saved = checkpoint?.load();
  const alphas = Array.from(saved?.alphas ?? []);
  const betas = Array.from(saved?.betas ?? []);
  const basis = [first, ...alphas.map((_, k) => asFloat64(saved![`basis/${k}`]!))];
  let size = Math.max(0, ...alphas.map((alpha, k) => Math.abs(alpha) + betas[k]!));
  for (;;) {
    const q = basis.at(-1)!;
    const w = (await operator.apply(q)).slice();
    const products = alphas.length + 1;
    onProduct(products, steps);
    const alpha = dot(w, q);
    for (let pass = 0; pass < 2; pass++) addColumns(w, basis, columnProducts(basis, w), -1);
    const beta = norm(w);
    if (!Number.isFinite(alpha) || !Number.isFinite(beta)) {
      return { basis: basis.slice(0, -1), alphas, betas, products, stopReason: "not-finite" };
    }
    alphas.push(alpha);
    betas.push(beta);
    size = Math.max(size, Math.abs(alpha) + beta);
    // The rounding error of a product and its orthogonalisation, relative to ‖T‖.
    const invariant = products === n || beta <= 10 * Math.sqrt(n) * Number.EPSILON * size;
    if (invariant) return { basis, alphas, betas, products, stopReason: "invariant" };
    if (isEnough(alphas, betas)) return { basis, alphas, betas, products, stopReason: "enough" };
    if (products === steps) return { basis, alphas, betas, products, stopReason: "steps" };
    for (let i = 0; i < n; i++) w[i]! /= beta;
    basis.push(w);
    if (!checkpoint?.isDue()) continue;
    await checkpoint.save({
      alphas: Float64Array.from(alphas),
      betas: Float64Array.from(betas),
      ...numbered("basis", basis.slice(1)), // the first is given
    });
  }
}

/** Without a copy where there is no need: a space of a large network fills the memory. */
function asFloat64(vector: ArrayLike<number>): Float64Array {
  return vector instanceof Float64Array ? vector : Float64Array.from(vector);
}
