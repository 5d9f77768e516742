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
