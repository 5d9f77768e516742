import type { Regime } from "./paper.ts";

/** Which run a record belongs to. */
export interface RunLabels {
  readonly network: string;
  readonly regime: Regime;
  readonly trial: number;
  /** Whether training ended in NaN; such runs count in no mean. */
  readonly diverged: boolean;
  /** The input and the cell that the record was read from: `sharpness[eps=0.001,trial=0]`. */
  readonly source: string;
}
