/** A figure as data: what is drawn, and what a reader who cannot see it is told. */

/** A Vega-Lite specification, or a part of one. */
export type VegaLiteSpec = Readonly<Record<string, unknown>>;

/** One pair of axes; a figure has several rather than a wide one, so that it fits a phone. */
export interface Panel {
  /** Part of file names and anchors, for instance `accuracy-F1`. */
  readonly name: string;
  readonly title: string;
  /** A single view with its own data; colours are variables of {@link COLOURS}. */
  readonly spec: VegaLiteSpec;
}

/** A surface to turn, in a box from −½ to ½ in x and y and from 0 to 1 in height. */
export interface SurfaceSolid {
  readonly title: string;
  /** Ascending, shape [m]. */
  readonly xs: readonly number[];
  /** Ascending, shape [n]. */
  readonly ys: readonly number[];
  /** `heights[row][column]` at (xs[column], ys[row]); `null` where there is none. */
  readonly heights: readonly (readonly (number | null)[])[];
  /** Points on it; those of one owner are joined in their order, but for the owner `other`. */
  readonly marks: readonly {
    readonly name: string;
    readonly owner: string;
    readonly isMinimum: boolean;
    readonly x: number;
    readonly y: number;
  }[];
}

/** A figure that can be drawn. */
export interface Figure {
  /** File name without ending, for instance `figure2`. */
  readonly name: string;
  readonly title: string;
  /** What is shown and how to read it. */
  readonly caption: string;
  /** The finding in words, with its numbers, for readers who do not see the picture. */
  readonly alternative: string;
  readonly panels: readonly Panel[];
  /** The same as surfaces to turn, on one scale. */
  readonly solids?: readonly SurfaceSolid[];
  /** The records that it rests on, by their `source`. */
  readonly sources: readonly string[];
}

/** A figure of the paper for which this study has no records. */
export interface MissingFigure {
  readonly name: string;
  readonly title: string;
  /** Why it is missing, and what would make it appear. */
  readonly missing: string;
}
