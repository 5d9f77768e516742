import { describedTable, meanColumn } from "./described_table.ts";
import { groupBy, soundOf, sourcesOf } from "./groups.ts";
import { breakEvenEfficiency, largestIterationRatio } from "./performance_model.ts";
import type { ReportTable } from "./report_table.ts";
import type { HistoryRecord, TrainRecord } from "./results.ts";
import { showNumber, summarise } from "./summary.ts";

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
  const rows = [...groupBy(histories, ({ network }) => network)].flatMap(([network, own]) => {
    const runs = train.filter((run) => run.network === network);
    const pairs = pairsOf(own);
    return LOSSES.map((loss) => ({
      network,
      loss,
      histories: own,
      pairs: pairs.length,
      races: pairs.flatMap((pair) => raceTo(loss, pair, runs)),
    }));
  });
  const mean = (of: (race: Race) => number) => ({ races }: typeof rows[number]) =>
    summarise(races, of);
  const ratios = new Set(pairsOf(train).map(([SB, LB]) => SB.batchSize / LB.batchSize));
  const allowed = [...ratios].map((ratio) =>
    `here B_s/B_l = ${showNumber(ratio)} allows ${showNumber(largestIterationRatio(0.2, ratio))}`
  );
  return describedTable(rows, {
    name: "performance",
    title: "Parallel performance model: SB's efficiency f_s(P) below which LB is faster",
    inputs: ["train", "history"],
    columns: [
      {
        heading: "",
        text: ({ network, loss }) => `${network}, f ≤ ${loss}`,
        numbers: ({ network, loss }) => ({ network, loss }),
      },
      {
        heading: "pairs",
        text: ({ races, pairs }) => `${races.length} of ${pairs}`,
        numbers: ({ races, pairs }) => ({ pairs, n: races.length }),
      },
      meanColumn("steps SB", "steps", mean(({ stepsSB }) => stepsSB), "SB"),
      meanColumn("steps LB", "steps", mean(({ stepsLB }) => stepsLB), "LB"),
      meanColumn("I_l/I_s", "stepRatio", mean(({ stepsSB, stepsLB }) => stepsLB / stepsSB)),
      meanColumn("f_s below", "efficiency", mean(({ efficiency }) => efficiency)),
    ],
    // Without a race the row rests on the runs that came not so low, or had no partner.
    sourcesOf: ({ races, histories }) =>
      races.length > 0 ? races.flatMap(({ sources }) => sources) : sourcesOf(histories),
    notes: [
      "LB is faster where I_l/I_s < (1/f_s) · (B_s/B_l), if its own efficiency is near 1 (appendix C " +
      `of the paper). ${
        allowed.length > 0 ? `With f_s = 0.2, ${allowed.join(" and ")} times SB's steps. ` : ""
      }` +
      "Steps are counted at the end of the first epoch whose training loss is f or less, so " +
      "they are known to an epoch. Mean ± sd over the trials in which both came to that loss.",
    ],
  });
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
