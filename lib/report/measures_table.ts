import { groupBy, soundOf, sourcesOf, trialCounts } from "./groups.ts";
import { overPairs, settledSign } from "./interval.ts";
import { type LabelledAmount, measureAmounts } from "./measure_amounts.ts";
import type { MeasuresRecord, SpectrumRecord } from "./minimum_results.ts";
import { distinct, divergedNote } from "./notes.ts";
import type { ReportTable } from "./report_table.ts";
import type { SharpnessRecord } from "./results.ts";
import type { RunLabels } from "./run_labels.ts";
import { showSummary, summarise, type Summary } from "./summary.ts";

/** Whether LB or SB is the sharper one by each measure: measures need not agree. */
export function measuresTable(
  sharpness: readonly SharpnessRecord[],
  spectra: readonly SpectrumRecord[],
  measures: readonly MeasuresRecord[],
): ReportTable {
  const amounts = measureAmounts(sharpness, spectra, measures);
  const groups = [
    ...groupBy(
      amounts,
      ({ labels, name, scale }) => `${labels.network} ${name} ${scale}`,
    ).values(),
  ].filter((group) => group.some(({ amount }) => Number.isFinite(amount)));
  const comparisons = groups.map(compare);
  const networks = new Set(amounts.map(({ labels }) => labels.network));
  return {
    name: "measures",
    title: "Measures compared: which minimum is the sharper one",
    columns: ["", "at", "n", "SB", "LB", "sharper"],
    inputs: ["sharpness", "spectrum", "measures"],
    rowInputs: ["spectrum", "measures"], // Metric 2.1 stands beside these
    rows: comparisons.map(({ first, SB, LB, sharper, isUnsettled }) => [
      networks.size > 1 ? `${first.labels.network}: ${first.title}` : first.title,
      first.scale || "–",
      trialCounts(SB, LB),
      ...[SB, LB].map((summary) => withUnit(summary, first)),
      sharper === undefined ? "–" : `${sharper}${isUnsettled ? " ≈" : ""}`,
    ]),
    sources: groups.map((group) => [...new Set(sourcesOf(group.map(({ labels }) => labels)))]),
    notes: amounts.length > 0 ? notesOf(comparisons, amounts, [...spectra, ...measures]) : NOTHING,
    data: comparisons.map(({ first, SB, LB, sharper, isUnsettled, sharperPairs, pairs }) => ({
      network: first.labels.network,
      measure: first.name,
      scale: first.scale,
      unit: first.unit,
      meanSB: SB?.mean ?? null,
      spreadSB: SB?.sd ?? null,
      nSB: SB?.n ?? 0,
      meanLB: LB?.mean ?? null,
      spreadLB: LB?.sd ?? null,
      nLB: LB?.n ?? 0,
      sharperIf: first.sharper,
      sharper: sharper ?? null,
      unsettled: isUnsettled ? "yes" : "no",
      sharperPairs,
      pairs,
    })),
  };
}

const NOTHING = ["Nothing was measured."];

interface Comparison {
  readonly first: LabelledAmount;
  readonly SB: Summary | undefined;
  readonly LB: Summary | undefined;
  /** By the means; neither where they are equal. */
  readonly sharper: "SB" | "LB" | "neither" | undefined;
  /** Whether the spread allows the opposite. */
  readonly isUnsettled: boolean;
  /** Trials in which LB is the sharper one, of those with both. */
  readonly sharperPairs: number;
  readonly pairs: number;
}

function compare(group: readonly LabelledAmount[]): Comparison {
  const first = group[0]!;
  const sign = first.sharper === "larger" ? 1 : -1;
  const [small, large] = (["SB", "LB"] as const).map((regime) => amountsOf(group, regime));
  const [SB, LB] = [summaryOf(small!), summaryOf(large!)];
  const differences = overPairs(small!, large!, (a, b) => sign * (b.amount - a.amount));
  const common = {
    first,
    SB,
    LB,
    sharperPairs: differences.filter((difference) => difference > 0).length,
    pairs: differences.length,
  };
  if (!SB || !LB) return { ...common, sharper: undefined, isUnsettled: false };
  const difference = sign * (LB.mean - SB.mean);
  return {
    ...common,
    sharper: difference > 0 ? "LB" : difference < 0 ? "SB" : "neither",
    isUnsettled: difference !== 0 &&
      (differences.length > 1
        ? settledSign(differences) !== Math.sign(difference)
        // Of one pair only what sampling adds is known: two standard errors of the difference.
        : Math.abs(difference) < 2 * Math.hypot(SB.sd ?? 0, LB.sd ?? 0)),
  };
}

function amountsOf(group: readonly LabelledAmount[], regime: RunLabels["regime"]) {
  return group.map(({ labels, amount, standardError }) => ({ ...labels, amount, standardError }))
    .filter((each) => soundOf([each], regime).length > 0 && Number.isFinite(each.amount));
}

/** Mean ± sd over trials; of a single trial ± its standard error, if it was sampled. */
function summaryOf(own: ReturnType<typeof amountsOf>): Summary | undefined {
  const summary = summarise(own, ({ amount }) => amount);
  const error = own[0]?.standardError;
  if (summary?.n !== 1 || error === undefined || !Number.isFinite(error)) return summary;
  return { ...summary, sd: error };
}

function withUnit(summary: Summary | undefined, { unit }: LabelledAmount): string {
  if (!summary) return "–";
  if (unit === "bits" && summary.sd === undefined) return counted(summary.mean, "bit");
  const text = showSummary(summary);
  return unit === "" ? text : `${text} ${unit}`;
}

function counted(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}

function notesOf(
  comparisons: readonly Comparison[],
  amounts: readonly LabelledAmount[],
  records: readonly (SpectrumRecord | MeasuresRecord)[],
): string[] {
  const of = <K extends "dataset" | "batchNorm" | "evaluationBatch">(key: K) =>
    distinct(records.map((record) => record[key]));
  const trials = [...new Set(amounts.map(({ labels }) => labels.trial))].sort((a, b) => a - b);
  const counts = comparisons.map(({ SB, LB }) => Math.max(SB?.n ?? 0, LB?.n ?? 0));
  const single = counts.every((n) => n <= 1);
  const isMixed = !single && counts.some((n) => n === 1);
  const stopped = amounts.filter(({ how }) => how.includes("max-iterations"));
  return [
    (single
      ? `One pair of minima, trial ${trials[0]}: n = 1, and a ± is the standard error of sampling. `
      : `Trials ${trials.join(", ")}: mean ± sd over trials${
        isMixed ? ", and where n is 1 ± the standard error of sampling" : ""
      }. `) +
    smallerNote(amounts) +
    (single
      ? "≈ the difference is less than two standard errors."
      : "≈ over pairs of one trial, the difference has a 95 % interval that includes 0" +
        (isMixed ? ", or of one pair is less than two standard errors." : ".")),
    `Data ${of("dataset")}. Batch norm with ${of("batchNorm")} statistics, f in chunks of ` +
    `${of("evaluationBatch")}.`,
    ...(stopped.length > 0
      ? [
        `Ended by the budget of iterations, so lower bounds: ` +
        `${[...new Set(stopped.map(({ title }) => title))].join("; ")}.`,
      ]
      : []),
    ...divergedNote(records),
  ];
}

/** Names the measures by which the smaller number is the sharper minimum. */
function smallerNote(amounts: readonly LabelledAmount[]): string {
  const titles = amounts.filter(({ sharper }) => sharper === "smaller").map(({ title }) => title);
  return titles.length === 0
    ? "The larger number is the sharper minimum. "
    : `The larger number is the sharper minimum, but for ${distinct(titles)}. `;
}
