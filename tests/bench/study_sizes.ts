/** How much of the default study `bench study` does. */
export interface StudySizes {
  readonly train: number;
  readonly test: number;
  /** Examples in a chunk of f. */
  readonly chunk: number;
  readonly smallBatch: number;
  readonly largeBatch: number;
  /** Of the default study's 30: an epoch is like the next. */
  readonly epochs: number;
  /** p of the random subspace in which φ is measured. */
  readonly columns: number;
  readonly lanczosSteps: number;
  /** Columns of A on which Ritz values are taken. */
  readonly ritzColumns: number;
  readonly densitySteps: number;
  readonly traceProbes: number;
}

/** Those of `pipeline.yaml`, but for the epochs. */
export const DEFAULT_SIZES: StudySizes = {
  train: 8000,
  test: 2000,
  chunk: 4000,
  smallBatch: 128,
  largeBatch: 800,
  epochs: 3,
  columns: 100,
  lanczosSteps: 8,
  ritzColumns: 4,
  densitySteps: 10,
  traceProbes: 4,
};

/** For a try of a minute; what costs by the call and not by the example weighs more than it does. */
export const SMALL_SIZES: StudySizes = {
  ...DEFAULT_SIZES,
  train: 1000,
  test: 200,
  chunk: 500,
  smallBatch: 100,
  largeBatch: 500,
  epochs: 1,
  columns: 10,
};
