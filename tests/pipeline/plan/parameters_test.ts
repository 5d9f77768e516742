import assert from "node:assert/strict";
import { z } from "zod";
import { FaultList } from "../../../lib/pipeline/config/fault.ts";
import { parseStudy } from "../../../lib/pipeline/config/parse_study.ts";
import { declaredFields } from "../../../lib/pipeline/key/stage_module.ts";
import { expandAdhoc, expandStudy } from "../../../lib/pipeline/plan/expand.ts";
import {
  addSchemaFaults,
  addUntakenFaults,
  selectParameters,
} from "../../../lib/pipeline/plan/parameters.ts";

const ROOT = new URL("../../../lib/pipeline/", import.meta.url).pathname;

const SCHEMA = z.strictObject({
  batch: z.int().positive(),
  stop: z.strictObject({ epochs: z.int() }),
  seed: z.int().optional(),
  kind: z.enum(["small", "large"]).optional(),
});

const TEXT = `version: 1
seed: 3
params:
  sb: { batch: 4 }
  common: { stop: { epochs: 5 } }
axes:
  regime: { SB: { use: sb }, LB: { batch: 8 } }
stages:
  train: { run: stage.ts, matrix: [regime], params: [common], outputs: { o: o } }
`;

/** All faults of the parameters of a study, as `line:column message`. */
function faultsOf(text: string, schema: z.ZodType = SCHEMA): string[] {
  const study = parseStudy(text, { name: "pipeline.yaml", root: ROOT });
  const cells = [...expandStudy(study).values()];
  const faults = new FaultList(study.source);
  const module = { fields: declaredFields(SCHEMA) };
  const modules = new Map(cells.map(({ stage }) => [stage.module, module]));
  addUntakenFaults(study, modules, cells, faults);
  for (const cell of cells) {
    const flags = addSchemaFaults(cell, selectParameters(cell, module), schema, faults);
    assert.deepEqual(flags, []);
  }
  try {
    faults.throwIfAny();
    return [];
  } catch (error) {
    return [...(error as Error).message.matchAll(/^pipeline\.yaml:(\d+:\d+): (.*)$/gm)]
      .map(([, place, message]) => `${place} ${message}`);
  }
}

Deno.test("addUntakenFaults() blames no stage for what one that was left out may take", () => {
  const text = `${
    TEXT.replace("o: o }", "o: o }, optional: true")
  }  other: { run: events.ts, matrix: [regime], outputs: { o: o } }
`;
  const study = parseStudy(text, { name: "pipeline.yaml", root: ROOT });
  assert.deepEqual([...study.absent], ["train"]);
  const modules = new Map([[`${ROOT}events.ts`, { fields: ["batches"] }]]);
  const messages = (others: readonly string[]) => {
    const faults = new FaultList(study.source);
    for (const message of others) faults.add(undefined, message);
    addUntakenFaults(study, modules, [], faults);
    return faults.size - others.length;
  };
  assert.equal(messages([]), 2, "`batch` of both regimes");
  assert.equal(messages(["another"]), 2, "`batch` is near to `batches`");
  modules.set(`${ROOT}events.ts`, { fields: ["epsilon"] });
  assert.equal(messages([]), 2);
  assert.equal(messages(["another"]), 0);
});

const CASES: [string, [from: string, to: string], string[]][] = [
  ["all well", ["4", "4"], []],
  ["a misspelt name in a group", ["{ stop:", "{ patience: 2, stop:"], [
    "5:13 stage `train` has no parameter `patience`; known are `batch`, `stop`, `seed`, `kind`",
  ]],
  ["a misspelt name in a label", ["{ batch: 8 }", "{ batch: 8, bacth: 8 }"], [
    "7:46 no stage with the axis `regime` has a parameter `bacth`; did you mean `batch`?",
  ]],
  ["a misspelt name in a used group", ["{ batch: 4 }", "{ batch: 4, sop: 1 }"], [
    "4:19 no stage with the axis `regime` has a parameter `sop`; did you mean `stop`?",
  ]],
  ["a bad value in a group", ["batch: 4", "batch: -4"], [
    "4:16 parameter `batch` of stage `train`: it wants a number above 0, and this is the number -4",
  ]],
  ["a bad value in a label", ["batch: 8", "batch: many"], [
    '7:43 parameter `batch` of stage `train`: it wants a number, and this is the text "many"',
  ]],
  ["a misspelt word", ["batch: 8", "batch: 8, kind: smal"], [
    '7:52 parameter `kind` of stage `train`: there is no "smal"; did you mean `small`?',
  ]],
  ["another word", ["batch: 8", "batch: 8, kind: medium"], [
    '7:52 parameter `kind` of stage `train`: it wants "small" or "large", and this is the text "medium"',
  ]],
  ["a bad value deep inside", ["epochs: 5", "epochs: 0.5"], [
    "5:29 parameter `stop.epochs` of stage `train`: it wants a whole number, and this is the number 0.5",
  ]],
  ["an unknown name deep inside", ["epochs: 5", "epochs: 5, x: 1"], [
    '5:19 parameter `stop` of stage `train`: unrecognized key: "x"',
  ]],
  ["no value", ["params: [common], ", ""], [
    "9:3 parameter `stop` of stage `train` has no value; give it a value in `params`",
  ]],
];
for (const [what, [from, to], expected] of CASES) {
  Deno.test(`parameters are checked against the stage's schema: ${what}`, () => {
    assert.ok(TEXT.includes(from));
    assert.deepEqual(faultsOf(TEXT.replace(from, to)), expected);
  });
}

Deno.test("addSchemaFaults() blames the stage whose schema throws", () => {
  const wants = (throws: () => boolean | Promise<boolean>) => SCHEMA.refine(throws);
  const schemas: [z.ZodType, RegExp][] = [
    [wants(() => JSON.parse("{")), /over its parameters: .*JSON/],
    [wants(() => Promise.resolve(true)), /over its parameters: .*Promise/],
  ];
  for (const [schema, message] of schemas) {
    const faults = faultsOf(TEXT, schema);
    assert.equal(faults.length, 1);
    assert.match(faults[0]!, /^9:17 the schema of stage `train` throws/);
    assert.match(faults[0]!, message);
  }
});

Deno.test("selectParameters() passes on what the stage declares and nothing else", () => {
  const study = parseStudy(TEXT, { name: "pipeline.yaml", root: ROOT });
  const cell = expandStudy(study).get("train[regime=LB]")!;
  assert.deepEqual(selectParameters(cell, { fields: ["batch", "other"] }), { batch: 8 });
  assert.deepEqual(selectParameters(cell, { fields: null }), {
    seed: 3,
    stop: { epochs: 5 },
    batch: 8,
  });
});

Deno.test("addSchemaFaults() gives faults of flags back, for they have no place in the YAML", () => {
  const study = parseStudy(TEXT, { name: "pipeline.yaml", root: ROOT });
  const { targets } = expandAdhoc(study, expandStudy(study), {
    stage: study.stages.get("train")!,
    values: new Map(),
    parameters: new Map([["batch", { value: 0, origin: "flag", path: [] }]]),
  });
  const faults = new FaultList(study.source);
  const values = selectParameters(targets[0]!, { fields: null });
  assert.deepEqual(addSchemaFaults(targets[0]!, values, SCHEMA, faults), [
    { flag: "batch", message: "it wants a number above 0, and this is the number 0" },
  ]);
  assert.equal(faults.size, 0);
});
