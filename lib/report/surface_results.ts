import type { Regime } from "./paper.ts";
import type { RunLabels } from "./run_labels.ts";

/** A point that a surface marks. */
export interface SurfaceMark {
  /** What it is, for instance `epoch 3`. */
  readonly name: string;
  /** The run that it belongs to, if to one of several points along it. */
  readonly line?: string | undefined;
  readonly isMinimum: boolean;
  /** Its foot on the plane. */
  readonly a: number;
  readonly b: number;
  /** How far it is from the plane. */
  readonly distance: number;
  readonly trainLoss: number;
}

/** f and accuracy on a grid on a plane through minima. */
export interface SurfaceRecord extends Omit<RunLabels, "regime"> {
  /** Whose minimum it goes through; none if it goes through several. */
  readonly regime?: Regime | undefined;
  readonly plane: "random" | "eigenvectors" | "trajectory" | "minima";
  /** Coordinates along the first direction, ascending; shape [m]. */
  readonly as: readonly number[];
  /** Coordinates along the second direction, ascending; shape [n]. */
  readonly bs: readonly number[];
  /** One for each of `bs`; lists of shape [m]. */
  readonly rows: readonly {
    readonly trainLoss: readonly number[];
    readonly trainAccuracyPercent: readonly number[];
    readonly testLoss: readonly number[];
    readonly testAccuracyPercent: readonly number[];
  }[];
  readonly marks: readonly SurfaceMark[];
  readonly facts: {
    readonly shares?: readonly number[] | undefined;
    readonly eigenvalues?: readonly number[] | undefined;
    readonly residuals?: readonly number[] | undefined;
  };
}
