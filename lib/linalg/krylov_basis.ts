/** A vector in the host's memory. */
export type HostVector = Float64Array | Float32Array;

/**
 * An orthonormal basis q₁ … q_k of a Krylov space while it grows: the vectors are its own, so that they
 * may lie where the products are computed; only scalars come out of a step.
 */
export interface KrylovBasis extends AsyncDisposable {
  /** Sets q₁ … q_k. @param vectors At least one, each of shape [n]; the basis may keep them. */
  begin(vectors: readonly HostVector[]): Promise<void>;
  /**
   * w ← Hq_k, orthogonalised twice against q₁ … q_k.
   *
   * @returns α = q_kᵀHq_k and β = ‖w‖; one of them is not finite where Hq_k is not.
   */
  multiply(): Promise<{ readonly alpha: number; readonly beta: number }>;
  /** q_{k+1} ← w / β. */
  extend(beta: number): Promise<void>;
  /** q₁ … q_k, borrowed until the next step. */
  vectors(): Promise<readonly HostVector[]>;
}
