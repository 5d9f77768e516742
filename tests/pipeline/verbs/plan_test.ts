/** Black-box tests of what `plan` and `why` foresee, against what then runs. */
import assert from "node:assert/strict";
import type { PlannedCell } from "../../../lib/pipeline/run/plan.ts";
import { planSummary } from "../../../lib/pipeline/verbs/plan.ts";
import { smallStudy, type ToyStudy } from "../toy_study.ts";

/** Every file below the artifacts with its time of modification. */
function disk(study: ToyStudy): string[] {
  const lines: string[] = [];
  const visit = (path: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(path)) {
      const info = Deno.lstatSync(`${path}/${name}`);
      lines.push(`${path}/${name} ${info.mtime?.getTime()} ${info.size}`);
      if (isDirectory) visit(`${path}/${name}`);
    }
  };
  visit(`${study.folder}/artifacts`);
  return lines.sort();
}

const EDITS: [string, [file: string, from: string, to: string], string, RegExp][] = [
  [
    "a parameter",
    ["pipeline.yaml", "value: 64", "value: 32"],
    "grow[regime=LB,trial=1]",
    /params\.value: 64 -> 32/,
  ],
  [
    "a module",
    ["half.ts", "x / 2", "x / 3"],
    "grow[regime=SB,trial=0]",
    /code: .*half\.ts changed/,
  ],
  [
    "an output's place",
    ["pipeline.yaml", "metrics.json", "m.json"],
    "sum[trial=0]",
    /outputs\.met/,
  ],
  ["a longer axis", ["pipeline.yaml", "[0, 2]", "[0, 3]"], "grow[regime=SB,trial=2]", /new/],
];
for (const [what, edit, cell, reason] of EDITS) {
  Deno.test(`plan and why foresee what ${what} makes run`, async () => {
    await using study = await smallStudy();
    await study.basin("run");
    await study.edit(...edit);
    const before = disk(study);
    const plan = JSON.parse((await study.basin("plan", "--json")).stdout) as {
      cell: string;
      state: string;
      seconds?: number;
      bytes?: number;
    }[];
    assert.match(
      (await study.basin("plan")).stdout,
      /at most about .* of work\) and .* of disk \(/,
    );
    const why = (await study.basin("why", cell)).stdout;
    if (plan.find((each) => each.cell === cell)!.state === "run") assert.match(why, reason);
    else assert.match(why, /waits:/);
    assert.deepEqual(disk(study), before, "they change nothing");
    const named = (state: string) =>
      plan.filter((each) => each.state === state)
        .map(({ cell }) => cell.replace(/\[(.*)\]/, " $1")).sort();
    const starts = await study.startsDuring(() => study.basin("run"));
    const sure = named("run");
    assert.ok(sure.length > 0);
    assert.deepEqual(sure.filter((each) => !starts.includes(each)), []);
    const may = [...sure, ...named("waits")];
    assert.deepEqual(starts.filter((each) => !may.includes(each)), []);
    for (const { state, seconds, bytes } of plan) {
      assert.equal(state === "up to date", seconds === undefined && bytes === undefined);
    }
  });
}

Deno.test("plan for a cluster counts all cells at once, and says that the queue is not in it", async () => {
  await using study = await smallStudy();
  await study.basin("run");
  await study.edit("pipeline.yaml", "text: base", "text: other");
  const { stdout, code } = await study.basin("plan", "--executor", "slurm");
  assert.equal(code, 0);
  assert.match(
    stdout,
    /at most about .* of disk .*; the time in the cluster's queue comes on top$/m,
  );
  assert.doesNotMatch((await study.basin("plan")).stdout, /queue/);
});

Deno.test("planSummary() has one cell wait, and others for one", () => {
  const plan = (run: number, waits: number) =>
    [
      ...Array.from({ length: run }, () => ({ state: "run" })),
      ...Array.from({ length: waits }, () => ({ state: "waits" })),
    ] as unknown as PlannedCell[];
  assert.equal(planSummary(plan(1, 9)), "1 cell to run, 9 wait for it, 0 up to date");
  assert.equal(planSummary(plan(4, 1)), "4 cells to run, 1 waits for them, 0 up to date");
  assert.equal(planSummary(plan(2, 3)), "2 cells to run, 3 wait for them, 0 up to date");
});
