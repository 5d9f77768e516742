import { type ReportTable, toCSV, toJSON, toMarkdown } from "../../report/report_table.ts";

/** Writes each table as Markdown, CSV and JSON into a new folder. */
export async function writeTables(folder: string, tables: readonly ReportTable[]): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const table of tables) {
    await Deno.writeTextFile(`${folder}/${table.name}.md`, toMarkdown(table));
    await Deno.writeTextFile(`${folder}/${table.name}.csv`, toCSV(table));
    await Deno.writeTextFile(`${folder}/${table.name}.json`, toJSON(table));
  }
}
