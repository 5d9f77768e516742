import { lostMark, type RecordGroup, recordGroup } from "./described_table.ts";
import { groupBy, sourcesOf } from "./groups.ts";
import type { SpectrumRecord } from "./minimum_results.ts";
import { distinct, divergedNote, residualNote } from "./notes.ts";
import type { ReportTable } from "./report_table.ts";
import {
  hasSpectrum,
  largeEigenvalues,
  largestEigenvalue,
  shareHolding,
  smallestEigenvalue,
} from "./spectrum.ts";
import { showNumber, showSummary, summarise, type Summary } from "./summary.ts";

/** Sharp directions hold this part of all rise, as in the stage's own count along coordinates. */
const PART = 0.95;

/** The ends of the Hessian's spectrum, its trace, and how many directions are sharp. */
export function spectrumTable(records: readonly SpectrumRecord[]): ReportTable {
  const groups = [...groupBy(records, ({ network }) => network).values()].flatMap((own) =>
    (["SB", "LB"] as const).map((regime) => own.filter((record) => record.regime === regime))
      .filter((group) => group.length > 0).map((group) => recordGroup(group, hasSpectrum))
  );
  const measured = records.filter(hasSpectrum);
  const largestOnes: { eigenvalue: Summary | undefined; residual: Summary | undefined }[] = [];
  const rows: string[][] = [];
  const data: Record<string, string | number | null>[] = [];
  for (const group of groups) {
    const { first: { network, regime }, sound: own } = group;
    const of = (pick: (record: SpectrumRecord) => number) => summarise(own, pick);
    const largest = of((record) => largestEigenvalue(record).value);
    const smallest = of((record) => smallestEigenvalue(record).value);
    const residual = of((record) => largestEigenvalue(record).residual);
    largestOnes.push({ eigenvalue: largest, residual });
    const trace = of(({ trace }) => trace.mean);
    const error = traceError(group);
    const large = of(largeEigenvalues);
    const eigenvectors = of(({ density }) => 100 * shareHolding(PART, density));
    const share = of(({ directions }) => 100 * directions.share);
    rows.push([
      `${network} ${regime}${lostMark(group)}`,
      `${own.length}`,
      showSummary(largest),
      residual ? showNumber(residual.mean) : "–",
      showSummary(smallest),
      showSummary(trace && error !== undefined ? { ...trace, sd: error } : trace),
      showRounded(large),
      eigenvectors ? `${showSummary(eigenvectors)} %` : "–",
      share ? `${showRounded(share)} %` : "–",
    ]);
    data.push({
      network,
      regime,
      n: own.length,
      largestMean: largest?.mean ?? null,
      largestSd: largest?.sd ?? null,
      largestResidualMean: residual?.mean ?? null,
      smallestMean: smallest?.mean ?? null,
      traceMean: trace?.mean ?? null,
      traceSd: trace?.sd ?? null,
      traceStandardError: error ?? null,
      largeCount: large?.mean ?? null,
      largeCountSd: large?.sd ?? null,
      sharpEigenvectorShare: eigenvectors ? eigenvectors.mean / 100 : null,
      sharpEigenvectorShareSd: eigenvectors?.sd !== undefined ? eigenvectors.sd / 100 : null,
      sharpShare: share ? share.mean / 100 : null,
      sharpShareSd: share?.sd !== undefined ? share.sd / 100 : null,
    });
  }
  return {
    name: "spectrum",
    title: "Spectrum of the Hessian",
    columns: [
      "",
      "n",
      "λ_max",
      "‖Hv − λv‖",
      "λ_min",
      "trace",
      "λ ≥ λ_max/100",
      "sharp eigenvectors",
      "sharp coordinates",
    ],
    inputs: ["spectrum"],
    rows,
    sources: groups.map(({ all }) => sourcesOf(all)),
    notes: [
      ...(measured.length > 0 ? notesOf(measured, groups) : ["Nothing was measured."]),
      ...residualNote(largestOnes),
      ...divergedNote(records.map((r) => ({ ...r, diverged: !hasSpectrum(r) }))),
    ],
    data,
  };
}

/** `5193 ± 210`: as many digits as an estimate bears. */
function showRounded(summary: Summary | undefined): string {
  if (!summary) return "–";
  const mean = summary.mean.toFixed(0);
  return summary.sd === undefined ? mean : `${mean} ± ${summary.sd.toFixed(0)}`;
}

/** Of a single trial, whose trace has no other spread; unknown of one probe. */
function traceError({ sound }: RecordGroup<SpectrumRecord>): number | undefined {
  const [only, ...others] = sound;
  const error = only?.trace.standardError;
  return others.length === 0 && Number.isFinite(error) ? error : undefined;
}

/** What stands behind ± in the column of the trace. */
function traceSpread(groups: readonly RecordGroup<SpectrumRecord>[]): string {
  const spreads = [
    groups.some(({ sound }) => sound.length > 1) && "mean ± sd over trials",
    groups.some((group) => traceError(group) !== undefined) && "± its standard error (n = 1)",
  ].filter(Boolean);
  return spreads.length > 0 ? `, ${spreads.join(" or ")}` : "";
}

function startsOf(probes: number): string {
  return probes === 1 ? "one random start" : `each of ${probes} random starts`;
}

/** How the numbers of these records came about, one of them at least. */
function notesOf(
  records: readonly SpectrumRecord[],
  groups: readonly RecordGroup<SpectrumRecord>[],
): string[] {
  const of = (pick: (record: SpectrumRecord) => string | number) => distinct(records.map(pick));
  return [
    `λ ≥ λ_max/100: the estimated number of eigenvalues so large, of ${of((r) => r.dimension)}. ` +
    "Sharp eigenvectors: the least share of all eigenvectors whose eigenvalues hold 95 % of Σ |λ|, " +
    "estimated by the density, in which one node stands for many small eigenvalues: too large where " +
    "only their sizes differ, too small where their signs do. More Lanczos steps tell more of them " +
    `apart. Sharp coordinates: ${of((r) => r.directions.percents.length)} coordinates were ` +
    "drawn, and f rises along each; this is the least share of them that holds 95 % of the sum of " +
    `the rises, with the box's ε = ${
      of((r) => r.directions.epsilon)
    }. Rises below a millionth of f ` +
    "are rounding. The paper says “approximately 5 %” of the directions, and not how they were " +
    "counted.",
    `Data ${
      of((r) => r.dataset)
    }. Exact Hessian products on the whole training set: Lanczos with ` +
    `${of((r) => r.density.steps)} steps from ${of((r) => startsOf(r.density.probes))}, seeds ` +
    `${of((r) => r.density.seed)}; trace by ${of((r) => r.trace.probes)} probes` +
    `${traceSpread(groups)}. Batch norm with ${
      of((r) => r.batchNorm)
    } statistics, f in chunks of ` +
    `${of((r) => r.evaluationBatch)}.`,
  ];
}
