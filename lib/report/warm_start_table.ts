import { groupBy, sourcesOf } from "./groups.ts";
import { distinct } from "./notes.ts";
import type { ReportTable } from "./report_table.ts";
import type { WarmStartRecord } from "./results.ts";
import { showSummary, summarise } from "./summary.ts";

/** Figure 5 in numbers: LB from SB iterates, by the epochs of SB before. */
export function warmStartTable(records: readonly WarmStartRecord[]): ReportTable {
  const rows: string[][] = [];
  const sources: string[][] = [];
  const data: Record<string, string | number | null>[] = [];
  for (const group of sortedGroups(records)) {
    const { network, warmEpochs } = group[0]!;
    const own = group.filter(({ diverged }) => !diverged);
    const before = summarise(own, ({ testBeforePercent }) => testBeforePercent);
    const after = summarise(own, ({ testAfterPercent }) => testAfterPercent);
    const measured = own.flatMap(({ sharpness }) => sharpness ? [sharpness] : []);
    const sharpness = summarise(measured, ({ percent }) => percent);
    rows.push([
      `${network}, SB epochs: ${warmEpochs}${own.length < group.length ? " †" : ""}`,
      `${own.length}`,
      ...[before, after, sharpness].map(showSummary),
    ]);
    sources.push(sourcesOf([...group, ...measured]));
    data.push({
      network,
      warmEpochs,
      n: own.length,
      testBeforeMean: before?.mean ?? null,
      testBeforeSd: before?.sd ?? null,
      testAfterMean: after?.mean ?? null,
      testAfterSd: after?.sd ?? null,
      sharpnessMean: sharpness?.mean ?? null,
      sharpnessSd: sharpness?.sd ?? null,
    });
  }
  return {
    name: "warm_start",
    title: "Warm start: large batches from small-batch iterates (figure 5 in numbers)",
    columns: ["", "n", "test before", "test after LB", "φ after LB"],
    inputs: ["warm", "warmSharpness"],
    rows,
    sources,
    notes: records.length > 0 ? warmStartNotes(records) : ["No warm start was made."],
    data,
  };
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
