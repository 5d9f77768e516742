import { distinct } from "./notes.ts";
import type { ReportTable } from "./report_table.ts";
import type { WarmStartRecord } from "./results.ts";
import { showSummary, summarise } from "./summary.ts";

/** Figure 5 in numbers: LB from SB iterates, by the epochs of SB before. */
export function warmStartTable(records: readonly WarmStartRecord[]): ReportTable {
  const rows: string[][] = [];
  const data: Record<string, string | number | null>[] = [];
  const groups = new Map(records.map((r) => [`${r.network} ${r.warmEpochs}`, r]));
  for (
    const { network, warmEpochs } of [...groups.values()].sort((a, b) =>
      a.warmEpochs - b.warmEpochs
    )
  ) {
    const own = records.filter((record) =>
      record.network === network && record.warmEpochs === warmEpochs && !record.diverged
    );
    const before = summarise(own, ({ testBeforePercent }) => testBeforePercent);
    const after = summarise(own, ({ testAfterPercent }) => testAfterPercent);
    const measured = own.flatMap(({ sharpness }) => sharpness ? [sharpness] : []);
    const sharpness = summarise(measured, ({ percent }) => percent);
    rows.push([
      `${network}, SB epochs: ${warmEpochs}`,
      `${own.length}`,
      ...[before, after, sharpness].map(showSummary),
    ]);
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
  const epsilons = records.flatMap(({ sharpness }) => sharpness ? [sharpness.epsilon] : []);
  return {
    name: "warm_start",
    title: "Warm start: large batches from small-batch iterates (figure 5 in numbers)",
    columns: ["", "n", "test before", "test after LB", "φ after LB"],
    rows,
    notes: [
      `Then ${
        distinct(records.map(({ epochs }) => epochs))
      } epochs of LB. Accuracy and sharpness ` +
      `in percent, sharpness in full space at ε = ${distinct(epsilons) || "(not measured)"}.`,
    ],
    data,
  };
}
