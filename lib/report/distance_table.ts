import { describedTable, lostMark, meanColumn, recordGroup } from "./described_table.ts";
import { groupBy, soundOf, sourcesOf } from "./groups.ts";
import { overPairs } from "./interval.ts";
import { divergedNote, repeatedNote, trainingNote } from "./notes.ts";
import { PAPER_DISTANCE_RATIO } from "./paper.ts";
import type { ReportTable } from "./report_table.ts";
import type { TrainRecord } from "./results.ts";
import { summarise } from "./summary.ts";

/** How far SB and LB went from their common start, and the mean over trials of the ratio. */
export function distanceTable(records: readonly TrainRecord[]): ReportTable {
  const [paperRatioLeast, paperRatioMost] = PAPER_DISTANCE_RATIO;
  return describedTable([...groupBy(records, ({ network }) => network).values()].map(distancesOf), {
    name: "distance",
    title: "Distance from the start: mean ± sd over trials; the ratio over pairs of one start",
    inputs: ["train"],
    columns: [
      {
        heading: "",
        text: (row) => row.first.network + lostMark(row),
        numbers: ({ first }) => ({ network: first.network }),
      },
      {
        heading: "pairs",
        text: ({ ratio }) => `${ratio?.n ?? 0}`,
        numbers: ({ SB, LB, ratio }) => ({
          nSB: SB?.n ?? 0,
          nLB: LB?.n ?? 0,
          pairs: ratio?.n ?? 0,
        }),
      },
      meanColumn("‖x_s − x₀‖₂", "distance", ({ SB }) => SB, "SB"),
      meanColumn("‖x_l − x₀‖₂", "distance", ({ LB }) => LB, "LB"),
      meanColumn("ratio", "ratio", ({ ratio }) => ratio),
      {
        heading: "paper's ratio",
        text: () => `${paperRatioLeast} to ${paperRatioMost}`,
        numbers: () => ({ paperRatioLeast, paperRatioMost }),
      },
    ],
    sourcesOf: ({ all }) => sourcesOf(all),
    notes: [trainingNote(records), ...divergedNote(records), ...repeatedNote([records])],
  });
}

/** The distances of one network's runs. */
function distancesOf(records: readonly TrainRecord[]) {
  const [small, large] = [soundOf(records, "SB"), soundOf(records, "LB")];
  const ratios = overPairs(small, large, (a, b) => a.distanceFromStart / b.distanceFromStart);
  return {
    ...recordGroup(records),
    SB: summarise(small, ({ distanceFromStart }) => distanceFromStart),
    LB: summarise(large, ({ distanceFromStart }) => distanceFromStart),
    ratio: summarise(ratios, (ratio) => ratio),
  };
}
