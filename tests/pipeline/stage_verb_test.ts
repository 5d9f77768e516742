/** Black-box tests of `stage` and of the verbs that only look. */
import assert from "node:assert/strict";
import { smallStudy, toyStudy } from "./toy_study.ts";

/** A study in the manner of the real one: train, then sharpness over ε. */
async function sharpnessStudy() {
  const study = await toyStudy(`version: 1
params:
  sb: { value: 4 }
  lb: { value: 64 }
axes:
  regime: { SB: { use: sb }, LB: { use: lb } }
  trial: { range: [0, 2] }
  seed: [1, 2]
stages:
  train:
    run: train.ts
    matrix: [regime, trial]
    outputs: { out: out.json }
  sharp:
    run: sharp.ts
    matrix: [regime, trial, seed]
    params: [{ text: paper, flag: false }]
    inputs: { weights: train.out }
    outputs: { metrics: metrics.json }
  tables:
    run: tables.ts
    inputs: { all: "sharp[*].metrics" }
    outputs: { terminal: terminal.md }
`);
  await study.stage("train");
  await study.stage("sharp", { inputs: ["weights"], outputs: ["metrics"] });
  await study.stage("tables", { collected: ["all"], outputs: ["terminal"] });
  return study;
}

Deno.test("stage chooses among the study's cells and runs what they need", async () => {
  await using study = await sharpnessStudy();
  const starts = await study.startsDuring(async () => {
    const { code, stdout } = await study.basin("stage", "sharp", "--seed", "2", "--trial=0");
    assert.equal(code, 0);
    assert.match(stdout, /^regime +seed +trial +value +half +read/m);
    assert.match(stdout, /^SB +2 +0 +4 +2 +ok:/m);
    assert.match(stdout, /^LB +2 +0 +64 +32 +ok:/m);
    assert.match(stdout, /^in all: text paper, flag false$/m);
  });
  assert.deepEqual(starts, [
    "sharp regime=LB,seed=2,trial=0",
    "sharp regime=SB,seed=2,trial=0",
    "train regime=LB,trial=0",
    "train regime=SB,trial=0",
  ]);
});

Deno.test("stage with a value of one's own makes ad-hoc cells that leave the study alone", async () => {
  await using study = await sharpnessStudy();
  await study.basin("run");
  const before = await study.view();
  const own = ["stage", "sharp", "--seed", "9", "--regime", "SB", "--text", "mine", "--json"];
  assert.deepEqual(
    await study.startsDuring(async () => {
      const { code, stdout } = await study.basin(...own);
      assert.equal(code, 0);
      const rows = JSON.parse(stdout);
      assert.equal(rows.length, 2);
      assert.deepEqual(
        { ...rows[0], read: undefined, half: undefined },
        {
          regime: "SB",
          seed: "9",
          trial: "0",
          text: "mine",
          flag: false,
          value: 4,
          read: undefined,
          half: undefined,
        },
      );
    }),
    ["sharp regime=SB,seed=9,trial=0", "sharp regime=SB,seed=9,trial=1"],
  );
  assert.deepEqual(await study.startsDuring(() => study.basin(...own)), [], "the second time");
  assert.deepEqual(await study.startsDuring(() => study.basin("run")), [], "the study itself");
  const after = await study.view();
  const added = Object.keys(after).filter((path) => !(path in before));
  assert.equal(added.length, 2);
  assert.ok(added.every((path) => path.startsWith("artifacts/view/_adhoc/sharp/")), `${added}`);
  for (const [path, text] of Object.entries(before)) assert.equal(after[path], text);
});

Deno.test("stage makes ad-hoc cells upstream where a joined value is not in the study", async () => {
  await using study = await sharpnessStudy();
  assert.deepEqual(
    await study.startsDuring(() =>
      study.basin("stage", "sharp", "--trial", "7", "--seed", "1", "--regime", "LB")
    ),
    ["sharp regime=LB,seed=1,trial=7", "train regime=LB,trial=7"],
  );
});

Deno.test("stage refuses flags that make no sense, before anything starts", async () => {
  await using study = await sharpnessStudy();
  const refused: [string[], RegExp][] = [
    [["--sed", "1"], /unknown option '--sed'\n\(Did you mean --seed\?\)/],
    [["--seed", "abc"], /Cannot use --seed abc: wanted a number, as in 1/],
    [["--seed", "0.5"], /Cannot use --seed 0\.5: it wants a whole number/],
    [
      ["--value", "-1"],
      /Cannot use --value -1: it wants a number of at least 0, and this is the number -1/,
    ],
    [["--seed"], /option '--seed <value>' argument missing/],
    [["surplus"], /too many arguments/],
  ];
  for (const [flags, message] of refused) {
    const { code, stderr, stdout } = await study.basin("stage", "sharp", ...flags);
    assert.match(stderr, message, flags.join(" ") + stdout);
    assert.equal(code, 2);
    assert.doesNotMatch(stderr, /\n +at /, "no stack trace");
  }
  const { code, stderr } = await study.basin("stage", "shrap");
  assert.equal(code, 2);
  assert.match(stderr, /the study has none; did you mean `sharp`\?/);
  assert.deepEqual(await study.starts(), []);
});

Deno.test("--help works everywhere and lists a stage's own flags", async () => {
  await using study = await sharpnessStudy();
  const verbs = ["run", "stage", "plan", "why", "status", "show", "logs", "graph", "check"];
  const texts = await Promise.all(
    [[], ...verbs.map((verb) => [verb])].map((args) => study.basin(...args, "--help")),
  );
  for (const { code, stdout } of texts) {
    assert.equal(code, 0);
    assert.match(stdout, /Usage: basin[\s\S]*Examples?:\n/);
    assert.match(stdout, /--profile <name>/);
  }
  const { code, stdout } = await study.basin("stage", "sharp", "--help");
  assert.equal(code, 0);
  assert.match(stdout, /--regime <value> +axis; one of SB, LB/);
  assert.match(stdout, /--value <value> +parameter; in the study: 4, 64/);
});

Deno.test("mistakes on the command line end with 2 and a suggestion", async () => {
  await using study = await sharpnessStudy();
  const mistakes: [string[], RegExp][] = [
    [["rnu"], /unknown command 'rnu'\n\(Did you mean run\?\)/],
    [["run", "--profil", "x"], /Did you mean --profile\?/],
    [["run", "-j", "0"], /Wanted a number of cores/],
    [["run", "--file", "none.yaml"], /Cannot read the study none\.yaml/],
    [["why", "train[regme=SB]"], /Cannot find the axis `regme` of `train`; did you mean `regime`/],
    [["logs", "train"], /Cannot show the logs of 4 cells at once/],
    [["logs", "tables"], /it never ran/],
  ];
  for (const [args, message] of mistakes) {
    const { code, stderr } = await study.basin(...args);
    assert.match(stderr, message);
    assert.equal(code, 2, args.join(" "));
    assert.doesNotMatch(stderr, /\n +at /, "no stack trace");
  }
});

Deno.test("plan, why, status, show, logs and graph tell of a study", async () => {
  await using study = await smallStudy();
  const planned = JSON.parse((await study.basin("plan", "--json")).stdout);
  assert.deepEqual(
    planned.map(({ state }: { state: string }) => state),
    ["run", "waits", "waits", "waits", "waits", "waits", "waits", "waits"],
  );
  assert.deepEqual(planned[0].reasons, ["new"]);
  await assert.rejects(study.read("artifacts/FORMAT"), Deno.errors.NotFound); // plan wrote nothing
  await study.basin("run");

  const why = await study.basin("why", "grow[regime=LB,trial=0]");
  assert.match(why.stdout, /up to date: key [0-9a-f]{12}, attempt/);
  const status = await study.basin("status");
  assert.match(status.stdout, /^grow +4 +0 +0 +0 +0 +0$/m);
  const show = await study.basin("show", "grow", "regime=LB", "trial=0");
  assert.match(show.stdout, /params\.value +64/);
  assert.match(show.stdout, /outputs\.folder +artifacts\/view\/grow\/regime=LB,trial=0\/folder/);
  const table = await study.basin("show", "sum");
  assert.match(table.stdout, /^trial +read/m);
  const logs = await study.basin("logs", "grow", "regime=LB", "trial=0");
  assert.equal(logs.stdout, "hello from grow regime=LB,trial=0\n");
  const graph = await study.basin("graph");
  assert.match(graph.stdout, /^flowchart LR\n {2}make\["make<br\/>1 cell"\]/);
  assert.match(graph.stdout, /grow ==>\|"folder regime=\*"\| sum/);
  const check = await study.basin("check");
  assert.match(check.stdout, /^pipeline\.yaml: 4 stages; no faults under 2 profiles\n/);
});

Deno.test("logs --follow shows what comes until the attempt ends", async () => {
  await using study = await smallStudy();
  await study.edit("pipeline.yaml", "base: {", "base: { gate: open,");
  const run = study.spawn("run");
  await study.untilStarts(1);
  const logs = study.spawn("logs", "-f", "make");
  const reader = logs.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("hello from make")) text += (await reader.read()).value ?? "";
  await study.write("open", "");
  while (!(await reader.read()).done);
  await logs.stderr.cancel();
  assert.equal((await logs.status).code, 0);
  assert.equal((await run.output()).code, 0);
});

Deno.test("output that is no terminal has no control characters", async () => {
  await using study = await smallStudy();
  const { stdout, stderr } = await study.basin("run");
  // deno-lint-ignore no-control-regex -- they are what is looked for
  assert.doesNotMatch(stdout + stderr, /[\x00-\x08\x0b-\x1f\x7f]/);
});
