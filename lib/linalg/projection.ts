import type { HostVector } from "./krylov_basis.ts";

/** The projection VᵀHV of an operator on the span of orthonormal vectors v₁ … v_p, and the images Hv_j. */
export interface Projection extends AsyncDisposable {
  /** Rows `first` … `first + count − 1` of VᵀHV, each of shape [p]; their images are kept. */
  rows(first: number, count: number): Promise<Float64Array[]>;
  /** ‖HVs − θVs‖₂, once all images are there. @param s Shape [p]. */
  residual(s: Float64Array, theta: number): Promise<number>;
  /** Hv₁ …, as many as there are, each of shape [n]; borrowed until the next row. */
  images(): Promise<readonly HostVector[]>;
}

/** What a projection begins with. */
export interface ProjectionStart {
  /** p. */
  readonly count: number;
  /** v_j, a new vector of shape [n]. */
  readonly vector: (j: number) => Float64Array;
  /** The first images, of a projection that goes on. */
  readonly images: readonly HostVector[];
}
