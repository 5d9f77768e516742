/** Stage `tables`: the paper's tables with our numbers beside the paper's. */
import { z } from "zod";
import { defineStage, type InputArtifact, type StageContext } from "../lib/pipeline/stage.ts";
import { accuracyTable } from "../lib/report/accuracy_table.ts";
import { distanceTable } from "../lib/report/distance_table.ts";
import { headline } from "../lib/report/headline.ts";
import type { Regime } from "../lib/report/paper.ts";
import { type ReportTable, toCSV, toJSON, toMarkdown } from "../lib/report/report_table.ts";
import type {
  RitzRecord,
  SharpnessRecord,
  TrainRecord,
  WarmStartRecord,
} from "../lib/report/results.ts";
import { ritzTable } from "../lib/report/ritz_table.ts";
import { fullSharpnessTable, subspaceSharpnessTable } from "../lib/report/sharpness_table.ts";
import { warmStartTable } from "../lib/report/warm_start_table.ts";

export default defineStage({
  summary: "Tables 2 to 4, distances, Ritz values and warm starts, ours beside the paper's",
  parameters: z.strictObject({}),
  async run(context) {
    const train = await read<TrainRecord>(context, "train");
    const sharpness = await read<SharpnessRecord>(context, "sharpness");
    const tables = [
      accuracyTable(train),
      fullSharpnessTable(sharpness),
      subspaceSharpnessTable(sharpness),
      distanceTable(train),
      ritzTable(await read<RitzRecord>(context, "ritz")),
      warmStartTable(await readWarmStarts(context)),
    ];
    const folder = context.output("tables");
    await Deno.mkdir(folder, { recursive: true });
    for (const table of tables) await writeTable(folder, table);
    const text = [...headline(train, sharpness), "", ...tables.map(toMarkdown)].join("\n");
    await Deno.writeTextFile(context.output("terminal"), text);
  },
});

async function writeTable(folder: string, table: ReportTable): Promise<void> {
  await Deno.writeTextFile(`${folder}/${table.name}.md`, toMarkdown(table));
  await Deno.writeTextFile(`${folder}/${table.name}.csv`, toCSV(table));
  await Deno.writeTextFile(`${folder}/${table.name}.json`, toJSON(table));
}

/** Records of all cells; which run a record belongs to is known from its cell. */
async function read<T>(context: StageContext<unknown>, input: string): Promise<T[]> {
  return await Promise.all(
    context.inputs(input).map(async (artifact) => ({
      ...(await readJson(artifact)),
      ...labelsOf(artifact),
    } as T)),
  );
}

async function readWarmStarts(context: StageContext<unknown>): Promise<WarmStartRecord[]> {
  const sharpness = await read<SharpnessRecord & { warmEpochs: number }>(context, "warmSharpness");
  const runs = await read<WarmStartRun>(context, "warm");
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

/** metrics.json of the stage `warm_start`. */
type WarmStartRun = TrainRecord & {
  readonly warmEpochs: number;
  readonly start: { readonly testAccuracyPercent: number };
};

async function readJson({ path }: InputArtifact): Promise<Record<string, unknown>> {
  return JSON.parse(await Deno.readTextFile(path));
}

function labelsOf({ cell, status }: InputArtifact) {
  const { network = "", regime = "LB", trial = "0", warmEpochs } = cell;
  return {
    network,
    regime: regime as Regime,
    trial: Number(trial),
    diverged: status === "diverged",
    ...(warmEpochs !== undefined && { warmEpochs: Number(warmEpochs) }),
  };
}
