/** Tables by description: what each column is called, and how it comes from a row. */
import type { ReportTable } from "./report_table.ts";
import { showSummary, summarise, type Summary } from "./summary.ts";

/** One column of a table, and what the files have of it. */
export interface Column<Row> {
  readonly heading: string;
  readonly text: (row: Row) => string;
  /** Its numbers by their names in the files, in the order in which they stand there. */
  readonly numbers?: (row: Row) => Readonly<Record<string, string | number | null>>;
}

/** A table but for its rows. */
export interface TableDescription<Row>
  extends Pick<ReportTable, "name" | "title" | "inputs" | "notes"> {
  readonly columns: readonly Column<Row>[];
  /** The records that a row rests on, by their `source`. */
  readonly sourcesOf: (row: Row) => readonly string[];
}

/**
 * The table of these rows.
 *
 * @example
 * ```ts
 * import { describedTable, meanColumn } from "./described_table.ts";
 * import assert from "node:assert/strict";
 *
 * const { rows, data } = describedTable([{ network: "F1", loss: { mean: 0.5, n: 1 } }], {
 *   name: "losses",
 *   title: "Losses",
 *   inputs: ["train"],
 *   columns: [
 *     { heading: "", text: ({ network }) => network, numbers: ({ network }) => ({ network }) },
 *     meanColumn("f", "loss", ({ loss }) => loss),
 *   ],
 *   sourcesOf: () => [],
 *   notes: [],
 * });
 * assert.deepEqual(rows, [["F1", "0.500"]]);
 * assert.deepEqual(data, [{ network: "F1", lossMean: 0.5, lossSd: null }]);
 * ```
 */
export function describedTable<Row>(
  rows: readonly Row[],
  { columns, sourcesOf, ...rest }: TableDescription<Row>,
): ReportTable {
  return {
    ...rest,
    columns: columns.map(({ heading }) => heading),
    rows: rows.map((row) => columns.map(({ text }) => text(row))),
    sources: rows.map(sourcesOf),
    data: rows.map((row) => Object.assign({}, ...columns.map(({ numbers }) => numbers?.(row)))),
  };
}

/** A column of means ± sd, in the files `<key>Mean<of>` and `<key>Sd<of>`; `meanSB` without a key. */
export function meanColumn<Row>(
  heading: string,
  key: string,
  summaryOf: (row: Row) => Summary | undefined,
  of = "",
): Column<Row> {
  const [mean, sd] = key === "" ? ["mean", "sd"] : [`${key}Mean`, `${key}Sd`];
  return {
    heading,
    text: (row) => showSummary(summaryOf(row)),
    numbers: (row) => {
      const summary = summaryOf(row);
      return { [`${mean}${of}`]: summary?.mean ?? null, [`${sd}${of}`]: summary?.sd ?? null };
    },
  };
}

/** Records that are averaged into one row. */
export interface RecordGroup<T> {
  readonly first: T;
  readonly all: readonly T[];
  /** Those that did not diverge. */
  readonly sound: readonly T[];
}

/** The group of these records, one at least. */
export function recordGroup<T extends { readonly diverged?: boolean | string | undefined }>(
  all: readonly T[],
  isSound: (record: T) => boolean = ({ diverged }) => !diverged,
): RecordGroup<T> {
  return { first: all[0]!, all, sound: all.filter(isSound) };
}

/** The mean over a group, for {@link meanColumn}. */
export function over<T>(
  pick: (record: T) => number | undefined,
): (group: RecordGroup<T>) => Summary | undefined {
  return ({ sound }) => summarise(sound, (record) => pick(record) ?? NaN);
}

/**
 * A column of means over a group's records; ` (n = 2)` stands behind a mean of fewer than count.
 *
 * @param key Its numbers are `<key>Mean`, `<key>Sd` and `<key>N` in the files.
 */
export function groupColumn<T>(
  heading: string,
  key: string,
  pick: (record: T) => number | undefined,
): Column<RecordGroup<T>> {
  const summaryOf = over(pick);
  const { numbers } = meanColumn(heading, key, summaryOf);
  return {
    heading,
    text: (row) => {
      const summary = summaryOf(row);
      const fewer = summary && summary.n < row.sound.length ? ` (n = ${summary.n})` : "";
      return showSummary(summary) + fewer;
    },
    numbers: (row) => ({ ...numbers!(row), [`${key}N`]: summaryOf(row)?.n ?? 0 }),
  };
}

/** The column `n`: how many records count. */
export function countColumn<T>(): Column<RecordGroup<T>> {
  return {
    heading: "n",
    text: ({ sound }) => `${sound.length}`,
    numbers: ({ sound }) => ({ n: sound.length }),
  };
}

/** ` †` behind the name of a row from which a record is missing. */
export function lostMark({ all, sound }: RecordGroup<unknown>): string {
  return sound.length < all.length ? " †" : "";
}
