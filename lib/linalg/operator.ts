/** A symmetric linear map v ↦ Hv known only through its products, such as a Hessian. */
export interface LinearOperator {
  /** Number of rows and columns. */
  readonly dimension: number;
  /** Returns Hv as a new vector of length {@link dimension}; `v` is left unchanged. */
  apply(v: Float64Array): Promise<Float64Array>;
}
