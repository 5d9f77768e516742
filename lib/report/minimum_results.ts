/** What is measured of one minimum beyond Metric 2.1: its spectrum, and other measures. */
import type { RunLabels } from "./run_labels.ts";

/** How the Hessian's eigenvalues are spread at a trained point. */
export interface SpectrumRecord extends RunLabels {
  readonly dataset: string;
  readonly batchNorm: string;
  readonly evaluationBatch: number;
  /** n, the number of eigenvalues. */
  readonly dimension: number;
  /** By stochastic Lanczos quadrature. */
  readonly density: {
    readonly steps: number;
    readonly probes: number;
    readonly seed: number;
    /** Points λ, ascending, and the density there, whose integral is 1. */
    readonly grid: readonly number[];
    readonly density: readonly number[];
    /** Ritz values of all probes, with their weights, whose sum is 1, and residuals. */
    readonly nodes: readonly number[];
    readonly weights: readonly number[];
    readonly residuals: readonly number[];
  };
  readonly trace: {
    readonly mean: number;
    readonly standardError: number;
    readonly probes: number;
  };
  /** Metric 2.1 along single coordinates. */
  readonly directions: {
    readonly epsilon: number;
    /** Least share of the coordinates tried that holds 95 % of the sum of rises, in [0, 1]. */
    readonly share: number;
    /** φ along each, in percent, descending. */
    readonly percents: readonly number[];
  };
}

/** One measure's result. */
export interface MeasureAmount {
  /** Its name in `basin measure`. */
  readonly name: string;
  readonly title: string;
  /** At which scale it was measured, such as `σ 0.01`. */
  readonly scale: string;
  /** Of the amount; empty for a pure number. */
  readonly unit: string;
  /** Which of two minima is the sharper one: that with the larger or the smaller amount. */
  readonly sharper: "larger" | "smaller";
  readonly amount: number;
  /** Of an amount that was sampled. */
  readonly standardError?: number | undefined;
  /** How it was found. */
  readonly how: string;
}

/** Measures of sharpness beside Metric 2.1 at a trained point. */
export interface MeasuresRecord extends RunLabels {
  readonly dataset: string;
  readonly batchNorm: string;
  readonly evaluationBatch: number;
  readonly measures: readonly MeasureAmount[];
}
