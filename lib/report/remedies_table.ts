import { sourcesOf } from "./groups.ts";
import {
  coversZero,
  gapDeviation,
  type MeanInterval,
  meanInterval,
  meanOf,
  settledSign,
} from "./interval.ts";
import { distinct, lostNote, trainingNote } from "./notes.ts";
import {
  PAPER_ACCURACY,
  PAPER_REMEDIES,
  PAPER_SHARPNESS_FULL,
  PAPER_TRIALS,
  type Published,
  type PublishedRemedy,
} from "./paper.ts";
import { compareRemedies, remediedGaps, type RemedyComparison } from "./remedies.ts";
import type { ReportTable } from "./report_table.ts";
import type { MeasuredRun } from "./results.ts";
import { showPoints, showPublished, showSummary } from "./summary.ts";

/** Appendix E and beyond: what remedies do to large batches, beside the paper's numbers. */
export function remediesTable(runs: readonly MeasuredRun[]): ReportTable {
  const comparisons = compareRemedies(runs);
  const epsilons = comparisons[0]?.sharpness.map(({ epsilon }) => epsilon) ?? [];
  const entries = comparisons.flatMap((comparison) => {
    const ours = oursOf(comparison);
    const paper = paperOf(comparison, epsilons);
    return paper ? [ours, paper] : [ours];
  });
  return {
    name: "remedies",
    title: "Remedies: test accuracy and sharpness in percent, mean ± sd over trials",
    columns: [
      ...["", "", "f", "test", "SB − it", "gap closed"],
      ...epsilons.map((epsilon) => `φ, ε = ${epsilon.toExponential()}`),
      ...["test > LB", "φ > SB"],
    ],
    inputs: ["remedy", "remedySharpness"],
    rows: entries.map(({ row }) => row),
    sources: entries.map(({ sources }) => sources),
    notes: comparisons.length > 0 ? notesOf(runs, comparisons) : ["Nothing was trained."],
    data: entries.map(({ data }) => data),
  };
}

/** One row as text and as numbers. */
interface Entry {
  readonly row: readonly string[];
  readonly sources: readonly string[];
  readonly data: Readonly<Record<string, string | number | null>>;
}

function oursOf(comparison: RemedyComparison): Entry {
  const { network, regime, runs, n, loss, test, gap, gaps, closed, sharpness } = comparison;
  const measured = runs.flatMap(({ allSharpness }) => allSharpness);
  const least = gapDeviation(runs);
  const gain = meanInterval(comparison.gains, least);
  const logRatios = comparison.logRatios.filter(Number.isFinite);
  const logRatio = meanInterval(logRatios);
  const published = publishedOf(comparison);
  return {
    row: [
      `${network}, ${regime}${n < runs.length ? " †" : ""}`,
      `ours, n = ${n}`,
      showSummary(loss),
      showSummary(test),
      showGap(gap, gaps),
      showShare(closed),
      ...sharpness.map(({ percent }) => showSummary(percent)),
      direction(comparison.gains, published && testDirection(published), least),
      direction(
        comparison.logRatios,
        published && sharpnessDirection(published, sharpness[0]?.epsilon),
      ),
    ],
    sources: sourcesOf([...runs, ...measured]),
    data: {
      network,
      regime,
      source: "ours",
      n,
      lossMean: loss?.mean ?? null,
      testMean: test?.mean ?? null,
      testSd: test?.sd ?? null,
      gapMean: meanOf(gaps) ?? null,
      gapLow: gap?.low ?? null,
      gapHigh: gap?.high ?? null,
      gainMean: meanOf(comparison.gains) ?? null,
      gainLow: gain?.low ?? null,
      gainHigh: gain?.high ?? null,
      gapClosed: closed ?? null,
      ...sharpnessNumbers(sharpness.map(({ epsilon, percent }) => [epsilon, percent])),
      logRatioMean: meanOf(logRatios) ?? null,
      logRatioLow: logRatio?.low ?? null,
      logRatioHigh: logRatio?.high ?? null,
    },
  };
}

/** The paper's row for the same network and regime, if it has one. */
function paperOf(comparison: RemedyComparison, epsilons: readonly number[]): Entry | undefined {
  const paper = publishedOf(comparison);
  const pair = PAPER_ACCURACY[comparison.network];
  if (!paper || !pair) return undefined;
  const { network, regime, test } = paper;
  const gap = regime === "SB" ? undefined : pair.testSB.mean - test.mean;
  const isRemedy = regime.startsWith("LB-");
  const closed = isRemedy
    ? (test.mean - pair.testLB.mean) / (pair.testSB.mean - pair.testLB.mean)
    : undefined;
  const sharpness = epsilons.map((epsilon) => [epsilon, percentInPaper(paper, epsilon)] as const);
  return {
    row: [
      "",
      `paper, n = ${PAPER_TRIALS}`,
      "–",
      showPublished(test),
      gap === undefined ? "–" : showPoints(gap),
      showShare(closed),
      ...sharpness.map(([, percent]) => showPublished(percent)),
      ...["–", "–"],
    ],
    sources: [],
    data: {
      network,
      regime,
      source: "paper",
      n: PAPER_TRIALS,
      lossMean: null,
      testMean: test.mean,
      testSd: test.sd,
      gapMean: gap ?? null,
      gapLow: null,
      gapHigh: null,
      gainMean: isRemedy ? test.mean - pair.testLB.mean : null,
      gainLow: null,
      gainHigh: null,
      gapClosed: closed ?? null,
      ...sharpnessNumbers(sharpness),
      logRatioMean: null,
      logRatioLow: null,
      logRatioHigh: null,
    },
  };
}

/** What the paper has for this row: of SB and LB from tables 2 and 3, else from appendix E. */
function publishedOf(
  { network, regime }: Pick<RemedyComparison, "network" | "regime">,
): PublishedRemedy | undefined {
  if (regime !== "SB" && regime !== "LB") {
    return PAPER_REMEDIES.find((row) => row.network === network && row.regime === regime);
  }
  const accuracy = PAPER_ACCURACY[network];
  if (!accuracy) return undefined;
  const [atOne, atHalf] = [1e-3, 5e-4].map((epsilon) =>
    PAPER_SHARPNESS_FULL.find((row) => row.network === network && row.epsilon === epsilon)
  );
  return {
    network,
    regime,
    test: accuracy[`test${regime}`],
    ...(atOne && { sharpness: atOne[regime] }),
    ...(atHalf && { sharpnessAtHalf: atHalf[regime] }),
  };
}

/** 1 where the paper's remedy lifts LB's test accuracy, −1 where it lowers it. */
function testDirection({ network, regime, test }: PublishedRemedy): number {
  return regime.startsWith("LB-") ? Math.sign(test.mean - PAPER_ACCURACY[network]!.testLB.mean) : 0;
}

/** 1 where the paper's minima are sharper at this ε than those of plain SB. */
function sharpnessDirection(published: PublishedRemedy, epsilon: number | undefined): number {
  const { network, regime } = published;
  const SB = publishedOf({ network, regime: "SB" });
  const [own, small] = [percentInPaper(published, epsilon), SB && percentInPaper(SB, epsilon)];
  return regime !== "SB" && own && small ? Math.sign(own.mean - small.mean) : 0;
}

function percentInPaper(
  { sharpness, sharpnessAtHalf }: PublishedRemedy,
  epsilon: number | undefined,
): Published | undefined {
  return epsilon === 1e-3 ? sharpness : epsilon === 5e-4 ? sharpnessAtHalf : undefined;
}

/** `2/3 ✓ ≈`: in how many trials; whether the mean's sign is the paper's; whether it is settled. */
function direction(
  values: readonly number[],
  paper: number | undefined,
  leastDeviation = 0,
): string {
  const mean = meanOf(values);
  if (mean === undefined) return "–";
  const above = values.filter((value) => value > 0).length;
  const order = Math.sign(mean);
  const mark = paper && order ? (order === paper ? " ✓" : " ✗") : "";
  return `${above}/${values.length}${mark}${
    order && settledSign(values, leastDeviation) === order ? "" : " ≈"
  }`;
}

function showGap(gap: MeanInterval | undefined, gaps: readonly number[]): string {
  const mean = meanOf(gaps);
  if (mean === undefined) return "–";
  const interval = gap && ` (${showPoints(gap.low)} to ${showPoints(gap.high)})`;
  return showPoints(mean) + (interval ?? "");
}

function showShare(share: number | undefined): string {
  return share === undefined ? "–" : `${(100 * share).toFixed(0)} %`;
}

function sharpnessNumbers(
  values: readonly (readonly [number, { mean: number; sd?: number | undefined } | undefined])[],
): Record<string, number | null> {
  return Object.fromEntries(values.flatMap(([epsilon, percent]) => [
    [`sharpnessMean ${epsilon.toExponential()}`, percent?.mean ?? null],
    [`sharpnessSd ${epsilon.toExponential()}`, percent?.sd ?? null],
  ]));
}

function notesOf(
  runs: readonly MeasuredRun[],
  comparisons: readonly RemedyComparison[],
): string[] {
  const named = distinct(
    runs.flatMap(({ labels, remedies }) =>
      remedies.length > 0 ? [`${labels.regime}: ${remedies.join(" and ")}`] : []
    ),
    "; ",
  );
  const uncertain = comparisons.filter(({ regime, gap }) =>
    regime === "LB" && (gap === undefined || coversZero(gap))
  );
  return [
    trainingNote(runs.map((run) => ({ ...run, regime: run.labels.regime ?? "" }))),
    ...(named ? [`Remedies: ${named}.`] : []),
    "f is the training loss without any remedy. SB − it: difference of test accuracies trial by " +
    "trial with Student's 95 % interval, in points. Gap closed: (it − LB)/(SB − LB) of the means.",
    "test > LB and φ > SB (at the largest ε): in how many trials. ✓ the mean has the paper's sign, " +
    "✗ it has not; ≈ the trials do not settle it: the 95 % interval over them, of φ's logarithm, " +
    "includes 0, or there is one trial. The paper has " +
    "numbers for augmentation (C1 to C4) and conservative training; of adversarial and stability " +
    "training it says that they gain nothing.",
    ...remediedGaps(comparisons).filter(({ gaps }) => gaps.length > 0).map((
      { small, large, gaps },
    ) =>
      `${small.network}: ${small.regime} − ${large.regime} is ${
        showGap(meanInterval(gaps, gapDeviation([...small.runs, ...large.runs])), gaps)
      } points.`
    ),
    ...uncertain.map(({ network }) =>
      `${network}: the gap of plain LB itself cannot be told from none, so that the share of it ` +
      "that a remedy closes says little."
    ),
    ...lostNote(runs.map((run) => ({ ...run, name: run.labels.regime ?? "" }))),
  ];
}
