/** A matrix A with p columns in Rⁿ, known through its products; columns are independent. */
export interface SubspaceBasis {
  /** n. */
  readonly ambient: number;
  /** p. */
  readonly dimension: number;
  /** A y, a new vector of length n. */
  expand(y: Float64Array): Float64Array;
  /** Aᵀ g, a new vector of length p. */
  restrict(g: Float64Array): Float64Array;
  /** AᵀA, row-major [p, p]; the caller must not change it. */
  gram(): Float64Array;
}
