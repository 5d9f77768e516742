import {
  countColumn,
  describedTable,
  groupColumn,
  lostMark,
  recordGroup,
} from "./described_table.ts";
import { groupBy, sourcesOf } from "./groups.ts";
import { distinct, lostNote, repeatedNote, trainingNote } from "./notes.ts";
import type { ReportTable } from "./report_table.ts";
import type { MeasuredRun } from "./results.ts";

/** A column of means over trials. */
export interface RunColumn {
  readonly heading: string;
  /** Its numbers are `<key>Mean` and `<key>Sd` in the files. */
  readonly key: string;
  /** The run's number; absent, or NaN, where there is none. */
  readonly of: (run: MeasuredRun) => number | undefined;
}

/** What a table of runs shows; each row is the mean over the trials of one kind of run. */
export interface RunTableOptions {
  readonly name: string;
  readonly title: string;
  readonly inputs: readonly string[];
  /** What the row is called that a run belongs to, beside its network. */
  readonly rowOf: (run: MeasuredRun) => string;
  /** What tells the rows of a network apart, as columns of the files. */
  readonly keysOf: (run: MeasuredRun) => Readonly<Record<string, string | number>>;
  readonly columns: readonly RunColumn[];
  readonly notes: readonly string[];
}

/** Accuracy on the training and on the test set, in percent. */
export const ACCURACY_COLUMNS: readonly RunColumn[] = [
  { heading: "train", key: "train", of: ({ trainAccuracyPercent }) => trainAccuracyPercent },
  { heading: "test", key: "test", of: ({ testAccuracyPercent }) => testAccuracyPercent },
];

/** How far training went from where it began, and the sharpness where it ended. */
export const MINIMUM_COLUMNS: readonly RunColumn[] = [
  { heading: "‖x − x₀‖₂", key: "distance", of: ({ distanceFromStart }) => distanceFromStart },
  { heading: "φ", key: "sharpness", of: ({ sharpness }) => sharpness?.percent },
];

/** The runs with SB's first and LB's next; cells come in the order of their labels' letters. */
export function smallFirst(runs: readonly MeasuredRun[]): MeasuredRun[] {
  const place = ({ labels: { regime } }: MeasuredRun) =>
    regime === "SB" ? 0 : regime === "LB" ? 1 : 2;
  return runs.toSorted((a, b) => place(a) - place(b));
}

/** A table of means over trials, rows in the order in which their runs come. */
export function runTable(runs: readonly MeasuredRun[], options: RunTableOptions): ReportTable {
  const { name, title, inputs, rowOf, keysOf, columns, notes } = options;
  const nameOf = (run: MeasuredRun) => `${run.network}, ${rowOf(run)}`;
  const epsilons = distinct(runs.flatMap(({ sharpness }) => sharpness?.epsilon ?? []));
  return describedTable([...groupBy(runs, nameOf).values()].map((group) => recordGroup(group)), {
    name,
    title,
    inputs,
    columns: [
      {
        heading: "",
        text: (row) => nameOf(row.first) + lostMark(row),
        numbers: ({ first }) => ({ network: first.network, ...keysOf(first) }),
      },
      countColumn(),
      ...columns.map(({ heading, key, of }) => groupColumn(heading, key, of)),
    ],
    sourcesOf: ({ all, sound }) =>
      sourcesOf([...all, ...sound.flatMap(({ sharpness }) => sharpness ?? [])]),
    notes: [
      ...notes,
      `Mean ± sd over n trials, accuracy and φ in percent${
        epsilons && `, φ in full space at ε = ${epsilons}`
      }. ` +
      trainingNote(runs.map(({ labels, ...run }) => ({ ...run, regime: labels.regime ?? "" }))),
      ...lostNote(runs.map((run) => ({ ...run, name: rowOf(run) }))),
      ...repeatedNote([runs.map((run) => ({ ...run, regime: rowOf(run) }))]),
    ],
  });
}
