import assert from "node:assert/strict";
import { parseStudy } from "../../../lib/pipeline/config/parse_study.ts";
import { expandStudy } from "../../../lib/pipeline/plan/expand.ts";
import { flagsOf, kebabCase, requestOf } from "../../../lib/pipeline/verbs/flags.ts";
import { EXAMPLE_STUDY } from "../example_study.ts";

const ROOT = new URL("../../../lib/pipeline/", import.meta.url).pathname;
const STUDY = parseStudy(EXAMPLE_STUDY.replaceAll(/run: \w+\.ts/g, "run: stage.ts"), {
  name: "pipeline.yaml",
  root: ROOT,
});
const FIELDS = ["network", "batch", "epochs", "keepIterates", "patience", "strict"];

function request(stage: string, given: Record<string, string>) {
  const declaration = STUDY.stages.get(stage)!;
  const cells = [...expandStudy(STUDY).values()].filter((cell) => cell.stage === declaration);
  const flags = flagsOf(STUDY, declaration, cells, FIELDS);
  return requestOf(STUDY, declaration, flags, new Map(Object.entries(given)));
}

Deno.test("flagsOf() makes a flag of each axis and of each parameter that is declared", () => {
  const train = STUDY.stages.get("train")!;
  const cells = [...expandStudy(STUDY).values()].filter(({ stage }) => stage === train);
  const flags = flagsOf(STUDY, train, cells, FIELDS);
  assert.deepEqual(flags.map(({ name, kind }) => [name, kind]), [
    ["network", "axis"],
    ["regime", "axis"],
    ["trial", "axis"],
    ["batch", "parameter"],
    ["epochs", "parameter"],
    ["keepIterates", "parameter"],
    ["patience", "parameter"],
    ["strict", "parameter"],
  ]);
  const samples = Object.fromEntries(flags.map(({ name, samples }) => [name, samples]));
  assert.deepEqual(samples.batch, [256, "10%"]);
  assert.deepEqual(samples.regime, ["SB", "LB"]);
  assert.deepEqual(samples.patience, []);
});

Deno.test("requestOf() reads values by the types that the study has for them", () => {
  const { parameters, values } = request("train", {
    batch: "5%",
    epochs: "3",
    keepIterates: "[1, 2]",
    patience: "4",
    strict: "true",
    trial: "0,7",
    regime: "LB",
  });
  assert.deepEqual([...parameters].map(([name, { value }]) => [name, value]), [
    ["batch", "5%"],
    ["epochs", 3],
    ["keepIterates", [1, 2]],
    ["patience", 4],
    ["strict", true],
  ]);
  const trials = values.get("trial")!;
  assert.equal(trials[0], STUDY.axes.get("trial")!.values[0], "the study's own value");
  assert.deepEqual(trials[1]!.parameters.get("trial"), { value: 7, origin: "flag", path: [] });
  assert.deepEqual(values.get("regime")!.map(({ label }) => label), ["LB"]);
  const eps = request("sharpness", { eps: "5.0e-4,-0" }).values.get("eps")!;
  assert.deepEqual(eps.map(({ label }) => label), ["0.0005", "0"]);
  assert.equal(eps[0], STUDY.axes.get("eps")!.values[1], "another spelling of the study's value");
});

Deno.test("requestOf() refuses what is no value of the type, or no label", () => {
  const refused: [string, Record<string, string>, RegExp][] = [
    ["train", { epochs: "many" }, /Cannot use --epochs many: wanted a number, as in 20/],
    ["train", { epochs: "" }, /wanted a number/],
    ["train", { epochs: "nan" }, /wanted a number/],
    ["train", { epochs: "Infinity" }, /wanted a number/],
    ["train", { epochs: "9007199254740993" }, /integers go to 2\^53/],
    ["train", { keepIterates: "[1," }, /Cannot use --keep-iterates \[1,: wanted JSON/],
    ["train", { regime: "sb" }, /no such label; did you mean `SB`\?/],
    ["train", { network: "a/b" }, /cannot be a label/],
    ["sharpness", { eps: "1e-3,x" }, /Cannot use --eps x: wanted a number, as in 0\.001/],
  ];
  for (const [stage, given, message] of refused) {
    assert.throws(() => request(stage, given), { name: "UsageError", message });
  }
});

Deno.test("kebabCase() of names in camel and in snake case", () => {
  assert.deepEqual(["warmEpochs", "warm_epochs", "eps", "p100Value"].map(kebabCase), [
    "warm-epochs",
    "warm-epochs",
    "eps",
    "p100-value",
  ]);
});
