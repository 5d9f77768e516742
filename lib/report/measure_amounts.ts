/** All measures of a study's minima in one form: Metric 2.1, the spectrum's, and the others. */
import type { MeasureAmount, MeasuresRecord, SpectrumRecord } from "./minimum_results.ts";
import type { SharpnessRecord } from "./results.ts";
import type { RunLabels } from "./run_labels.ts";
import { distinguishingWay } from "./sharpness_way.ts";
import { largestEigenvalue } from "./spectrum.ts";

/** One measure at one minimum. */
export interface LabelledAmount extends MeasureAmount {
  readonly labels: RunLabels;
}

/**
 * Every measure at the minima that the stages `measures` and `spectrum` measured.
 *
 * Metric 2.1 of further trials has tables of its own; here it stands beside the others, of the same
 * trials.
 */
export function measureAmounts(
  sharpness: readonly SharpnessRecord[],
  spectra: readonly SpectrumRecord[],
  measures: readonly MeasuresRecord[],
): LabelledAmount[] {
  const others = [
    ...spectra.flatMap((record) => ofSpectrum(record)),
    ...measures.flatMap((record) => record.measures.map((each) => ({ ...each, labels: record }))),
  ];
  const measured = new Set(others.map(({ labels }) => minimumOf(labels)));
  const own = sharpness.filter((record) => measured.has(minimumOf(record)))
    .toSorted((a, b) => spaceOf(a) - spaceOf(b) || b.epsilon - a.epsilon)
    .map((record, _, all) => ofMetric(record, all));
  return [...own, ...others];
}

function minimumOf({ network, regime, trial }: RunLabels): string {
  return `${network} ${regime} ${trial}`;
}

/** Full space first. */
function spaceOf({ space }: SharpnessRecord): number {
  return space === "full" ? 0 : space.dimension;
}

function ofMetric(record: SharpnessRecord, all: readonly SharpnessRecord[]): LabelledAmount {
  const { space, epsilon, percent, protocol, iterations, stopReason } = record;
  const where = space === "full" ? "full space" : "random subspace";
  const alike = all.filter((other) => spaceOf(other) === spaceOf(record));
  const scale = [
    `ε ${epsilon.toExponential()}`,
    ...(space === "full" ? [] : [`p ${space.dimension}`]),
    ...(protocol === "paper" ? [] : [protocol]),
    ...distinguishingWay(record, alike).filter((part) => part !== protocol),
  ].join(", ");
  return {
    labels: record,
    name: `sharpness-${space === "full" ? "full" : "subspace"}`,
    title: `sharpness φ (Metric 2.1), ${where}`,
    scale,
    unit: "%",
    sharper: "larger",
    amount: percent,
    how: `${iterations} iterations, ${stopReason}`,
  };
}

function ofSpectrum(record: SpectrumRecord): LabelledAmount[] {
  const { trace, density } = record;
  const common = { labels: record, unit: "", sharper: "larger" } as const;
  return [
    {
      ...common,
      name: "eigenvalue",
      title: "largest eigenvalue λ_max of the Hessian",
      scale: "",
      amount: largestEigenvalue(record).value,
      how: `Lanczos, ${density.steps} steps`,
    },
    {
      ...common,
      name: "trace",
      title: "trace of the Hessian",
      scale: "",
      amount: trace.mean,
      standardError: trace.standardError,
      how: `${trace.probes} probes`,
    },
  ];
}
