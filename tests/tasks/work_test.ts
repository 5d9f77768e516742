import assert from "node:assert/strict";
import { CATALOGUE } from "../../lib/acquisition/catalogue.ts";
import { network } from "../../lib/networks/zoo.ts";
import type { PlannedWork, Work } from "../../lib/pipeline/work.ts";
import work from "../../tasks/work.ts";
import { PAPER_CELLS } from "../support/paper_profile.ts";

const F1 = { network: "F1", evaluationBatch: 5000 };
/** Multiply-adds of F1 for one example, from its layers. */
const FIRST = 784 * 512;
const OTHERS = 4 * 512 ** 2 + 512 * 10;
const LOSS = FIRST + OTHERS;
const GRADIENT = 2 * FIRST + 3 * OTHERS;

const data = (parameters: PlannedWork["parameters"]): PlannedWork => ({ parameters, inputs: {} });
const mnist = data({ dataset: "mnist", train: "all", test: 500 });

function workOf(stage: keyof typeof work.stages, parameters: object, inputs: object = {}): Work {
  return work.stages[stage]({
    parameters: { ...F1, ...parameters },
    inputs: { train: [mnist], ...inputs },
  });
}

Deno.test("work of a training is its steps, f after each epoch and the iterates it keeps", () => {
  const parameters = { seed: 1, trial: 0, batch: 256, epochs: 3, learningRate: 1e-3 };
  const { operations, bytes, kind } = workOf("tasks/train.ts", {
    ...parameters,
    keepIterates: [0, 2, 9],
  });
  assert.equal(operations, 3 * 60_000 * GRADIENT + 4 * 60_500 * LOSS);
  const point = 4 * network("F1").dimension;
  assert.ok(bytes >= 3 * point && bytes < 3.01 * point, "the result and two of the iterates");
  assert.equal(kind, "F1");
  const changed = (change: object) => workOf("tasks/train.ts", { ...parameters, ...change });
  assert.equal(
    changed({ criterion: "sam" }).operations,
    6 * 60_000 * GRADIENT + 4 * 60_500 * LOSS,
  );
  const adapted = changed({ batch: 512, regimeAdaptation: true });
  assert.equal(adapted.operations, 6 * 60_000 * GRADIENT + 7 * 60_500 * LOSS);
  const held = changed({ conservative: { iterations: 4 } });
  assert.equal(held.operations, 12 * 60_000 * GRADIENT + 4 * 60_500 * LOSS);
});

Deno.test("work of measuring is its evaluations, points and products", () => {
  const sharpness = { eps: 1e-3, protocol: "paper", seed: 1, trial: 0 };
  const full = workOf("tasks/sharpness.ts", sharpness).operations;
  assert.equal(full, 12 * 60_000 * GRADIENT);
  const inSubspace = workOf("tasks/sharpness.ts", { ...sharpness, dimension: 100 }).operations;
  // From the origin, where f is known.
  assert.equal(inSubspace, 11 * (60_000 * GRADIENT + 2 * 100 * network("F1").dimension));
  const trained = data({
    ...{ ...F1, seed: 1, trial: 0, batch: 256, epochs: 3, learningRate: 1e-3 },
    keepIterates: [1, 2, 9],
  });
  const along = workOf("tasks/trajectory.ts", sharpness, { iterates: [trained] }).operations;
  assert.equal(along, 2 * full);
  assert.equal(workOf("tasks/path.ts", {}).operations, 25 * 60_500 * LOSS);
});

Deno.test("work of the measures is what each says of its calls, with the stage's own defaults", () => {
  const of = (parameters: object) =>
    workOf("tasks/measures.ts", { seed: 1, trial: 0, ...parameters }).operations;
  assert.equal(of({ measures: ["expected"], pairs: 3 }), 7 * 60_000 * LOSS);
  assert.equal(of({ measures: ["sharpness"] }), 12 * 60_000 * GRADIENT); // the paper's protocol
  assert.equal(
    of({ measures: ["expected", "sharpness"] }),
    60_000 * (21 * LOSS + 12 * GRADIENT),
  );
});

Deno.test("work is known of every cell of profile paper", () => {
  const planned = (cell: typeof PAPER_CELLS[number]): PlannedWork => ({
    parameters: Object.fromEntries([...cell.parameters].map(([name, { value }]) => [name, value])),
    inputs: Object.fromEntries(cell.inputs.map(({ name, cells }) => [name, cells.map(planned)])),
  });
  const stages: Partial<Record<string, (cell: PlannedWork) => { operations: number }>> =
    work.stages;
  for (const cell of PAPER_CELLS) {
    // What collects all results would unfold the whole study here, and does not look at it.
    if (cell.inputs.some(({ collected }) => collected)) continue;
    const { operations } = stages[cell.stage.run]!(planned(cell));
    assert.ok(operations > 0 || cell.stage.name === "download", `${cell.id} ${operations}`);
  }
});

Deno.test("CATALOGUE tells the numbers of examples that its files hold", () => {
  for (const { name, format, files, examples } of Object.values(CATALOGUE)) {
    if (format === "idx" || "context" in format) continue; // files that say it themselves
    for (const part of ["train", "test"] as const) {
      const members = files.flatMap(({ members }) => members)
        .filter((member) => member.part === part);
      assert.equal(members.length * format[part], examples[part], `${name} ${part}`);
    }
  }
});
