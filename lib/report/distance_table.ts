import { groupBy, soundOf, sourcesOf } from "./groups.ts";
import { divergedNote, trainingNote } from "./notes.ts";
import { PAPER_DISTANCE_RATIO } from "./paper.ts";
import type { ReportTable } from "./report_table.ts";
import type { TrainRecord } from "./results.ts";
import { showSummary, summarise } from "./summary.ts";

/** How far SB and LB went from their common start, and the mean over trials of the ratio. */
export function distanceTable(records: readonly TrainRecord[]): ReportTable {
  const rows: string[][] = [];
  const sources: string[][] = [];
  const data: Record<string, string | number | null>[] = [];
  const [least, most] = PAPER_DISTANCE_RATIO;
  for (const [network, own] of groupBy(records, (record) => record.network)) {
    const [SB, LB] = [soundOf(own, "SB"), soundOf(own, "LB")];
    const ratios = SB.flatMap((small) => {
      const large = LB.find(({ trial }) => trial === small.trial);
      return large ? [small.distanceFromStart / large.distanceFromStart] : [];
    });
    const small = summarise(SB, ({ distanceFromStart }) => distanceFromStart);
    const large = summarise(LB, ({ distanceFromStart }) => distanceFromStart);
    const ratio = summarise(ratios, (value) => value);
    const lost = own.some(({ diverged }) => diverged) ? " †" : "";
    rows.push([
      network + lost,
      `${ratio?.n ?? 0}`,
      showSummary(small),
      showSummary(large),
      showSummary(ratio),
      `${least} to ${most}`,
    ]);
    sources.push(sourcesOf(own));
    data.push({
      network,
      distanceMeanSB: small?.mean ?? null,
      distanceSdSB: small?.sd ?? null,
      nSB: small?.n ?? 0,
      distanceMeanLB: large?.mean ?? null,
      distanceSdLB: large?.sd ?? null,
      nLB: large?.n ?? 0,
      ratioMean: ratio?.mean ?? null,
      ratioSd: ratio?.sd ?? null,
      pairs: ratio?.n ?? 0,
      paperRatioLeast: least,
      paperRatioMost: most,
    });
  }
  return {
    name: "distance",
    title: "Distance from the start: mean ± sd over trials; the ratio over pairs of one start",
    columns: ["", "pairs", "‖x_s − x₀‖₂", "‖x_l − x₀‖₂", "ratio", "paper's ratio"],
    inputs: ["train"],
    rows,
    sources,
    notes: [trainingNote(records), ...divergedNote(records)],
    data,
  };
}
