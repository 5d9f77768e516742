import assert from "node:assert/strict";
import type { EngineFacts } from "../../../lib/pipeline/key/preimage.ts";
import type { Cell } from "../../../lib/pipeline/plan/cell.ts";
import { forecast, freeBytes } from "../../../lib/pipeline/run/forecast.ts";
import { planCells, type PlannedCell } from "../../../lib/pipeline/run/plan.ts";
import { secondsPerOperation } from "../../../lib/pipeline/run/past_runs.ts";
import type { Workspace } from "../../../lib/pipeline/run/workspace.ts";
import { recordText, type ResultRecord } from "../../../lib/pipeline/store/record.ts";
import type { WorkEstimates } from "../../../lib/pipeline/work.ts";
import { openHere, runHere, studyHere, studyOfCells } from "../in_process.ts";

Deno.test("forecast() knows a cell by its last result, or by the median of its stage", async () => {
  await using study = await studyHere(studyOfCells(5)); // make, three of grow, sum
  await study.run();
  const yaml = studyOfCells(7).replace("seed: 3", "seed: 4");
  await Deno.writeTextFile(`${study.folder}/pipeline.yaml`, yaml);
  const workspace = await openHere(study.folder);
  const plan = planCells(workspace, [...workspace.graph.values()]);
  const { cells, unknown, bytes } = forecast(workspace, plan, 2);
  assert.equal(cells.size, 7);
  assert.equal(unknown, 0, "two cells of grow are new, but the stage has run");
  const [make] = [...cells].map(([, need]) => need!.bytes);
  assert.equal(make, "made of 3".length);
  assert.equal(bytes, [...cells.values()].reduce((sum, need) => sum + need!.bytes, 0));
  await runHere(study.folder);
  const done = await openHere(study.folder);
  const nothing = forecast(done, planCells(done, [...done.graph.values()]), 2);
  assert.deepEqual([nothing.cells.size, nothing.seconds, nothing.bytes], [0, 0, 0]);
});

Deno.test("forecast() says that it knows nothing of stages that never ran", async () => {
  await using study = await studyHere();
  const workspace = await study.open();
  const plan = planCells(workspace, [...workspace.graph.values()]);
  const { unknown, seconds, work } = forecast(workspace, plan, 2);
  assert.deepEqual([unknown, seconds, work], [4, 0, 0]);
});

Deno.test("forecast() fills cores in the order of needs", async () => {
  await using study = await studyHere(studyOfCells(5));
  const { workspace, summary } = await study.run();
  // The record says how long; what the plan says of the state decides whether it counts.
  const took = (cell: Cell, seconds: number): PlannedCell => ({
    cell,
    state: "up to date",
    key: "",
    record: { ...summary.results.get(cell)!, seconds } satisfies ResultRecord,
  });
  const [make, ...rest] = [...workspace.graph.values()];
  const slow = { ...workspace, study: { ...workspace.study, profile: "none" } };
  const seconds = (cpus: number) => {
    const open = rest.map((cell): PlannedCell => ({
      cell,
      state: "waits",
      for: [make!],
      seconds: undefined,
    }));
    // A profile without a view: only the siblings that are given have a past.
    const sibling = { ...rest[0]!, id: "past" };
    const last = { ...rest.at(-1)!, id: "past sum" };
    const past = [[sibling, rest[0]!, 10], [last, rest.at(-1)!, 1]] as const;
    const known = past.map(([cell, like, time]) => ({ ...took(like, time), cell }));
    return forecast(slow, [...known, ...open], cpus).seconds;
  };
  assert.deepEqual([1, 2, 3].map(seconds), [31, 21, 11]);
});

/** Estimates of {@link studyOfCells}: `grow` does 100 operations, once more for each trial. */
const ESTIMATES: WorkEstimates = {
  operationsPerSecond: 50,
  stages: {
    "make.ts": () => ({ operations: 0, bytes: 9 }),
    "grow.ts": ({ parameters, inputs }) => ({
      operations: 100 * (Number(parameters.trial) + 1) * inputs.made!.length,
      bytes: 7,
      kind: "plant",
    }),
    "sum.ts": ({ inputs }) => {
      throw new RangeError(`no work for ${inputs.grown!.length}`);
    },
  },
};

/** Makes a past result one that took so long. */
function pretendSeconds({ layout }: Workspace, record: ResultRecord, seconds: number): void {
  Deno.writeTextFileSync(layout.record(record.key), recordText({ ...record, seconds }));
}

Deno.test("forecast() takes the work of cells that never ran at the stated rate", async () => {
  await using study = await studyHere(studyOfCells(5));
  const workspace = await study.open();
  const plan = planCells(workspace, [...workspace.graph.values()]);
  const { cells, unknown, work, bytes } = forecast(workspace, plan, 2, ESTIMATES);
  assert.deepEqual([...cells.values()].map((need) => need?.seconds), [0, 2, 4, 6, undefined]);
  assert.deepEqual([unknown, work, bytes], [1, 12, 9 + 3 * 7]);
  assert.ok([...cells.values()].every((need) => need === undefined || need.estimated));
  assert.deepEqual([...cells.values()].map((need) => need?.kind).slice(0, 2), [undefined, "plant"]);
});

Deno.test("forecast() takes the rate of past runs, of any profile", async () => {
  await using study = await studyHere(studyOfCells(5));
  const { workspace, summary } = await study.run();
  for (const [{ stage, labels }, record] of summary.results) {
    // Of 100, 200 and 300 operations; the first is too short to count.
    const seconds = ({ 0: 1, 1: 40, 2: 20 } as Record<string, number>)[labels.trial!];
    if (stage.name === "grow") pretendSeconds(workspace, record, seconds!);
  }
  const yaml = studyOfCells(5).replace("seed: 3", "seed: 4") +
    "profiles: { more: { axes: { trial: [2, 3] } } }\n";
  await Deno.writeTextFile(`${study.folder}/pipeline.yaml`, yaml);
  const needsOf = async (profile: string) => {
    const opened = await openHere(study.folder, profile);
    const plan = planCells(opened, [...opened.graph.values()]);
    const { cells } = forecast(opened, plan, 1, ESTIMATES);
    return [...cells].filter(([{ stage }]) => stage.name === "grow").map(([, need]) => need!);
  };
  const again = await needsOf("default");
  assert.deepEqual(again.map(({ seconds }) => seconds), [1, 40, 20]);
  assert.ok(again.every(({ estimated }) => !estimated));
  // 60 s for 500 operations.
  const more = await needsOf("more");
  assert.deepEqual(more.map(({ seconds }) => seconds), [300 * 0.12, 400 * 0.12]);
});

const CPU = { name: "tensorflow", version: "2", threads: 2 };
const GPU = { name: "xla", version: "1", platform: "cuda", device: "NVIDIA H100" };

Deno.test("forecast() takes a GPU's times for that kind of GPU, and a CPU's for a CPU", async () => {
  const yaml = studyOfCells(5)
    .replace("run: grow.ts", "run: grow.ts\n    engine: true\n    resources: { cpus: 2 }");
  const stated = {
    ...ESTIMATES,
    accelerators: { cuda: { measuredOn: "a model", operationsPerSecond: () => 1000 } },
  };
  const needsOf = async (folder: string, engine: EngineFacts) => {
    const workspace = await openHere(folder, "default", engine);
    const plan = planCells(workspace, [...workspace.graph.values()]);
    const needs = forecast(workspace, plan, 4, stated);
    const grown = [...needs.cells].filter(([{ stage }]) => stage.name === "grow");
    return { ...needs, grown: grown.map(([, need]) => need!), plan };
  };
  for (const [ran, seconds] of [[CPU, 80], [GPU, 10]] as const) {
    await using study = await studyHere(yaml);
    const { workspace, summary } = await runHere(study.folder, 1, ran);
    for (const [{ stage }, record] of summary.results) {
      pretendSeconds(workspace, record, stage.name === "grow" ? seconds : 0);
    }
    // Of a new version all cells would run again.
    const same = await needsOf(study.folder, { ...ran, version: "3" });
    assert.deepEqual(same.grown.map(({ seconds }) => seconds), [seconds, seconds, seconds]);
    assert.ok(same.grown.every(({ estimated, measuredOn }) => !estimated && !measuredOn));
    assert.deepEqual(
      [same.work, same.acceleratorWork],
      ran === CPU ? [2 * 3 * seconds, 0] : [0, 3 * seconds],
    );
    // Cells of one GPU wait for each other, whatever the cores.
    assert.equal(same.seconds, ran === CPU ? 2 * seconds : 3 * seconds);
    // 100, 200 and 300 operations: of two cores at 50 a second, of a GPU at the stated rate.
    const other = await needsOf(study.folder, ran === CPU ? GPU : CPU);
    assert.deepEqual(
      other.grown.map(({ seconds }) => seconds),
      ran === CPU ? [0.1, 0.2, 0.3] : [1, 2, 3],
    );
    assert.ok(
      other.grown.every(({ measuredOn }) => measuredOn === (ran === CPU ? "a model" : undefined)),
    );
    assert.ok(
      other.plan.every((each) =>
        each.cell.stage.name !== "grow" || !("seconds" in each) || each.seconds === undefined
      ),
    );
    // A rate of another model is none; what was never stated is not known.
    const tpu = await needsOf(study.folder, { name: "xla", version: "1", platform: "tpu" });
    assert.deepEqual(tpu.grown, [undefined, undefined, undefined]);
  }
});

Deno.test("forecast() scales a cell's last time by the work that it is now", async () => {
  await using study = await studyHere(studyOfCells(5));
  const { workspace, summary } = await study.run();
  const [, , grow] = planCells(workspace, [...workspace.graph.values()]);
  pretendSeconds(workspace, summary.results.get(grow!.cell)!, 40);
  const parameters = new Map(grow!.cell.parameters);
  parameters.set("trial", { ...parameters.get("trial")!, value: 3 });
  const changed = { ...grow!.cell, parameters }; // 400 operations instead of 200
  const open: PlannedCell = { cell: changed, state: "waits", for: [], seconds: 40 };
  const { cells } = forecast(workspace, [open], 1, ESTIMATES);
  assert.deepEqual([...cells.values()], [
    { seconds: 80, bytes: 7, kind: "plant", estimated: true },
  ]);
});

Deno.test("forecast() counts cells of one key once", async () => {
  await using study = await studyHere(studyOfCells(5));
  const workspace = await study.open();
  const [first] = planCells(workspace, [...workspace.graph.values()]);
  const twin = { ...first!, cell: { ...first!.cell, id: "twin" } };
  const { bytes, cells } = forecast(workspace, [first!, twin], 1, ESTIMATES);
  assert.deepEqual([cells.size, bytes], [2, 9]);
});

Deno.test("secondsPerOperation() asks the runs that are most alike, long ones most", () => {
  const device = "tensorflow";
  const past = [
    { run: "train.ts", kind: "small", operations: 100, seconds: 10, device },
    { run: "train.ts", kind: "small", operations: 900, seconds: 190, device },
    { run: "train.ts", kind: "large", operations: 10, seconds: 10, device },
    { run: "probe.ts", kind: "large", operations: 30, seconds: 10, device },
    { run: "train.ts", kind: "small", operations: 100, seconds: 1, device: "xla cuda H100" },
  ];
  const of = (run: string, kind: string, on = device) =>
    secondsPerOperation(past, { run, kind, device: on });
  assert.equal(of("train.ts", "small"), 0.2);
  assert.equal(of("probe.ts", "large"), 1 / 3);
  assert.equal(of("other.ts", "large"), 20 / 40);
  assert.equal(of("probe.ts", "other"), 1 / 3);
  assert.equal(of("other.ts", "other"), 220 / 1040);
  assert.equal(of("other.ts", "other", "xla cuda H100"), 0.01);
  assert.equal(of("train.ts", "small", "xla cuda A100"), undefined);
});

Deno.test("freeBytes() looks at the nearest folder that there is", () => {
  const here = freeBytes(import.meta.dirname!)!;
  assert.ok(here > 0);
  assert.ok(freeBytes(`${import.meta.dirname}/not/there`)! > 0);
});
