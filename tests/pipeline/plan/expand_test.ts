import assert from "node:assert/strict";
import { parseStudy } from "../../../lib/pipeline/config/parse_study.ts";
import type { Parameter } from "../../../lib/pipeline/config/study.ts";
import { compareLabels } from "../../../lib/pipeline/plan/cell.ts";
import { expandAdhoc, expandStudy } from "../../../lib/pipeline/plan/expand.ts";
import { selectCells, withUpstream } from "../../../lib/pipeline/plan/select.ts";
import { EXAMPLE_STUDY } from "../example_study.ts";

const ROOT = new URL("../../../lib/pipeline/", import.meta.url).pathname;

function example(profile = "default") {
  const text = EXAMPLE_STUDY.replaceAll(/run: \w+\.ts/g, "run: stage.ts");
  const study = parseStudy(text, { name: "pipeline.yaml", root: ROOT, profile });
  return { study, graph: expandStudy(study) };
}

function valuesOf(parameters: ReadonlyMap<string, Parameter>) {
  return Object.fromEntries([...parameters].map(([name, { value }]) => [name, value]));
}

Deno.test("expandStudy() makes the product of the axes, less exclusions, plus inclusions", () => {
  const { graph } = example();
  const count = (stage: string) => selectCells(graph, [stage]).length;
  // train: 2·2·5 less 2 plus 1; warm_start: 1·5·2; ritz: 2·5 less 1;
  // sharpness: 2·2·5·2·2 less the 4 of C1, SB, trial 4.
  assert.deepEqual(
    ["download", "train", "warm_start", "sharpness", "ritz", "tables"].map(count),
    [1, 19, 10, 76, 9, 1],
  );
});

Deno.test("expandStudy() joins equal axes, fixes by label and collects by star", () => {
  const { graph } = example();
  const inputs = (id: string) =>
    graph.get(id)!.inputs.map(({ name, cells }) => [name, cells.map(({ id }) => id)]);
  assert.deepEqual(inputs("sharpness[eps=0.001,network=F1,regime=LB,space=full,trial=3]"), [
    ["weights", ["train[network=F1,regime=LB,trial=3]"]],
  ]);
  assert.deepEqual(inputs("warm_start[network=F1,trial=1,warmEpochs=5]"), [
    ["iterates", ["train[network=F1,regime=SB,trial=1]"]],
  ]);
  assert.deepEqual(inputs("ritz[network=C1,trial=0]"), [
    ["weights", ["train[network=C1,regime=LB,trial=0]", "train[network=C1,regime=SB,trial=0]"]],
  ]);
  const all = graph.get("tables")!.inputs;
  assert.deepEqual(all.map(({ cells }) => cells.length), [76, 9]);
  assert.ok(all.every(({ collected }) => collected));
});

Deno.test("expandStudy() puts every cell after those it reads from", () => {
  const seen = new Set();
  for (const cell of example().graph.values()) {
    for (const input of cell.inputs) assert.ok(input.cells.every((each) => seen.has(each)));
    seen.add(cell);
  }
});

Deno.test("expandStudy() lays parameters over each other: seed, groups, axes, inclusion", () => {
  const { graph } = example();
  assert.deepEqual(valuesOf(graph.get("train[network=F1,regime=LB,trial=2]")!.parameters), {
    seed: 20170209,
    learningRate: 1e-3,
    evaluationBatch: 5000,
    keepIterates: [0, 5],
    network: "F1",
    batch: "10%",
    epochs: 40,
    trial: 2,
  });
  const included = graph.get("train[network=C1,regime=LB,trial=4]")!;
  assert.equal(included.parameters.get("epochs")?.value, 80);
});

Deno.test("expandStudy() refuses a cell that needs an excluded one", () => {
  const text = EXAMPLE_STUDY.replaceAll(/run: \w+\.ts/g, "run: stage.ts")
    .replace("exclude: [{ network: C1, regime: SB, trial: 4 }]", "");
  const study = parseStudy(text, { name: "pipeline.yaml", root: ROOT });
  assert.throws(
    () => expandStudy(study),
    /sharpness\[.*\] reads train\[network=C1,regime=SB,trial=4\], which is excluded/,
  );
});

Deno.test("expandStudy() refuses a stage of which nothing is left", () => {
  for (const exclude of ["[{}]", "[{ trial: 0 }, { trial: 1 }]"]) {
    const text = `version: 1
axes: { trial: [0, 1] }
stages:
  train:
    run: stage.ts
    matrix: [trial]
    exclude: ${exclude}
    outputs: { out: o }
  other: { run: stage.ts, outputs: { out: o } }
`;
    const study = parseStudy(text, { name: "pipeline.yaml", root: ROOT });
    assert.throws(
      () => expandStudy(study),
      /^StudyError: pipeline\.yaml:7:5: stage `train` has no cell: `exclude` leaves none; keep one/,
    );
    const included = text.replace("outputs", "include: [{ trial: 1 }]\n    outputs");
    const kept = expandStudy(parseStudy(included, { name: "pipeline.yaml", root: ROOT }));
    assert.deepEqual([...kept.keys()], ["train[trial=1]", "other"]);
  }
});

Deno.test("expandAdhoc() takes the study's cells where it has them", () => {
  const { study, graph } = example();
  const stage = study.stages.get("ritz")!;
  const trial = study.axes.get("trial")!.values.slice(0, 2);
  const { targets, cells } = expandAdhoc(study, graph, {
    stage,
    values: new Map([["trial", trial]]),
    parameters: new Map([["dimension", { value: 100, origin: "flag", path: [] }]]),
  });
  assert.deepEqual(targets.map(({ id, adhoc }) => [id, adhoc]), [
    ["ritz[network=F1,trial=0]", false],
    ["ritz[network=F1,trial=1]", false],
    ["ritz[network=C1,trial=0]", false],
    ["ritz[network=C1,trial=1]", false],
  ]);
  assert.equal(cells.size, graph.size);
});

Deno.test("expandAdhoc() makes cells for other values, upstream along joins too", () => {
  const { study, graph } = example();
  const parameter: Parameter = { value: 9, origin: "flag", path: [] };
  const { targets, cells } = expandAdhoc(study, graph, {
    stage: study.stages.get("sharpness")!,
    values: new Map([
      ["trial", [{ label: "9", parameters: new Map([["trial", parameter]]) }]],
      ["eps", study.axes.get("eps")!.values.slice(0, 1)],
      ["network", study.axes.get("network")!.values.slice(0, 1)],
      ["regime", study.axes.get("regime")!.values.slice(0, 1)],
      ["space", study.axes.get("space")!.values.slice(0, 1)],
    ]),
    parameters: new Map([["protocol", { value: "robust", origin: "flag", path: [] }]]),
  });
  assert.deepEqual(targets.map(({ id }) => id), [
    'sharpness[eps=0.001,network=F1,regime=SB,space=full,trial=9]{protocol="robust"}',
  ]);
  assert.deepEqual(withUpstream(cells, targets).map(({ id, adhoc }) => [id, adhoc]), [
    ["download", false],
    ["train[network=F1,regime=SB,trial=9]", true],
    [targets[0]!.id, true],
  ]);
  const collected = cells.get("tables")!.inputs[0]!.cells;
  assert.ok(!collected.includes(targets[0]!), "ad-hoc cells are in no collection");
});

Deno.test("compareLabels() orders numbers by value, then the rest by code units", () => {
  const labels = ["10", "1a", "9", "0.5", "b", "a", "B"].map((x) => ({ x }));
  assert.deepEqual(labels.sort(compareLabels).map(({ x }) => x), [
    "0.5",
    "9",
    "10",
    "1a",
    "B",
    "a",
    "b",
  ]);
});

Deno.test("selectCells() reads brackets, slashes and separate words alike", () => {
  const { graph } = example();
  const ways = [["ritz[network=F1,trial=0]"], ["ritz/network=F1,trial=0"], [
    "ritz",
    "trial=0",
    "network=F1",
  ]];
  for (const way of ways) {
    assert.deepEqual(selectCells(graph, way).map(({ id }) => id), ["ritz[network=F1,trial=0]"]);
  }
  assert.equal(selectCells(graph, ["ritz[trial=0]"]).length, 2);
});

Deno.test("selectCells() suggests what may have been meant", () => {
  const { graph } = example();
  const wrong: [string, RegExp][] = [
    ["riz", /Cannot find the stage `riz`; did you mean `ritz`\?/],
    ["ritz[trail=0]", /Cannot find the axis `trail` of `ritz`; did you mean `trial`\?/],
    ["ritz[trial=7]", /Cannot find a cell of `ritz` with trial=7; did you mean `0`\?/],
    ["ritz[trial=0=1]", /Cannot find "trial=0=1" in `ritz`; write an axis and a label/],
    ["", /Cannot find the stage/],
  ];
  for (const [selector, message] of wrong) {
    assert.throws(() => selectCells(graph, [selector]), { name: "RangeError", message });
  }
});
