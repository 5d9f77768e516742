import {
  countColumn,
  describedTable,
  groupColumn,
  lostMark,
  recordGroup,
} from "./described_table.ts";
import { groupBy, sourcesOf } from "./groups.ts";
import { distinct } from "./notes.ts";
import type { ReportTable } from "./report_table.ts";
import type { WarmStartRecord } from "./results.ts";

/** Figure 5 in numbers: LB from SB iterates, by the epochs of SB before. */
export function warmStartTable(records: readonly WarmStartRecord[]): ReportTable {
  return describedTable(sortedGroups(records).map((group) => recordGroup(group)), {
    name: "warm_start",
    title: "Warm start: large batches from small-batch iterates (figure 5 in numbers)",
    inputs: ["warm", "warmSharpness"],
    columns: [
      {
        heading: "",
        text: (row) => `${row.first.network}, SB epochs: ${row.first.warmEpochs}${lostMark(row)}`,
        numbers: ({ first: { network, warmEpochs } }) => ({ network, warmEpochs }),
      },
      countColumn(),
      groupColumn("test before", "testBefore", (run) => run.testBeforePercent),
      groupColumn("test after LB", "testAfter", (run) => run.testAfterPercent),
      groupColumn("φ after LB", "sharpness", (run) => run.sharpness?.percent),
    ],
    sourcesOf: ({ all, sound }) =>
      sourcesOf([...all, ...sound.flatMap(({ sharpness }) => sharpness ?? [])]),
    notes: records.length > 0 ? warmStartNotes(records) : ["No warm start was made."],
  });
}

/** Networks in the order in which they come, fewest epochs of SB first. */
function sortedGroups(records: readonly WarmStartRecord[]): (readonly WarmStartRecord[])[] {
  return [...groupBy(records, ({ network }) => network).values()].flatMap((own) =>
    [...groupBy(own, ({ warmEpochs }) => `${warmEpochs}`).values()]
      .sort((a, b) => a[0]!.warmEpochs - b[0]!.warmEpochs)
  );
}

function warmStartNotes(records: readonly WarmStartRecord[]): string[] {
  const epsilons = records.flatMap(({ sharpness }) => sharpness ? [sharpness.epsilon] : []);
  const lost = records.filter(({ diverged }) => diverged);
  const names = lost.map(({ network, warmEpochs, trial }) =>
    `${network} after ${warmEpochs} epochs, trial ${trial}`
  );
  return [
    `Then ${distinct(records.map(({ epochs }) => epochs))} epochs of LB. Accuracy and sharpness ` +
    `in percent, sharpness in full space at ε = ${distinct(epsilons) || "(not measured)"}.`,
    ...(lost.length > 0 ? [`† Diverged, and in no mean: ${names.join("; ")}.`] : []),
  ];
}
