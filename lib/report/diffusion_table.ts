import type { ReportTable } from "./report_table.ts";
import type { MeasuredRun, TrainRecord } from "./results.ts";
import { runTable } from "./run_table.ts";

/** The runs of a study whose diffusion is shown: all that it compares, or the paper's pair. */
export function diffusingRuns(
  pair: readonly TrainRecord[],
  scaling: readonly MeasuredRun[],
): readonly MeasuredRun[] {
  if (scaling.length > 0) return scaling;
  return pair.map((run) => ({
    ...run,
    labels: { regime: run.regime, trial: `${run.trial}` },
    allSharpness: [],
  }));
}

/** How the distance from x₀ grows with the steps: two laws, each fitted to every run. */
export function diffusionTable(runs: readonly MeasuredRun[]): ReportTable {
  const own = runs.filter(({ diffusion }) => diffusion?.logarithmic && diffusion.power)
    .toSorted((a, b) => a.batchSize - b.batchSize);
  return runTable(own, {
    name: "diffusion",
    title: "Diffusion: ‖x_t − x₀‖₂ ≈ a + b ln t, or c tᵞ",
    inputs: ["train", "scaling"],
    rowOf: ({ labels }) => labels.regime ?? "",
    keysOf: ({ labels }) => ({ regime: labels.regime ?? "" }),
    columns: [
      { heading: "a", key: "intercept", of: ({ diffusion }) => diffusion?.logarithmic?.intercept },
      { heading: "b", key: "slope", of: ({ diffusion }) => diffusion?.logarithmic?.slope },
      {
        heading: "R², log",
        key: "logarithmicRSquared",
        of: ({ diffusion }) => diffusion?.logarithmic?.rSquared,
      },
      { heading: "γ", key: "exponent", of: ({ diffusion }) => diffusion?.power?.exponent },
      {
        heading: "R², power",
        key: "powerRSquared",
        of: ({ diffusion }) => diffusion?.power?.rSquared,
      },
    ],
    notes: [
      "Both laws have two constants, fitted by least squares to the distances at steps 1, 2, 4, 8, …, " +
      "up to the first drop of the learning rate. Hoffer et al. 2017 claim the logarithm.",
    ],
  });
}
