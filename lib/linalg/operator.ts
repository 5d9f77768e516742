import type { KrylovBasis } from "./krylov_basis.ts";
import type { Projection, ProjectionStart } from "./projection.ts";

/** A symmetric linear map v ↦ Hv known only through its products, such as a Hessian. */
export interface LinearOperator {
  /** Number of rows and columns. */
  readonly dimension: number;
  /** Hv, of length {@link dimension}; the next product may overwrite it. `v` is left unchanged. */
  apply(v: Float64Array): Promise<Float64Array>;
  /** The products with several vectors, where they are had for less together than one by one. */
  applyAll?(vectors: readonly Float64Array[]): Promise<Float64Array[]>;
  /**
   * vᵀHv of several vectors, without the products; absent where these come to the host's memory all the
   * same. Not finite where a product is not.
   */
  quadraticForms?(vectors: readonly Float64Array[]): Promise<number[]>;
  /**
   * A basis of up to so many vectors where the products are computed; absent where that is the host's
   * memory all the same, and `undefined` if so many are too many. It is to be disposed of.
   */
  krylovBasis?(most: number): Promise<KrylovBasis | undefined>;
  /** A projection whose vectors lie where the products are computed; absent, and to be disposed of, alike. */
  projection?(start: ProjectionStart): Promise<Projection | undefined>;
}

/** The products Hv of several vectors, together if the operator can, else one by one. */
export async function applyToAll(
  operator: LinearOperator,
  vectors: readonly Float64Array[],
): Promise<Float64Array[]> {
  if (operator.applyAll) return await operator.applyAll(vectors);
  const products: Float64Array[] = [];
  for (const v of vectors) products.push((await operator.apply(v)).slice());
  return products;
}
