import { groupBy, soundOf, sourcesOf } from "./groups.ts";
import { breakEvenEfficiency, largestIterationRatio } from "./performance_model.ts";
import type { ReportTable } from "./report_table.ts";
import type { HistoryRecord, TrainRecord } from "./results.ts";
import { showNumber, showSummary, summarise } from "./summary.ts";

/** Training losses, in nats, to which the steps are counted. */
const LOSSES = [0.1, 0.01, 1e-3] as const;

/** SB and LB of one trial on the way to a loss. */
interface Race {
  readonly stepsSB: number;
  readonly stepsLB: number;
  readonly efficiency: number;
  readonly sources: readonly string[];
}

/**
 * Appendix C with this study's own runs: the steps that SB and LB needed to training losses, and the
 * parallel efficiency of SB below which LB is the faster one.
 */
export function performanceTable(
  train: readonly TrainRecord[],
  histories: readonly HistoryRecord[],
): ReportTable {
  const rows: string[][] = [];
  const sources: string[][] = [];
  const data: Record<string, string | number | null>[] = [];
  const byNetwork = groupBy(histories, ({ network }) => network);
  for (const [network, own] of byNetwork) {
    const runs = train.filter((run) => run.network === network);
    const pairs = pairsOf(own);
    for (const loss of LOSSES) {
      const races = pairs.flatMap((pair) => raceTo(loss, pair, runs));
      const [SB, LB] = [
        summarise(races, ({ stepsSB }) => stepsSB),
        summarise(races, ({ stepsLB }) => stepsLB),
      ];
      const ratio = summarise(races, ({ stepsSB, stepsLB }) => stepsLB / stepsSB);
      const efficiency = summarise(races, (race) => race.efficiency);
      rows.push([
        `${network}, f ≤ ${loss}`,
        `${races.length} of ${pairs.length}`,
        ...[SB, LB, ratio, efficiency].map(showSummary),
      ]);
      sources.push(races.flatMap((race) => race.sources));
      data.push({
        network,
        loss,
        pairs: pairs.length,
        n: races.length,
        stepsMeanSB: SB?.mean ?? null,
        stepsSdSB: SB?.sd ?? null,
        stepsMeanLB: LB?.mean ?? null,
        stepsSdLB: LB?.sd ?? null,
        stepRatioMean: ratio?.mean ?? null,
        efficiencyMean: efficiency?.mean ?? null,
        efficiencySd: efficiency?.sd ?? null,
      });
    }
  }
  const ratios = new Set(pairsOf(train).map(([SB, LB]) => SB.batchSize / LB.batchSize));
  const allowed = [...ratios].map((ratio) =>
    `here B_s/B_l = ${showNumber(ratio)} allows ${showNumber(largestIterationRatio(0.2, ratio))}`
  );
  return {
    name: "performance",
    title: "Parallel performance model: SB's efficiency f_s(P) below which LB is faster",
    columns: ["", "pairs", "steps SB", "steps LB", "I_l/I_s", "f_s below"],
    inputs: ["train", "history"],
    rows,
    sources,
    notes: [
      "LB is faster where I_l/I_s < (1/f_s) · (B_s/B_l), if its own efficiency is near 1 (appendix C " +
      `of the paper). With f_s = 0.2, ${allowed.join(" and ") || "nothing was trained"} times ` +
      "SB's steps. Steps are those at the end of the first epoch with a training loss f so low, hence " +
      "known to an epoch; mean ± sd over the pairs of a trial in which both came so low.",
    ],
    data,
  };
}

/** SB and LB of each trial. */
function pairsOf<T extends HistoryRecord | TrainRecord>(
  records: readonly T[],
): (readonly [T, T])[] {
  const large = soundOf(records, "LB");
  return soundOf(records, "SB").flatMap((SB) => {
    const LB = large.find(({ network, trial }) => network === SB.network && trial === SB.trial);
    return LB ? [[SB, LB] as const] : [];
  });
}

/** What both needed to a loss, if both came so low. */
function raceTo(
  loss: number,
  pair: readonly [HistoryRecord, HistoryRecord],
  runs: readonly TrainRecord[],
): Race[] {
  const costs = pair.flatMap(({ regime, trial, points }) => {
    const steps = points.find(({ steps, trainLoss }) => steps > 0 && trainLoss <= loss)?.steps;
    const run = runs.find((each) => each.regime === regime && each.trial === trial);
    return steps && run ? [{ steps, batchSize: run.batchSize }] : [];
  });
  const [SB, LB] = costs;
  if (!SB || !LB) return [];
  const efficiency = breakEvenEfficiency(SB, LB);
  return [{ stepsSB: SB.steps, stepsLB: LB.steps, efficiency, sources: sourcesOf(pair) }];
}
