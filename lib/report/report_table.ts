import { from } from "arquero";
import { fold } from "./fold.ts";

/** A table as people read it, beside the numbers it was made from. */
export interface ReportTable {
  /** File name without ending, for instance `table3`. */
  readonly name: string;
  readonly title: string;
  readonly columns: readonly string[];
  /** Names of the inputs that its records come from. */
  readonly inputs: readonly string[];
  /** Those of them without which it has no row; by default any of them has rows. */
  readonly rowInputs?: readonly string[];
  /** Cells as text, in the order of the columns. */
  readonly rows: readonly (readonly string[])[];
  /** For each row, the records that it rests on, by their `source`; none for the paper's own. */
  readonly sources: readonly (readonly string[])[];
  /** How the numbers came about; one line each. */
  readonly notes: readonly string[];
  /** The numbers themselves, one record a row. */
  readonly data: readonly Readonly<Record<string, string | number | null>>[];
}

/** The table as Markdown whose columns line up, so that it also reads well on a terminal. */
export function toMarkdown({ title, columns, rows, notes }: ReportTable): string {
  const cells = rows.map((row) => row.map(escaped));
  const widths = columns.map((column, k) =>
    Math.max(3, ...[column, ...cells.map((row) => row[k]!)].map((text) => [...text].length))
  );
  const pad = (text: string, k: number) => {
    const space = " ".repeat(widths[k]! - [...text].length);
    return k === 0 ? text + space : space + text;
  };
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(" | ")} |`;
  const rule = widths.map((width, k) => k === 0 ? "-".repeat(width) : "-".repeat(width - 1) + ":");
  const table = [line(columns), `| ${rule.join(" | ")} |`, ...cells.map(line)];
  return [`**${title}**`, "", ...table, "", ...notes.flatMap(fold), ""].join("\n");
}

/** A user's name for a network may hold what would end a cell, or begin an element. */
function escaped(text: string): string {
  return text.replaceAll(/[|<]/g, "\\$&");
}

/** The table's numbers as CSV. */
export function toCSV({ data }: ReportTable): string {
  return from([...data]).toCSV() + "\n";
}

/** The table's numbers as JSON, with its title and notes. */
export function toJSON({ name, title, notes, data }: ReportTable): string {
  return JSON.stringify({ name, title, notes, rows: data }, null, 2) + "\n";
}
