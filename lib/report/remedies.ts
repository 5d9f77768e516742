/** What a remedy does to the gap between small and large batches, trial by trial. */
import { groupBy } from "./groups.ts";
import { gapDeviation, type MeanInterval, meanInterval, overPairs } from "./interval.ts";
import type { MeasuredRun } from "./results.ts";
import { smallFirst } from "./run_table.ts";
import { summarise, type Summary } from "./summary.ts";

/** φ in percent at one ε. */
export interface RemedySharpness {
  readonly epsilon: number;
  readonly percent: Summary | undefined;
}

/** One regime of one network, compared with the paper's pair of the same trials. */
export interface RemedyComparison {
  readonly network: string;
  readonly regime: string;
  /** All runs, diverged ones included. */
  readonly runs: readonly MeasuredRun[];
  /** Those that count. */
  readonly n: number;
  readonly loss: Summary | undefined;
  readonly test: Summary | undefined;
  /** Test accuracy of SB minus its own, in points; absent for SB itself. */
  readonly gap: MeanInterval | undefined;
  /** Trials that it shares with SB. */
  readonly gaps: readonly number[];
  /** Its test accuracy minus that of LB; empty for SB and LB themselves. */
  readonly gains: readonly number[];
  /** ln(φ/φ_SB) at the largest ε, ±∞ where one of them is 0; empty for SB itself. */
  readonly logRatios: readonly number[];
  /**
   * Share of LB's gap to SB that is gone, (it − LB)/(SB − LB) of the means over the trials of all
   * three. Absent for SB's own variants, and where SB is not above LB, so that there is no gap to
   * close.
   */
  readonly closed: number | undefined;
  readonly sharpness: readonly RemedySharpness[];
}

/** All regimes of all networks, SB and LB before the others, each beside these two. */
export function compareRemedies(runs: readonly MeasuredRun[]): RemedyComparison[] {
  const epsilons = [
    ...new Set(runs.flatMap(({ allSharpness }) => allSharpness.map((e) => e.epsilon))),
  ]
    .sort((a, b) => b - a);
  return [...groupBy(runs, ({ network }) => network).values()].flatMap((own) => {
    const regimes = groupBy(smallFirst(own), ({ labels }) => labels.regime ?? "");
    const [SB, LB] = [soundRuns(regimes.get("SB")), soundRuns(regimes.get("LB"))];
    return [...regimes].map(([regime, all]) => compare(regime, all, SB, LB, epsilons));
  });
}

function soundRuns(runs: readonly MeasuredRun[] = []): MeasuredRun[] {
  return runs.filter(({ diverged }) => !diverged);
}

function compare(
  regime: string,
  runs: readonly MeasuredRun[],
  SB: readonly MeasuredRun[],
  LB: readonly MeasuredRun[],
  epsilons: readonly number[],
): RemedyComparison {
  const own = soundRuns(runs);
  const accuracyOver = (a: MeasuredRun, b: MeasuredRun) =>
    a.testAccuracyPercent - b.testAccuracyPercent;
  const gaps = regime === "SB" ? [] : overPairs(SB, own, accuracyOver);
  const gains = regime === "SB" || regime === "LB" ? [] : overPairs(own, LB, accuracyOver);
  const logRatios = regime === "SB" || epsilons.length === 0 ? [] : overPairs(
    own,
    SB,
    (a, b) => logRatio(percentAt(a, epsilons[0]!), percentAt(b, epsilons[0]!)),
  );
  return {
    network: runs[0]!.network,
    regime,
    runs,
    n: own.length,
    loss: summarise(own, ({ trainLoss }) => trainLoss),
    test: summarise(own, ({ testAccuracyPercent }) => testAccuracyPercent),
    gap: meanInterval(gaps, gapDeviation([...own, ...SB])),
    gaps,
    gains,
    logRatios: logRatios.filter((value) => !Number.isNaN(value)),
    closed: regime.startsWith("LB-") ? closedShare(own, SB, LB) : undefined,
    sharpness: epsilons.map((epsilon) => ({
      epsilon,
      percent: summarise(own, (run) => percentAt(run, epsilon)),
    })),
  };
}

function closedShare(
  own: readonly MeasuredRun[],
  SB: readonly MeasuredRun[],
  LB: readonly MeasuredRun[],
): number | undefined {
  const shared = own.flatMap((run) => {
    const [small, large] = [SB, LB].map((runs) => runs.find(({ trial }) => trial === run.trial));
    return small && large ? [{ run, small, large }] : [];
  });
  const total = (of: (trio: typeof shared[number]) => number) =>
    shared.reduce((sum, trio) => sum + of(trio), 0);
  const gap = total(({ small, large }) => small.testAccuracyPercent - large.testAccuracyPercent);
  const gain = total(({ run, large }) => run.testAccuracyPercent - large.testAccuracyPercent);
  // Sums of percentages differ by float64's rounding where there is no gap.
  return gap > 1e-9 ? gain / gap : undefined;
}

/** Test accuracy of `SB-x` minus that of `LB-x`, trial by trial, where a remedy was given to both. */
export function remediedGaps(
  comparisons: readonly RemedyComparison[],
): { readonly small: RemedyComparison; readonly large: RemedyComparison; gaps: number[] }[] {
  return comparisons.flatMap((large) => {
    const small = large.regime.startsWith("LB-")
      ? comparisons.find(({ network, regime }) =>
        network === large.network && regime === large.regime.replace("LB-", "SB-")
      )
      : undefined;
    if (!small) return [];
    const gaps = overPairs(
      soundRuns(small.runs),
      soundRuns(large.runs),
      (a, b) => a.testAccuracyPercent - b.testAccuracyPercent,
    );
    return [{ small, large, gaps }];
  });
}

/** 0 for two equal ones, two zeros among them. */
function logRatio(a: number, b: number): number {
  return a === b ? 0 : Math.log(a / b);
}

/** φ at an ε, or NaN if it was not measured. */
function percentAt({ allSharpness }: MeasuredRun, epsilon: number): number {
  return allSharpness.find((measured) => measured.epsilon === epsilon)?.percent ?? NaN;
}
