/** Black-box tests of the verbs that compare, remove and move results. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { smallStudy, type ToyStudy } from "../toy_study.ts";

/** Every file below a folder of the store, sorted. */
function stored(study: ToyStudy, folder: string): string[] {
  const names: string[] = [];
  const visit = (path: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(path)) {
      if (isDirectory) visit(join(path, name));
      else names.push(name);
    }
  };
  visit(join(study.folder, "artifacts", folder));
  return names.sort();
}

Deno.test("gc shows what it would remove, removes that, and nothing that is needed", async () => {
  await using study = await smallStudy();
  await study.basin("run");
  const needed = [stored(study, "keys"), stored(study, "store")];
  const good = await study.view();
  await study.edit("pipeline.yaml", "large: { value: 64 }", "large: { value: 32 }");
  await study.basin("run");
  await study.edit("pipeline.yaml", "large: { value: 32 }", "large: { value: 64 }");
  await study.basin("run");
  const before = stored(study, "");

  const young = await study.basin("gc");
  assert.match(young.stdout, /nothing to remove; 8 results of the study and the view kept/);
  const dry = await study.basin("gc", "--keep", "0", "--json");
  assert.deepEqual(stored(study, ""), before, "only shown");
  const { records, objects, attempts } = JSON.parse(dry.stdout);
  assert.equal(records.length, 5, "both LB cells and what follows");
  assert.equal(attempts.length, 5);
  const wet = await study.basin("gc", "--keep", "0", "--yes", "--json");
  assert.deepEqual(JSON.parse(wet.stdout), { ...JSON.parse(dry.stdout), removed: true });
  for (const path of [...records, ...objects, ...attempts]) assert.ok(!existsSync(path), path);

  assert.deepEqual([stored(study, "keys"), stored(study, "store")], needed);
  assert.deepEqual(await study.startsDuring(() => study.basin("run")), []);
  assert.deepEqual(await study.view(), good);
  assert.equal((await study.basin("verify", "--full")).code, 0);
});

Deno.test("gc beside a run leaves alone what the run has made so far", async () => {
  await using study = await smallStudy();
  await study.edit("pipeline.yaml", "large: {", "large: { gate: open,");
  const run = study.spawn("run", "-j", "3");
  await study.untilStarts(5);
  assert.equal((await study.basin("gc", "--keep", "0", "--yes")).code, 0);
  await study.write("open", "");
  assert.equal((await run.output()).code, 0);
  const starts = await study.starts();
  assert.equal(new Set(starts).size, 8);
  assert.equal(starts.length, 8, "nothing had to be made again");
});

Deno.test("export and import take a study to another place, where nothing runs", async () => {
  await using here = await smallStudy();
  await using there = await smallStudy();
  await here.basin("run");
  const packed = await here.basin("export", "bundle.tar");
  assert.equal(packed.code, 0, packed.stderr);
  assert.match(packed.stdout, /^bundle\.tar: 8 results, \d+ objects/);
  const bundle = join(here.folder, "bundle.tar");
  const taken = await there.basin("import", bundle);
  assert.equal(taken.code, 0, taken.stderr);
  assert.match(taken.stdout, /8 results imported into artifacts, 0 known before/);
  assert.deepEqual(
    await there.startsDuring(async () => assert.equal((await there.basin("run")).code, 0)),
    [],
  );
  assert.deepEqual(await there.view(), await here.view());
  const shown = (await there.basin("show", "make")).stdout;
  assert.match(shown, /from +computed on \S+, 20\S+; imported 20\S+ from bundle\.tar \(sha256:/);
  assert.doesNotMatch((await here.basin("show", "make")).stdout, /imported/);
  assert.match((await there.basin("import", bundle)).stdout, /0 results imported.* 8 known before/);

  const some = await here.basin("export", "sum[trial=1]", "some.tar");
  assert.match(some.stdout, /4 results/, "sum, two cells of grow, and make");
  assert.equal((await here.basin("export", "sum[trial=9]", "x.tar")).code, 2);
  const unknown = await there.basin("import", "nowhere.tar");
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /Cannot import nowhere\.tar: there is no such file/);
});

Deno.test("diff names parameters, inputs and values that differ", async () => {
  await using study = await smallStudy();
  await study.basin("run");
  const [a, b] = ["grow[regime=SB,trial=0]", "grow[regime=LB,trial=0]"];
  const { code, stdout, stderr } = await study.basin("diff", a, b);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /params\.value +4 +64/);
  assert.match(stdout, /\nhalf +2 +32/);
  assert.match(stdout, /other bytes in: out, folder/);
  assert.doesNotMatch(stdout, /params\.trial|inputs|code/);
  assert.match((await study.basin("diff", a, a)).stdout, /are made of the same and equal/);
  const [json] = JSON.parse((await study.basin("diff", a, b, "--json")).stdout).madeOf;
  assert.deepEqual(json, { what: "params.value", a: 4, b: 64 });
  assert.match((await study.basin("diff", "grow", b)).stderr, /Cannot compare 4 cells at once/);
});

Deno.test("graph draws every stage and arrow, as Mermaid and as SVG", async () => {
  await using study = await smallStudy();
  const { stdout: svg } = await study.basin("graph", "--svg");
  assert.match(svg, /^<svg xmlns=/);
  assert.equal([...svg.matchAll(/<rect /g)].length, 4);
  assert.equal([...svg.matchAll(/<path /g)].length, 3, "two inputs from grow are one arrow");
  assert.match(svg, />regime × trial: 4 cells</);
  const { stdout: chart } = await study.basin("graph");
  assert.match(chart, /^flowchart LR\n/);
  assert.equal([...chart.matchAll(/-->|==>/g)].length, 4);
});

Deno.test("import --expect takes the bundle that is meant, and no other", async () => {
  await using here = await smallStudy();
  await using there = await smallStudy();
  await here.basin("run");
  await here.basin("lock");
  const packed = await here.basin("export", "bundle.tar");
  const [digest] = /sha256:[0-9a-f]{64}/.exec(packed.stdout)!;
  const bundle = join(here.folder, "bundle.tar");
  const lock = join(here.folder, "pipeline.lock.json");

  const forged = digest!.replace(/.$/, (last) => last === "0" ? "1" : "0");
  const refusals: [string, number, RegExp][] = [
    [forged, 3, /Cannot import \S*bundle\.tar: it is sha256:\S+, not sha256:\S+; nothing was/],
    ["sha256:12", 2, /by --expect sha256:12; want sha256: and 64 digits/],
    ["nowhere.json", 2, /Cannot compare with nowhere\.json: there is no such file/],
  ];
  for (const [expected, code, message] of refusals) {
    const refused = await there.basin("import", bundle, "--expect", expected);
    assert.match(refused.stderr, message);
    assert.equal(refused.code, code, expected);
  }
  // Another study's results are sound, and not those that the lock accepts.
  await there.edit("pipeline.yaml", "value: 64", "value: 32");
  await there.basin("run");
  await there.basin("export", "other.tar");
  const other = await here.basin("import", join(there.folder, "other.tar"), "--expect", lock);
  assert.match(other.stderr, /the result [0-9a-f]{12} is none that \S*lock\.json accepts; nothing/);

  await using third = await smallStudy();
  for (const expected of [digest!, lock]) {
    const taken = await third.basin("import", bundle, "--expect", expected);
    assert.equal(taken.code, 0, taken.stderr);
  }
});
