/** The cells of `--profile paper`, with the parameters by which their stages are run. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parseStudy } from "../../lib/pipeline/config/parse_study.ts";
import { declaredFields } from "../../lib/pipeline/key/stage_module.ts";
import { readStudies } from "../../lib/pipeline/open/study_files.ts";
import type { Cell } from "../../lib/pipeline/plan/cell.ts";
import { expandStudy } from "../../lib/pipeline/plan/expand.ts";
import { keyedParameters } from "../../lib/pipeline/plan/parameters.ts";
import type { Stage } from "../../lib/pipeline/stage.ts";
import download from "../../tasks/download.ts";
import ritz from "../../tasks/ritz.ts";
import sharpness from "../../tasks/sharpness.ts";
import train from "../../tasks/train.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const study = parseStudy(await Deno.readTextFile(`${ROOT}/pipeline.yaml`), {
  name: "pipeline.yaml",
  root: ROOT,
  profile: "paper",
  studies: readStudies(ROOT, (path) => path),
});
/** All cells of the profile. */
export const PAPER_CELLS: readonly Cell[] = [...expandStudy(study).values()];
const STAGES: Readonly<Record<string, Stage>> = { download, train, sharpness, ritz };

/** The stage of a cell. */
export function stageOf(cell: Cell): Stage {
  return STAGES[cell.stage.name]!;
}

/** The parameters by which a cell's stage is run, and which its key holds. */
export function parametersOf(cell: Cell) {
  const fields = declaredFields(stageOf(cell).parameters);
  return keyedParameters(cell, { fields, locations: [] });
}

/** The first cell of a stage that has these labels. */
export function cellOf(stage: string, labels: Readonly<Record<string, string>>): Cell {
  const found = PAPER_CELLS.find((cell) =>
    cell.stage.name === stage &&
    Object.entries(labels).every(([axis, label]) => cell.labels[axis] === label)
  );
  assert.ok(found, `${stage} ${JSON.stringify(labels)}`);
  return found;
}
