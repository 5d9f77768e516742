import { groupBy, soundOf, sourcesOf, trialCounts } from "./groups.ts";
import { divergedNote, repeatedNote, trainingNote } from "./notes.ts";
import { overPairs } from "./interval.ts";
import { PAPER_ACCURACY, PAPER_TRIALS, type Published, type PublishedAccuracy } from "./paper.ts";
import type { ReportTable } from "./report_table.ts";
import type { TrainRecord } from "./results.ts";
import { showPoints, showPublished, showSummary, summarise, type Summary } from "./summary.ts";

const DIGITS = "60 000 digits for training and 10 000 for testing";
const IMAGES = "50 000 images for training and 10 000 for testing";

/** What the paper's rows rest on. */
const PAPER_DATA: Readonly<Record<string, string>> = {
  F1: DIGITS,
  F2:
    "721 329 frames of TIMIT for training and 310 621 for testing, of 360 features and in 1 973 " +
    "classes",
  C1: IMAGES,
  C2: IMAGES,
  C3: IMAGES,
  C4: IMAGES,
};

/** The data behind the paper's rows, and how a test set is normalised. */
function dataNote(records: readonly TrainRecord[]): string {
  const networks = [...new Set(records.map(({ network }) => network))];
  const data = networks.filter((network) => PAPER_DATA[network] !== undefined)
    .map((network) => `${network} ${PAPER_DATA[network]}`);
  const paper = data.length > 0 ? `The paper has the full data sets: ${data.join("; ")}. ` : "";
  const byChunk = records.filter(({ batchNorm }) => batchNorm === "batch");
  if (byChunk.length === 0) return paper.trimEnd();
  const which = byChunk.length < records.length ? " of those with batch statistics" : "";
  return `${paper}Test accuracy${which}, too, is with the statistics of the test set's own chunks.`;
}

/** The cells of a row, in the order of the paper's columns. */
const CELLS = ["trainSB", "trainLB", "testSB", "testLB"] as const;

/** Table 2: training and test accuracy of SB and LB, and the gap between their test accuracies. */
export function accuracyTable(records: readonly TrainRecord[]): ReportTable {
  const rows: string[][] = [];
  const sources: string[][] = [];
  const data: Record<string, string | number | null>[] = [];
  for (const [network, own] of groupBy(records, (record) => record.network)) {
    const ours = measured(own);
    const gap = pairedGap(own);
    const lost = own.some(({ diverged }) => diverged) ? " †" : "";
    rows.push([
      network,
      `ours, n = ${trialCounts(ours.trainSB, ours.trainLB)}${lost}`,
      ...CELLS.map((cell) => showSummary(ours[cell])),
      gap ? showPoints(gap.mean) + countUnlike(gap, ours.testSB, ours.testLB) : "–",
    ]);
    sources.push(sourcesOf(own));
    data.push(numbersOf(network, "ours", ours, gap?.mean));
    const paper = PAPER_ACCURACY[network];
    if (!paper) continue;
    rows.push([
      "",
      `paper, n = ${PAPER_TRIALS}`,
      ...CELLS.map((cell) => showPublished(paper[cell])),
      showPoints(gapInPaper(paper)),
    ]);
    sources.push([]);
    data.push(numbersOf(network, "paper", paper, gapInPaper(paper)));
  }
  return {
    name: "table2",
    title: "Table 2: accuracy in percent, mean ± sd over trials",
    columns: ["", "", "train SB", "train LB", "test SB", "test LB", "test SB − LB"],
    inputs: ["train"],
    rows,
    sources,
    notes: [
      trainingNote(records),
      ...[dataNote(records)].filter((note) => note !== ""),
      ...divergedNote(records),
      ...repeatedNote([records]),
    ],
    data,
  };
}

type Cells = Readonly<Record<typeof CELLS[number], Summary | Published | undefined>>;

function measured(records: readonly TrainRecord[]) {
  const [SB, LB] = [soundOf(records, "SB"), soundOf(records, "LB")];
  return {
    trainSB: summarise(SB, (record) => record.trainAccuracyPercent),
    trainLB: summarise(LB, (record) => record.trainAccuracyPercent),
    testSB: summarise(SB, (record) => record.testAccuracyPercent),
    testLB: summarise(LB, (record) => record.testAccuracyPercent),
  };
}

/** Test accuracy of SB minus that of LB, over the trials that have both. */
function pairedGap(records: readonly TrainRecord[]): Summary | undefined {
  const gaps = overPairs(
    soundOf(records, "SB"),
    soundOf(records, "LB"),
    (small, large) => small.testAccuracyPercent - large.testAccuracyPercent,
  );
  return summarise(gaps, (gap) => gap);
}

function gapInPaper({ testSB, testLB }: PublishedAccuracy): number {
  return testSB.mean - testLB.mean;
}

/** ` (n = 2)` where fewer pairs have a gap than trials have an accuracy. */
function countUnlike(gap: Summary, ...cells: readonly (Summary | undefined)[]): string {
  return cells.every((cell) => cell?.n === gap.n) ? "" : ` (n = ${gap.n})`;
}

/** Mean, sd and n of each cell as columns of their own. */
function numbersOf(
  network: string,
  source: "ours" | "paper",
  cells: Cells,
  gap: number | undefined,
): Record<string, string | number | null> {
  const numbers = CELLS.flatMap((name) => {
    const cell = cells[name];
    const n = cell && ("n" in cell ? cell.n : PAPER_TRIALS);
    return [
      [`${name}Mean`, cell?.mean ?? null],
      [`${name}Sd`, cell?.sd ?? null],
      [`${name}N`, n ?? 0],
    ] as const;
  });
  return { network, source, ...Object.fromEntries(numbers), gap: gap ?? null };
}
