/** What the stages measured, one record for each cell, as the tables read it. */
import type { MeasuresRecord, SpectrumRecord } from "./minimum_results.ts";
import type { RunLabels } from "./run_labels.ts";
import type { SurfaceRecord } from "./surface_results.ts";

/** What a stage writes of a record: all but the labels, which the tables take from its cell. */
export type Measured<T> = Omit<T, keyof RunLabels> & Readonly<Record<string, unknown>>;

/** A trained point. */
export interface TrainRecord extends RunLabels {
  readonly dataset: string;
  readonly trainCount: number;
  readonly testCount: number;
  readonly batchSize: number;
  readonly epochs: number;
  /** Steps of the optimiser. */
  readonly steps: number;
  readonly stopReason: string;
  readonly iterate: string;
  readonly batchNorm: string;
  readonly evaluationBatch: number;
  readonly optimiser: string;
  /** α before it drops, after scaling with the batch. */
  readonly learningRate: number;
  /** What was done besides plain training, with its constants; mostly nothing. */
  readonly remedies: readonly string[];
  readonly parameterCount: number;
  readonly trainLoss: number;
  readonly trainAccuracyPercent: number;
  readonly testAccuracyPercent: number;
  readonly distanceFromStart: number;
  readonly diffusion?: DiffusionRecord | undefined;
}

/** How a run moved away from x₀, and two laws of it; absent where there is nothing to fit. */
export interface DiffusionRecord {
  /** ‖x_t − x₀‖₂ at steps t = 1, 2, 4, 8, …. */
  readonly points: readonly { readonly step: number; readonly distance: number }[];
  /** a + b ln t. */
  readonly logarithmic?:
    | { readonly intercept: number; readonly slope: number; readonly rSquared: number }
    | undefined;
  /** c t^γ. */
  readonly power?:
    | { readonly scale: number; readonly exponent: number; readonly rSquared: number }
    | undefined;
}

/** A run after one epoch; epoch 0 is its start. */
export interface HistoryPoint {
  readonly epoch: number;
  /** Optimiser steps so far. */
  readonly steps: number;
  readonly trainLoss: number;
  /** Shares of the examples, 0 to 1. */
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
  readonly distanceFromStart: number;
}

/** A run epoch by epoch. */
export interface HistoryRecord extends RunLabels {
  readonly points: readonly HistoryPoint[];
}

/** How a random subspace was drawn. */
export interface SubspaceRecord {
  readonly dimension: number;
  readonly distribution: string;
  readonly seed: number;
}

/** φ after one iteration of the maximiser. */
export interface CurvePoint {
  readonly iteration: number;
  /** Evaluations of f and ∇f so far in its run. */
  readonly evaluations?: number | undefined;
  readonly percent: number;
}

/** One run of the maximiser; a protocol may make several, from several starts. */
export interface MaximiserRun {
  /** Absent in results from before there was a choice: L-BFGS-B. */
  readonly maximiser?: string | undefined;
  readonly start: string;
  readonly percent: number;
  /** Evaluations of f and ∇f. Absent in results from before it was kept. */
  readonly evaluations?: number | undefined;
  readonly stopReason: string;
  readonly curve: readonly CurvePoint[];
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
  readonly curve: readonly CurvePoint[];
  readonly restarts: readonly MaximiserRun[];
  /** Of the protocol `converged`: what the paper's ten iterations of L-BFGS-B found on the way. */
  readonly budget?: MaximiserRun | undefined;
  /** Where the climb began at the end of a search on samples: what that cost beside `evaluations`. */
  readonly search?:
    | {
      readonly samples: number;
      readonly inEvaluations: number;
      /** How far the second best end stayed behind after one step up f, as a share; null of one. */
      readonly apart: number | null;
    }
    | undefined;
  /** What a reader of the value should know. */
  readonly warnings: readonly string[];
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
export interface WarmStartRecord extends Omit<RunLabels, "regime"> {
  readonly warmEpochs: number;
  readonly epochs: number;
  readonly testBeforePercent: number;
  readonly testAfterPercent: number;
  readonly sharpness?: SharpnessAtEnd;
}

/** What a study measured so far. */
export interface StudyRecords {
  readonly train: readonly TrainRecord[];
  readonly sharpness: readonly SharpnessRecord[];
  readonly ritz: readonly RitzRecord[];
  readonly spectra: readonly SpectrumRecord[];
  readonly measures: readonly MeasuresRecord[];
  readonly warm: readonly WarmStartRecord[];
}

/** f along a path through the minima of SB and LB that one trial found. */
export interface PathRecord extends Omit<RunLabels, "regime"> {
  /** α x_LB + (1 − α) x_SB, or sin(απ/2) x_LB + cos(απ/2) x_SB. */
  readonly kind: "linear" | "curvilinear";
  /** SB's minimum is at α = 0, LB's at 1. */
  readonly points: readonly {
    readonly alpha: number;
    readonly trainLoss: number;
    readonly testLoss: number;
    readonly trainAccuracyPercent: number;
    readonly testAccuracyPercent: number;
  }[];
}

/** Sharpness at the iterates of one run. */
export interface TrajectoryRecord extends RunLabels {
  readonly epsilon: number;
  readonly points: readonly {
    readonly epoch: number;
    readonly trainLoss: number;
    readonly percent: number;
  }[];
}

/** φ where a run ended. */
export interface SharpnessAtEnd {
  readonly percent: number;
  readonly epsilon: number;
  readonly source: string;
  /** How the maximiser ended, and what a reader of the value should know. */
  readonly ended?: string;
  readonly warnings?: readonly string[];
}

/** A run of any regime, with the sharpness where it ended if that was measured. */
export interface MeasuredRun extends Omit<TrainRecord, "regime"> {
  /** Axis → label of its cell, such as `{ regime: "b1024", trial: "0" }`. */
  readonly labels: Readonly<Record<string, string>>;
  /** At the largest ε at which the study has any φ in full space. */
  readonly sharpness?: SharpnessAtEnd;
  /** φ in full space at every ε, from the largest down. */
  readonly allSharpness: readonly SharpnessAtEnd[];
}

/** A run of any batch size, with the sharpness where it ended if that was measured. */
export type BatchSizeRecord = Pick<
  MeasuredRun,
  "network" | "trial" | "diverged" | "source" | "batchSize" | "testAccuracyPercent" | "sharpness"
>;

/** What figures show beside {@link StudyRecords}. */
export interface CurveRecords {
  readonly histories: readonly HistoryRecord[];
  readonly paths: readonly PathRecord[];
  readonly trajectories: readonly TrajectoryRecord[];
  readonly batchSizes: readonly BatchSizeRecord[];
  /** Runs whose distances from x₀ were noted. */
  readonly diffusions: readonly MeasuredRun[];
  /** f on planes through minima. */
  readonly surfaces: readonly SurfaceRecord[];
}
