/** What the profile `speech` says of the data and the network. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { z } from "zod";
import { CATALOGUE } from "../../lib/acquisition/catalogue.ts";
import { parseStudy } from "../../lib/pipeline/config/parse_study.ts";
import { declaredFields } from "../../lib/pipeline/key/stage_module.ts";
import { readStudies } from "../../lib/pipeline/open/study_files.ts";
import { expandStudy } from "../../lib/pipeline/plan/expand.ts";
import { selectParameters } from "../../lib/pipeline/plan/parameters.ts";
import { networkOf } from "../../lib/study/objective_parameters.ts";
import { batchesOf } from "../../lib/study/training_parameters.ts";
import sharpness from "../../tasks/sharpness.ts";
import train from "../../tasks/train.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const study = parseStudy(await Deno.readTextFile(`${ROOT}/pipeline.yaml`), {
  name: "pipeline.yaml",
  root: ROOT,
  profile: "speech",
  studies: readStudies(ROOT, (path) => path),
});
const cells = [...expandStudy(study).values()];
const { examples: { train: count, bytes }, format } = CATALOGUE["japanese-vowels"];
/** Features of a window: numbers of 4 bytes. */
const FEATURES = bytes / 4 * (format as { context: number }).context;

/** The parameters of all cells of a stage, as it reads them. */
function parametersOf<Parameters>(name: string, schema: z.ZodType<Parameters>): Parameters[] {
  const fields = declaredFields(schema);
  return cells.filter((cell) => cell.stage.name === name)
    .map((cell) => schema.parse(selectParameters(cell, { fields })));
}

Deno.test("profile speech: F2 has the sizes of the data, at training and where φ is measured", () => {
  const all = [
    ...parametersOf("train", train.parameters),
    ...parametersOf("sharpness", sharpness.parameters),
  ];
  assert.equal(all.length, 10 + 40);
  for (const parameters of all) {
    const net = networkOf(parameters);
    assert.deepEqual([net.name, net.inputShape, net.classes], ["F2", [FEATURES], 9]);
    assert.equal(parameters.evaluationBatch, count, "f is of one chunk");
  }
});

Deno.test("profile speech: no epoch ends in a batch too small for batch norm", () => {
  for (const parameters of parametersOf("train", train.parameters)) {
    const { batchSize } = batchesOf(parameters, count);
    // Of the last 4 frames after ten batches of 427 an epoch ended far off: f rose from 0.02 to 0.1.
    assert.ok((count % batchSize || batchSize) >= batchSize / 2, `batches of ${batchSize}`);
  }
});
