import { divergedNote, trainingNote } from "./notes.ts";
import { PAPER_ACCURACY, PAPER_TRIALS, type Published, type Regime } from "./paper.ts";
import type { ReportTable } from "./report_table.ts";
import type { TrainRecord } from "./results.ts";
import { showSummary, summarise, type Summary } from "./summary.ts";

/** Table 2: training and test accuracy of SB and LB, and the gap between their test accuracies. */
export function accuracyTable(records: readonly TrainRecord[]): ReportTable {
  const networks = [...new Set(records.map(({ network }) => network))];
  const rows: string[][] = [];
  const data: Record<string, string | number | null>[] = [];
  const add = (network: string, source: string, cells: (Summary | Published | undefined)[]) => {
    const [trainSB, trainLB, testSB, testLB] = cells;
    const gap = testSB && testLB ? testSB.mean - testLB.mean : undefined;
    rows.push([network, source, ...cells.map(showSummary), gap?.toFixed(2) ?? "–"]);
    data.push({
      network,
      source,
      ...spread("trainSB", trainSB),
      ...spread("trainLB", trainLB),
      ...spread("testSB", testSB),
      ...spread("testLB", testLB),
      gap: gap ?? null,
    });
  };
  for (const network of networks) {
    const of = (regime: Regime, key: "trainAccuracyPercent" | "testAccuracyPercent") =>
      summarise(chosen(records, network, regime), (record) => record[key]);
    const ours = [
      of("SB", "trainAccuracyPercent"),
      of("LB", "trainAccuracyPercent"),
      of("SB", "testAccuracyPercent"),
      of("LB", "testAccuracyPercent"),
    ];
    const lost = records.some((record) => record.network === network && record.diverged);
    add(network, `ours, n = ${ours[0]?.n ?? 0}${lost ? " †" : ""}`, ours);
    const paper = PAPER_ACCURACY[network];
    if (!paper) continue;
    const { trainSB, trainLB, testSB, testLB } = paper;
    add("", `paper, n = ${PAPER_TRIALS}`, [trainSB, trainLB, testSB, testLB]);
    data.at(-1)!.network = network;
  }
  return {
    name: "table2",
    title: "Table 2: accuracy in percent, mean ± sd over trials",
    columns: ["", "", "train SB", "train LB", "test SB", "test LB", "test SB − LB"],
    rows,
    notes: [trainingNote(records), ...divergedNote(records)],
    data,
  };
}

/** Records of a network and a regime that did not diverge. */
export function chosen<T extends TrainRecord>(
  records: readonly T[],
  network: string,
  regime: Regime,
): T[] {
  return records.filter((record) =>
    record.network === network && record.regime === regime && !record.diverged
  );
}

/** `mean`, `sd` and `n` of a cell as columns of their own. */
function spread(
  name: string,
  cell: Summary | Published | undefined,
): Record<string, number | null> {
  return {
    [`${name}Mean`]: cell?.mean ?? null,
    [`${name}Sd`]: cell?.sd ?? null,
    [`${name}N`]: cell ? ("n" in cell ? cell.n : PAPER_TRIALS) : null,
  };
}
