/** Runs a profile of the real `pipeline.yaml` at toy size, in the test's own process. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { studyYaml } from "./study_yaml.ts";
import { parseStudy } from "../../lib/pipeline/config/parse_study.ts";
import { loadStage } from "../../lib/pipeline/key/load_stage.ts";
import type { Cell } from "../../lib/pipeline/plan/cell.ts";
import { expandStudy } from "../../lib/pipeline/plan/expand.ts";
import type { InputArtifact, Stage } from "../../lib/pipeline/stage.ts";
import { fakeContext } from "./fake_context.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Sizes that leave every stage something to do and take it a second at most. */
const TOY_PARAMETERS = {
  data: { train: 100, test: 50 },
  evaluation: { evaluationBatch: 50 },
  sb: { batch: 25, keepIterates: [] },
  lb: { batch: 50 },
  sharpness: { protocol: "paper", maxIterations: 2 },
};

/** What a profile of toy size has over the profile itself. */
export interface ToyChanges {
  /** Group → parameter → value, over {@link TOY_PARAMETERS}. */
  readonly params?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Axis → its values. */
  readonly axes?: Readonly<Record<string, unknown>>;
  /** The most epochs that a run may take, wherever the YAML says how many; default 2. */
  readonly epochs?: number;
}

/** What the cells of a profile wrote. */
export interface ToyResults extends AsyncDisposable {
  /** The ids of all cells, each after those that it reads from. */
  readonly cells: readonly string[];
  /** The text of an output of a cell: `text("tables", "terminal")`. */
  text(cell: string, output: string): Promise<string>;
  /** The same as JSON. */
  // deno-lint-ignore no-explicit-any -- Tests say what they expect of it.
  json(cell: string, output: string): Promise<any>;
}

/** The study of a profile as the YAML describes it, but with the changes. */
async function toyStudy(profile: string, { params = {}, axes = {} }: ToyChanges) {
  const yaml = await studyYaml();
  const own = yaml.profiles[profile];
  const merged = Object.entries({ ...TOY_PARAMETERS, ...own.params, ...params }).map(([group]) => [
    group,
    {
      ...own.params?.[group],
      ...TOY_PARAMETERS[group as keyof typeof TOY_PARAMETERS],
      ...params[group],
    },
  ]);
  Object.assign(own, {
    params: Object.fromEntries(merged),
    axes: { ...own.axes, trial: [0], ...axes },
  });
  return parseStudy(stringify(yaml), { name: "pipeline.yaml", root: ROOT, profile });
}

/** Computes all cells of a profile one after the other; disposing of the results removes them. */
export async function runToyProfile(
  profile: string,
  changes: ToyChanges = {},
): Promise<ToyResults> {
  const graph = expandStudy(await toyStudy(profile, changes));
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  const ids = [...graph.keys()];
  const pathOf = (id: string, output: string) => join(folder, `${ids.indexOf(id)}`, output);
  const diverged = new Set<string>();
  for (const [id, cell] of graph) {
    await Deno.mkdir(dirname(pathOf(id, "any")), { recursive: true });
    const artifact = (made: Cell, output: string): InputArtifact => ({
      cell: made.labels,
      status: diverged.has(made.id) ? "diverged" : "ok",
      path: pathOf(made.id, output),
    });
    const inputs = cell.inputs.map(({ name, output, cells }) =>
      [name, cells.map((made) => artifact(made, output))] as const
    );
    const stage = await loadStage(cell.stage.module);
    const context = fakeContext({
      parameters: parametersOf(cell, stage, changes.epochs ?? 2),
      folder: dirname(pathOf(id, "any")),
      inputs: Object.fromEntries(inputs),
    });
    await stage.run(context);
    if (context.divergences.length > 0) diverged.add(id);
  }
  const text = (id: string, output: string) => Deno.readTextFile(pathOf(id, output));
  return {
    cells: ids,
    text,
    json: async (id, output) => JSON.parse(await text(id, output)),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Those of the cell's parameters that the stage takes; a strict schema refuses any other. */
function parametersOf(cell: Cell, { parameters }: Stage, mostEpochs: number): unknown {
  const fields = "shape" in parameters ? Object.keys(parameters.shape as object) : [];
  const taken = [...cell.parameters].filter(([name]) => fields.includes(name))
    .map(([name, { value }]) => [
      name,
      // Of few epochs one at the most stands still.
      name === "epochs"
        ? Math.min(Number(value), mostEpochs)
        : name === "heldEpochs"
        ? Math.min(Number(value), 1)
        : value,
    ]);
  return parameters.parse(Object.fromEntries(taken));
}
