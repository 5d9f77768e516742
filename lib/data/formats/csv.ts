import { unreadable } from "./byte_source.ts";

/** Columns of numbers by their names. */
export interface NumericColumns {
  readonly names: readonly string[];
  /** One array a column. */
  readonly columns: readonly Float64Array[];
}

/**
 * Reads a CSV file of numbers whose first line names the columns.
 *
 * Commas, semicolons or tabs, whichever the first line has; names may stand in quotes.
 *
 * @param name For messages: the file.
 * @throws {SyntaxError} If it has no line of numbers, two columns of one name, a line with another
 *   number of fields, or a field that is no number; line and column are named.
 */
export function decodeCsv(name: string, text: string): NumericColumns {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  while (lines.at(-1)?.trim() === "") lines.pop();
  const [head = "", ...rows] = lines;
  const separator = [",", ";", "\t"].find((mark) => head.includes(mark)) ?? ",";
  const names = head.split(separator).map(unquoted);
  if (rows.length === 0) throw unreadable(name, "it has no line below that of the names");
  if (names.every((field) => field !== "" && Number.isFinite(Number(field)))) {
    throw unreadable(name, "its first line has numbers; want the names of the columns there");
  }
  const twice = names.find((own, j) => own !== "" && names.indexOf(own) !== j);
  if (twice !== undefined) {
    throw unreadable(
      name,
      `its first line has the name ${twice} twice; want another for each column`,
    );
  }
  const columns = names.map(() => new Float64Array(rows.length));
  rows.forEach((row, i) => {
    const fields = row.split(separator);
    if (fields.length !== names.length) {
      throw unreadable(
        name,
        `line ${i + 2} has ${fields.length} fields, the first line ${names.length}`,
      );
    }
    fields.forEach((field, j) => {
      // Number("") is 0, and a field without a number is not.
      const own = unquoted(field);
      const value = own === "" ? NaN : Number(own);
      if (Number.isNaN(value)) {
        throw unreadable(
          name,
          `line ${i + 2} has ${JSON.stringify(field.slice(0, 40))} as ${names[j]}; want a number`,
        );
      }
      columns[j]![i] = value;
    });
  });
  return { names, columns };
}

/** What a field says, without white space and quotes around it. */
function unquoted(field: string): string {
  return field.trim().replace(/^"(.*)"$/, "$1").trim();
}
