import { chosen } from "./accuracy_table.ts";
import { trainingNote } from "./notes.ts";
import { PAPER_DISTANCE_RATIO } from "./paper.ts";
import type { ReportTable } from "./report_table.ts";
import type { TrainRecord } from "./results.ts";
import { showSummary, summarise } from "./summary.ts";

/** How far SB and LB went from their common start, and the mean over trials of the ratio. */
export function distanceTable(records: readonly TrainRecord[]): ReportTable {
  const rows: string[][] = [];
  const data: Record<string, string | number | null>[] = [];
  for (const network of new Set(records.map(({ network }) => network))) {
    const [SB, LB] = (["SB", "LB"] as const).map((regime) => chosen(records, network, regime)) as [
      TrainRecord[],
      TrainRecord[],
    ];
    const pairs = SB.flatMap((small) => {
      const large = LB.find(({ trial }) => trial === small.trial);
      return large ? [small.distanceFromStart / large.distanceFromStart] : [];
    });
    const small = summarise(SB, ({ distanceFromStart }) => distanceFromStart);
    const large = summarise(LB, ({ distanceFromStart }) => distanceFromStart);
    const ratio = summarise(pairs, (pair) => pair);
    const [least, most] = PAPER_DISTANCE_RATIO;
    rows.push([
      network,
      `${ratio?.n ?? 0}`,
      showSummary(small),
      showSummary(large),
      showSummary(ratio),
      `${least} to ${most}`,
    ]);
    data.push({
      network,
      distanceMeanSB: small?.mean ?? null,
      distanceSdSB: small?.sd ?? null,
      distanceMeanLB: large?.mean ?? null,
      distanceSdLB: large?.sd ?? null,
      ratioMean: ratio?.mean ?? null,
      ratioSd: ratio?.sd ?? null,
      n: ratio?.n ?? 0,
    });
  }
  return {
    name: "distance",
    title: "Distance from the start: mean ± sd over trials",
    columns: ["", "n", "‖x_s − x₀‖₂", "‖x_l − x₀‖₂", "ratio", "paper's ratio"],
    rows,
    notes: [trainingNote(records)],
    data,
  };
}
