/** Stage `tables`: the paper's tables with our numbers beside the paper's. */
import { z } from "zod";
import { defineStage, type StageContext } from "../lib/pipeline/stage.ts";
import { accuracyTable } from "../lib/report/accuracy_table.ts";
import { distanceTable } from "../lib/report/distance_table.ts";
import { fold } from "../lib/report/fold.ts";
import { headline } from "../lib/report/headline.ts";
import { type ReportTable, toCSV, toJSON, toMarkdown } from "../lib/report/report_table.ts";
import type { RunLabels, TrainRecord, WarmStartRecord } from "../lib/report/results.ts";
import { ritzTable } from "../lib/report/ritz_table.ts";
import { fullSharpnessTable, subspaceSharpnessTable } from "../lib/report/sharpness_table.ts";
import { warmStartTable } from "../lib/report/warm_start_table.ts";
import { readRecord, ritzFile, sharpnessFile, trainFile, warmStartFile } from "./table_records.ts";

export default defineStage({
  summary: "Tables 2 to 4, distances, Ritz values and warm starts, ours beside the paper's",
  parameters: z.strictObject({}),
  async run(context) {
    const train = await read(context, "train", trainFile);
    const sharpness = withDivergence(await read(context, "sharpness", sharpnessFile), train);
    const ritz = withDivergence(await read(context, "ritz", ritzFile), train);
    const tables = [
      accuracyTable(train),
      fullSharpnessTable(sharpness),
      subspaceSharpnessTable(sharpness),
      distanceTable(train),
      ritzTable(ritz),
      warmStartTable(await readWarmStarts(context)),
    ];
    const folder = context.output("tables");
    await Deno.mkdir(folder, { recursive: true });
    for (const table of tables) await writeTable(folder, table);
    const findings = headline(train, sharpness).flatMap((finding) => [...fold(finding), ""]);
    const text = [...findings, ...tables.map(toMarkdown)].join("\n");
    await Deno.writeTextFile(context.output("terminal"), text);
  },
});

async function writeTable(folder: string, table: ReportTable): Promise<void> {
  await Deno.writeTextFile(`${folder}/${table.name}.md`, toMarkdown(table));
  await Deno.writeTextFile(`${folder}/${table.name}.csv`, toCSV(table));
  await Deno.writeTextFile(`${folder}/${table.name}.json`, toJSON(table));
}

/** Records of all cells bound to an input, of which a study may also have none. */
async function read<T>(context: StageContext<unknown>, input: string, file: z.ZodType<T>) {
  return await Promise.all(context.inputs(input).map((artifact) => readRecord(artifact, file)));
}

/** What was measured where training diverged counts in no mean either. */
function withDivergence<T extends RunLabels>(
  records: readonly T[],
  train: readonly TrainRecord[],
): T[] {
  const lost = new Set(train.filter(({ diverged }) => diverged).map(nameOf));
  return records.map((record) => ({
    ...record,
    diverged: record.diverged || lost.has(nameOf(record)),
  }));
}

function nameOf({ network, regime, trial }: RunLabels): string {
  return `${network} ${regime} ${trial}`;
}

async function readWarmStarts(context: StageContext<unknown>): Promise<WarmStartRecord[]> {
  const sharpness = await read(context, "warmSharpness", sharpnessFile);
  const runs = await read(context, "warm", warmStartFile);
  return runs.map((run) => {
    const { network, trial, diverged, warmEpochs, epochs, start, testAccuracyPercent } = run;
    const measured = sharpness.find((record) =>
      record.network === network && record.trial === trial && record.warmEpochs === warmEpochs
    );
    return {
      network,
      trial,
      diverged,
      warmEpochs,
      epochs,
      testBeforePercent: start.testAccuracyPercent,
      testAfterPercent: testAccuracyPercent,
      ...(measured && { sharpness: { percent: measured.percent, epsilon: measured.epsilon } }),
    };
  });
}
