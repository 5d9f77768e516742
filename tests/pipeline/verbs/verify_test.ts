/** Black-box tests of `verify`, and of what other verbs do with damage. */
import assert from "node:assert/strict";
import { chmodSync, realpathSync } from "node:fs";
import { smallStudy, type ToyStudy } from "../toy_study.ts";

/** Flips a bit in the object behind a file of the view. */
async function damage(study: ToyStudy, view: string): Promise<void> {
  const path = realpathSync(`${study.folder}/artifacts/view/${view}`);
  chmodSync(path, 0o644);
  const bytes = await Deno.readFile(path);
  bytes[bytes.length - 2]! ^= 4;
  await Deno.writeFile(path, bytes);
}

Deno.test("verify names the cell and exits with 3, and the next run repairs", async () => {
  await using study = await smallStudy();
  await study.basin("run");
  const good = await study.view();
  const sound = await study.basin("verify", "--full");
  assert.equal(sound.code, 0, sound.stderr);
  assert.match(sound.stdout, /8 results, \d+ objects: all sound \(every byte read\)/);

  await damage(study, "make/out.json");
  const { code, stdout } = await study.basin("verify");
  assert.equal(code, 3);
  assert.match(stdout, /damaged blob:[0-9a-f]{64} +make\.out/);
  assert.match(stdout, /1 damaged, moved to artifacts\/store\/quarantine; run again/);
  assert.match((await study.basin("why", "make")).stdout, /its result is missing from the store/);
  assert.deepEqual(await study.startsDuring(() => study.basin("run")), ["make"]);
  assert.deepEqual(await study.view(), good);
  assert.equal((await study.basin("verify", "--full")).code, 0);
});

Deno.test("verify leaves no damage behind that no run would repair", async () => {
  await using study = await smallStudy();
  await study.basin("run");
  await damage(study, "report/terminal.md");
  await study.edit("pipeline.yaml", "value: 64", "value: 32"); // so that nobody needs it any more
  assert.equal((await study.basin("verify", "--full")).code, 3);
  assert.equal((await study.basin("verify", "--full")).code, 0);
});

Deno.test("a run that has nothing else to do repairs what was changed in its results", async () => {
  await using study = await smallStudy();
  await study.basin("run");
  const good = await study.view();
  await damage(study, "grow/regime=SB,trial=1/folder/a/b.txt");
  const plan = await study.basin("plan");
  assert.match(
    plan.stdout,
    /run +grow\[regime=SB,trial=1\] +its output `out`, `folder` is missing/,
  );
  assert.deepEqual(await study.startsDuring(() => study.basin("run")), ["grow regime=SB,trial=1"]);
  assert.deepEqual(await study.view(), good);
});

Deno.test("damage whose producer fails ends with 3", async () => {
  await using study = await smallStudy();
  await study.edit("pipeline.yaml", "base: {", "base: { fail: broken,");
  await study.basin("run");
  await damage(study, "make/out.json");
  await study.write("broken", "");
  const { code, stdout } = await study.basin("run");
  assert.equal(code, 3);
  assert.match(stdout, /1 failed, 1 damaged and not repaired, 7 blocked/);
});

Deno.test("a disk that refuses gives one line and no stack", async () => {
  await using study = await smallStudy();
  await study.write("artifacts", "a file where the folder should be");
  const whole = await study.basin("run");
  assert.equal(whole.code, 2);
  assert.match(
    whole.stderr,
    /^Cannot use the artifacts in [^\n]*: it is no folder; name [^\n]*\n$/,
  );
  await Deno.remove(`${study.folder}/artifacts`);
  await Deno.mkdir(`${study.folder}/artifacts`);
  await study.write("artifacts/locks", "a file where the folder should be");
  const { code, stderr } = await study.basin("run");
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot go on: E[A-Z]+: [^\n]*artifacts\/locks[^\n]*; look [^\n]*\n$/);
});

Deno.test("verify --recompute computes a sample again, imported results first, and names other bytes", async () => {
  await using here = await smallStudy();
  await using there = await smallStudy();
  assert.match(
    (await there.basin("verify", "--recompute", "1")).stderr,
    /the study has no results yet/,
  );
  await here.basin("run");
  await here.basin("export", "make", "one.tar");
  await there.basin("import", `${here.folder}/one.tar`);
  await there.basin("run");
  const before = await there.view();
  const sound = await there.basin("verify", "--recompute", "3", "--seed", "1");
  assert.equal(sound.code, 0, sound.stderr);
  assert.match(sound.stdout, /^same +make .*, imported\n(same .*\n){2}3 results of 8 .*seed 1/);
  assert.deepEqual(await there.view(), before, "published results stay");
  const again = await there.basin("verify", "--recompute", "3", "--seed", "1", "--json");
  const { recomputed } = JSON.parse(again.stdout);
  assert.deepEqual(
    recomputed.map(({ cell }: { cell: string }) => cell),
    [...sound.stdout.matchAll(/^same +(\S+)/gm)].map(([, cell]) => cell),
    "a seed draws the same sample",
  );

  await there.edit("grow.ts", "const result = {", "const result = { pid: Deno.pid,");
  await there.basin("run");
  const odd = await there.basin("verify", "--recompute", "99");
  assert.equal(odd.code, 1);
  assert.match(odd.stdout, /differs grow\[regime=SB,trial=0\] +out\.json, folder\/a\/b\.txt/);
  assert.match(odd.stdout, /8 results of 8 computed again .*: 4 with other bytes or none/);
});

Deno.test("run --no-repair leaves damaged results as they are, runs nothing on them and exits with 3", async () => {
  await using study = await smallStudy();
  await study.basin("run");
  const path = realpathSync(`${study.folder}/artifacts/view/grow/regime=SB,trial=0/out.json`);
  chmodSync(path, 0o644);
  await Deno.writeTextFile(path, "{}");
  let refused = await study.basin("run", "--no-repair");
  assert.equal(refused.code, 3, refused.stderr);
  const said = refused.stdout + refused.stderr;
  assert.match(said, /missing from the store, or damaged: .*; left as it is, for repairs are/);
  assert.equal(await Deno.readTextFile(path), "{}", "nothing was moved aside");
  refused = await study.basin("run", "--no-repair");
  assert.equal(refused.code, 3, "and again");
  const starts = await study.startsDuring(() => study.basin("run"));
  assert.deepEqual(starts, ["grow regime=SB,trial=0"], "without the flag it is made again");
  assert.equal((await study.basin("run", "--no-repair")).code, 0);
});
