/** Black-box tests of `lock`, `run --locked` and `check --twice`. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { smallStudy } from "../toy_study.ts";

Deno.test("run --locked holds results against the accepted ones", async () => {
  await using study = await smallStudy();
  const none = await study.basin("run", "--locked");
  assert.equal(none.code, 2);
  assert.match(none.stderr, /pipeline\.lock\.json: it holds nothing of the profile `default`/);
  assert.ok(!existsSync(`${study.folder}/artifacts`), "found before anything ran");
  assert.match((await study.basin("lock")).stderr, /make has no result; run it first/);

  await study.basin("run");
  assert.match((await study.basin("lock")).stdout, /8 cells accepted in pipeline\.lock\.json/);
  const accepted = await study.read("pipeline.lock.json");
  await Deno.remove(`${study.folder}/artifacts`, { recursive: true });
  const fresh = await study.basin("run", "--locked");
  assert.equal(fresh.code, 0, fresh.stderr);

  await study.edit("make.ts", "hello from", "good day from"); // other code, equal bytes
  const harmless = await study.basin("run", "--locked");
  assert.equal(harmless.code, 0);
  assert.match(harmless.stderr, /note make +another key, equal outputs/);

  await study.edit("pipeline.yaml", "large: { value: 64 }", "large: { value: 32 }");
  const edited = await study.basin("run", "--locked");
  assert.equal(edited.code, 4);
  for (const cell of ["grow\\[regime=LB,trial=0\\]", "sum\\[trial=1\\]", "report"]) {
    assert.match(edited.stderr, new RegExp(`differs ${cell} +output .* -> blob:`));
  }
  assert.doesNotMatch(edited.stderr, /regime=SB/);
  assert.match(edited.stderr, /7 differences from pipeline\.lock\.json; if they are meant/);
  assert.equal(await study.read("pipeline.lock.json"), accepted, "only `lock` writes it");

  await study.edit("pipeline.yaml", "range: [0, 2]", "range: [0, 1]");
  const shorter = await study.basin("run", "--locked");
  assert.match(shorter.stderr, /differs sum\[trial=1\] +the study has it no more/);
  await study.write("pipeline.lock.json", accepted.slice(0, 300));
  const torn = await study.basin("run", "--locked");
  assert.equal(torn.code, 2);
  assert.match(torn.stderr, /Cannot read .*it is no lock file of this version/);
});

Deno.test("run --locked --tolerance accepts other bytes where no number moved by more, and says what moved", async () => {
  await using study = await smallStudy();
  await study.basin("run");
  await study.basin("lock");
  await study.edit(
    "grow.ts",
    "half: half(rest.value ?? 0)",
    "half: half(rest.value ?? 0) * 1.0001",
  );
  assert.equal((await study.basin("run", "--locked")).code, 4);

  const wide = await study.basin("run", "--locked", "--tolerance", "1e-3");
  assert.equal(wide.code, 0, wide.stderr);
  assert.match(
    wide.stderr,
    /moved {3}grow\.\w+\.half in 4 of 4 cells, by at most 1\.0e-4 \(grow\[/,
  );
  assert.doesNotMatch(wide.stderr, /differs/);

  const narrow = await study.basin("run", "--locked", "--tolerance", "1e-5");
  assert.equal(narrow.code, 4);
  assert.match(narrow.stderr, /differs grow\.\w+\.half in 4 of 4 cells/);

  for (
    const [flags, message] of [
      [["--tolerance", "0.1"], /Cannot use --tolerance without --locked/],
      [["--locked", "--tolerance", "much"], /Wanted a share from 0 to below 1/],
    ] as const
  ) {
    const wrong = await study.basin("run", ...flags);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, message);
  }
});

Deno.test("lock keeps the results of other profiles", async () => {
  await using study = await smallStudy();
  for (const profile of ["default", "smoke"]) {
    await study.basin("run", "--profile", profile);
    await study.basin("lock", "--profile", profile);
  }
  const { profiles } = JSON.parse(await study.read("pipeline.lock.json"));
  const counts = Object.values(profiles).map((cells) => Object.keys(cells as object).length);
  assert.deepEqual(counts, [8, 5]);
  for (const profile of ["default", "smoke"]) {
    assert.equal((await study.basin("run", "--locked", "--profile", profile)).code, 0);
  }
});

Deno.test("check --twice names the files in which two computations differ", async () => {
  await using study = await smallStudy();
  const sound = await study.basin("check", "--twice", "grow[regime=SB,trial=0]");
  assert.equal(sound.code, 0, sound.stderr);
  assert.match(sound.stdout, /the same bytes both times \(out\.json, folder\/a\/b\.txt\)/);
  assert.deepEqual((await study.starts()).sort(), [
    "grow regime=SB,trial=0",
    "grow regime=SB,trial=0",
    "make",
  ]);
  assert.deepEqual(readdirSync(`${study.folder}/artifacts/tmp`), []);

  await study.edit("grow.ts", "const result = {", "const result = { pid: Deno.pid,");
  const odd = await study.basin("check", "--twice", "grow[regime=SB,trial=0]");
  assert.equal(odd.code, 1);
  assert.match(odd.stdout, /differs out\.json\ndiffers folder\/a\/b\.txt\n.*is not reproducible/);
  assert.match((await study.basin("check", "--twice", "grow")).stderr, /Cannot check 4 cells at/);
});
