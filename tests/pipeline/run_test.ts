/** Black-box tests of `run`: the real command line, worker processes and store. */
import assert from "node:assert/strict";
import { smallStudy } from "./toy_study.ts";

const ALL = [
  "grow regime=LB,trial=0",
  "grow regime=LB,trial=1",
  "grow regime=SB,trial=0",
  "grow regime=SB,trial=1",
  "make",
  "report",
  "sum trial=0",
  "sum trial=1",
];

Deno.test("run computes every cell once, and nothing the second time", async () => {
  await using study = await smallStudy();
  assert.deepEqual(
    await study.startsDuring(async () => {
      const { code, stdout, stderr } = await study.basin("run");
      assert.equal(code, 0, stderr);
      assert.match(stdout, /8 cells ran, 0 up to date/);
      assert.match(stdout, /"read":"ok:\{/, "the table is printed");
    }),
    ALL,
  );
  assert.deepEqual(
    await study.startsDuring(async () => {
      const { code, stdout } = await study.basin("run");
      assert.equal(code, 0);
      assert.match(stdout, /nothing to do: 8 cells up to date; results are in artifacts\/view/);
      assert.match(stdout, /"read":"ok:\{/, "the table is printed again");
    }),
    [],
  );
  const view = await study.view();
  assert.ok("artifacts/view/grow/regime=LB,trial=1/folder/a/b.txt" in view);
  assert.ok("artifacts/view/report/terminal.md" in view);
});

Deno.test("run repeats nothing when things lie elsewhere, but tells the stage where", async () => {
  await using study = await smallStudy();
  await study.edit("pipeline.yaml", "base: { text: base }", "base: { text: base, place: here }");
  await study.basin("run");
  await study.edit("pipeline.yaml", "place: here", "place: nowhere");
  const starts = await study.startsDuring(async () => {
    const { code, stderr } = await study.basin("run");
    assert.equal(code, 0, stderr);
  });
  assert.deepEqual(starts, []);
  await study.edit("pipeline.yaml", "text: base", "text: other");
  const { code, stderr, stdout } = await study.basin("run");
  assert.equal(code, 1);
  assert.match(stderr + stdout, /nothing is found nowhere/);
});

Deno.test("run repeats nothing after edits that change no program and no value", async () => {
  await using study = await smallStudy();
  await study.basin("run");
  const code = async () => {
    await study.edit("half.ts", "export", "// why\nexport const unused = 1;\nexport");
    await study.edit("half.ts", "): number", ")");
    await study.edit("half.ts", "x / 2", "(  x/2  )");
    await study.edit("alone.ts", "1", "2"); // a module that nobody imports
  };
  const spelling = async () => {
    await study.edit("pipeline.yaml", "value: 64", "value: 6.4e1");
    await study.edit("pipeline.yaml", "seed: 7", "seed: 7 # lucky");
  };
  const order = async () => {
    const [small, large] = ["  small: { value: 4 }\n", "  large: { value: 6.4e1 }\n"];
    await study.edit("pipeline.yaml", small + large, large + small);
    const [sb, lb] = ["SB: { use: small }", "LB: { use: large }"];
    await study.edit("pipeline.yaml", `${sb}, ${lb}`, `${lb}, ${sb}`);
  };
  for (const edit of [code, spelling, order]) {
    await edit();
    const starts = await study.startsDuring(async () => {
      const { stdout, stderr } = await study.basin("run");
      assert.match(stdout, /nothing to do/, `${edit.name}: ${stderr}`);
    });
    assert.deepEqual(starts, [], edit.name);
  }
  const { stdout } = await study.basin("why", "make");
  assert.match(stdout, /half\.ts: edited, no effective change/);
});

Deno.test("run repeats exactly what an edited parameter reaches, and says why", async () => {
  await using study = await smallStudy();
  await study.basin("run");
  await study.edit("pipeline.yaml", "large: { value: 64 }", "large: { value: 32 }");
  const plan = (await study.basin("plan")).stdout;
  assert.match(plan, /run +grow\[regime=LB,trial=0\] +params\.value: 64 -> 32/);
  assert.match(plan, /2 cells to run, 3 wait for them, 3 up to date/);
  assert.deepEqual(
    await study.startsDuring(() => study.basin("run")),
    ["grow regime=LB,trial=0", "grow regime=LB,trial=1", "report", "sum trial=0", "sum trial=1"],
  );
});

Deno.test("run repeats what an edited module reaches, and names the file", async () => {
  await using study = await smallStudy();
  await study.basin("run");
  await study.edit("half.ts", "x / 2", "x / 2 + 1");
  const { stdout } = await study.basin("why", "make");
  assert.match(stdout, /code: .*half\.ts changed/);
  assert.equal((await study.startsDuring(() => study.basin("run"))).length, 8);
});

Deno.test("run stops where an output comes out as it was", async () => {
  await using study = await smallStudy();
  await study.basin("run");
  // Other code, equal bytes: the log is no output.
  await study.edit("make.ts", "hello from", "good day from");
  assert.deepEqual(await study.startsDuring(() => study.basin("run")), ["make"]);
});

Deno.test("run computes only the cells that a longer axis adds", async () => {
  await using study = await smallStudy();
  await study.basin("run");
  await study.edit("pipeline.yaml", "range: [0, 2]", "range: [0, 3]");
  assert.deepEqual(
    await study.startsDuring(() => study.basin("run")),
    ["grow regime=LB,trial=2", "grow regime=SB,trial=2", "report", "sum trial=2"],
  );
  await study.edit("pipeline.yaml", "range: [0, 3]", "range: [0, 2]");
  assert.deepEqual(await study.startsDuring(() => study.basin("run")), [], "known from before");
  assert.ok(!("artifacts/view/sum/trial=2/metrics.json" in await study.view()), "view is pruned");
});

Deno.test("run --profile overrides parameters and axes, and shares the store", async () => {
  await using study = await smallStudy();
  await study.basin("run");
  const starts = await study.startsDuring(async () => {
    const { code, stdout } = await study.basin("run", "--profile", "smoke");
    assert.equal(code, 0);
    assert.match(stdout, /artifacts\/view\/_profile\/smoke/);
  });
  assert.deepEqual(starts, ["grow regime=LB,trial=0", "report", "sum trial=0"]);
});

Deno.test("run reports a failing cell, blocks what needs it and finishes the rest", async () => {
  await using study = await smallStudy();
  await study.edit("pipeline.yaml", "large: {", "large: { fail: broken,");
  await study.write("broken", "");
  const { code, stdout, stderr } = await study.basin("run");
  assert.equal(code, 1);
  assert.match(stderr, /failed +grow\[regime=LB,trial=0\] +Error: the toy was told to fail/);
  assert.match(stderr, /\| .*at Object\.run/, "the end of the log is shown");
  const log = /log: (.*)/.exec(stderr)![1]!;
  assert.match(await Deno.readTextFile(`${log}/stdout.log`), /hello from grow/);
  assert.match(stdout, /blocked report +by /);
  assert.match(stdout, /3 cells ran, 0 up to date, 2 failed, 3 blocked/);
  assert.match((await study.basin("status")).stdout, /failed grow\[regime=LB,trial=1\]/);

  await Deno.remove(`${study.folder}/broken`);
  assert.deepEqual(
    await study.startsDuring(async () => assert.equal((await study.basin("run")).code, 0)),
    ["grow regime=LB,trial=0", "grow regime=LB,trial=1", "report", "sum trial=0", "sum trial=1"],
  );
});

Deno.test("run publishes a diverged cell as a result that the next stage sees", async () => {
  await using study = await smallStudy();
  await study.edit("pipeline.yaml", "large: {", "large: { diverge: nan,");
  await study.write("nan", "");
  const { code, stdout } = await study.basin("run");
  assert.equal(code, 0);
  assert.match(stdout, /diverged grow\[regime=LB,trial=0\] +the toy was told to diverge/);
  const view = await study.view();
  assert.match(view["artifacts/view/sum/trial=0/metrics.json"]!, /diverged:/);
  assert.deepEqual(await study.startsDuring(() => study.basin("run")), [], "not tried again");
});

Deno.test("run refuses outputs that are not declared, and publishes nothing", async () => {
  await using study = await smallStudy();
  await study.edit("pipeline.yaml", "base: {", "base: { extra: .bak,");
  const { code, stderr } = await study.basin("run");
  assert.equal(code, 1);
  assert.match(stderr, /Cannot publish out\.json\.bak: no output is declared there/);
  assert.match((await study.basin("plan")).stdout, /run +make +new/);
});
