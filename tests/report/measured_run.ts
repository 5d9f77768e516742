/** Hand-made runs of side studies. */
import type { MeasuredRun } from "../../lib/report/results.ts";
import { trainRecord } from "./records.ts";

/** A run with these labels, φ where it ended, and 100 − φ for its test accuracy. */
export function measuredRun(
  input: string,
  labels: Readonly<Record<string, string>>,
  percent: number,
  change: Partial<MeasuredRun> = {},
): MeasuredRun {
  const { regime: _, ...record } = trainRecord("LB", Number(labels.trial));
  const cell = Object.entries(labels).map(([axis, label]) => `${axis}=${label}`).join(",");
  const sharpness = { percent, epsilon: 1e-3, source: `${input}Sharpness[${cell}]` };
  return {
    ...record,
    source: `${input}[${cell}]`,
    labels,
    testAccuracyPercent: 100 - percent,
    sharpness,
    allSharpness: [sharpness],
    ...change,
  };
}
