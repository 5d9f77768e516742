/** What the stages measured, one record for each cell, as the tables read it. */
import type { Regime } from "./paper.ts";

/** Which run a record belongs to. */
export interface RunLabels {
  readonly network: string;
  readonly regime: Regime;
  readonly trial: number;
  /** Whether training ended in NaN; such runs count in no mean. */
  readonly diverged: boolean;
}

/** What a stage writes of a record: all but the labels, which the tables take from its cell. */
export type Measured<T> = Omit<T, keyof RunLabels> & Readonly<Record<string, unknown>>;

/** A trained point. */
export interface TrainRecord extends RunLabels {
  readonly dataset: string;
  readonly trainCount: number;
  readonly testCount: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly stopReason: string;
  readonly iterate: string;
  readonly batchNorm: string;
  readonly evaluationBatch: number;
  readonly learningRate: number;
  readonly parameterCount: number;
  readonly trainLoss: number;
  readonly trainAccuracyPercent: number;
  readonly testAccuracyPercent: number;
  readonly distanceFromStart: number;
}

/** How a random subspace was drawn. */
export interface SubspaceRecord {
  readonly dimension: number;
  readonly distribution: string;
  readonly seed: number;
}

/** Metric 2.1 at a trained point. */
export interface SharpnessRecord extends RunLabels {
  readonly dataset: string;
  readonly epsilon: number;
  readonly space: "full" | SubspaceRecord;
  readonly protocol: string;
  readonly start: string;
  readonly maxIterations: number;
  readonly percent: number;
  readonly iterations: number;
  readonly evaluations: number;
  readonly stopReason: string;
  readonly activeShare: number;
  readonly moved: boolean;
  /** φ after each iteration of the run that counts. */
  readonly curve: readonly { readonly percent: number }[];
  readonly batchNorm: string;
  readonly evaluationBatch: number;
}

/** Ritz values and top eigenvalues at a trained point. */
export interface RitzRecord extends RunLabels {
  readonly dataset: string;
  readonly batchNorm: string;
  readonly evaluationBatch: number;
  readonly basis: SubspaceRecord;
  readonly ritz: {
    readonly values: readonly number[];
    readonly residuals: readonly number[];
    readonly products: number;
  };
  readonly lanczos: {
    readonly values: readonly number[];
    readonly residuals: readonly number[];
    readonly steps: number;
    readonly stopReason: string;
  };
}

/** A warm start, with the sharpness where it ended if that was measured. */
export interface WarmStartRecord {
  readonly network: string;
  readonly trial: number;
  readonly diverged: boolean;
  readonly warmEpochs: number;
  readonly epochs: number;
  readonly testBeforePercent: number;
  readonly testAfterPercent: number;
  readonly sharpness?: { readonly percent: number; readonly epsilon: number };
}
