/** Black-box tests of how faults of a study are reported. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { BASIN, smallStudy, type ToyStudy } from "../toy_study.ts";

Deno.test("faults of structure, of modules and of parameters come in one go", async () => {
  await using study = await smallStudy();
  await study.edit("pipeline.yaml", "seed: 7", "sead: 7"); // structure
  await study.edit("pipeline.yaml", "grow[regime=SB].out", "grow[regime=SP].out"); // a reference
  await study.edit("pipeline.yaml", "{ text: base }", "{ txet: base }"); // a name of a parameter
  await study.edit("pipeline.yaml", "{ value: 64 }", "{ value: many }"); // a value
  await study.edit("report.ts", "export default", "const unused ="); // a module
  const { code, stdout, stderr } = await study.basin("run");
  assert.equal(code, 2);
  assert.equal(stdout, "");
  const found = [...stderr.matchAll(/^pipeline\.yaml:(\d+):\d+: (.*)$/gm)]
    .map(([, line, message]) => `${line} ${message}`);
  assert.equal(found.length, 5, stderr);
  assert.match(found[0]!, /^2 unknown key `sead`; did you mean `seed`\?/);
  assert.match(found[1]!, /^4 stage `make` has no parameter `txet`; did you mean `text`\?/);
  assert.match(
    found[2]!,
    /^6 parameter `value` of stage `grow`: it wants a number, and this is the text "many"/,
  );
  assert.match(found[3]!, /^\d+ axis `regime` has no `SP`; did you mean `SB`\?/);
  assert.match(found[4]!, /^\d+ cannot load report\.ts: Cannot use the module as a stage/);
  assert.match(stderr, /5 faults; nothing was started/);
});

Deno.test("a fault brings no others with it", async () => {
  await using study = await smallStudy();
  // With the group goes the parameter; that it is missing is no fault of its own.
  await study.edit("make.ts", "text: z.string().optional()", "text: z.string()");
  await study.edit("pipeline.yaml", "params: [base]", "params: [bsae]");
  const { stderr } = await study.basin("check");
  assert.match(stderr, /there is no group `params\.bsae`; did you mean `base`\?/);
  assert.match(stderr, /\n1 fault; nothing was started/);
  await study.edit("pipeline.yaml", "params: [bsae]", "params: []");
  assert.match(
    (await study.basin("check")).stderr,
    /parameter `text` of stage `make` has no value/,
  );
});

Deno.test("excluded inputs and wrong values come in one go", async () => {
  await using study = await smallStudy();
  await study.edit(
    "pipeline.yaml",
    "matrix: [regime, trial]",
    "matrix: [regime, trial]\n    exclude: [{ regime: SB, trial: 1 }]",
  );
  await study.edit("pipeline.yaml", "{ value: 4 }", "{ value: -4 }");
  const { code, stderr } = await study.basin("plan");
  assert.equal(code, 2);
  assert.match(stderr, /reads grow\[regime=SB,trial=1\], which is excluded/);
  assert.match(
    stderr,
    /parameter `value` of stage `grow`: it wants a number of at least 0, and this is the number -4/,
  );
  assert.match(stderr, /2 faults; nothing was started/);
});

/** A study of each kind of fault that only shows under its own profile, with its place. */
const FAULTY: Record<string, [text: string, fault: string]> = {
  aa: [
    "params: { base: { text: 7 } }\n",
    "studies/aa.yaml:1:25: parameter `text` of stage `make`: it wants text",
  ],
  bb: [
    "description: x\nparams: { small: { valeu: 2 } }\n",
    "studies/bb.yaml:2:20: no stage with the axis `regime` has a parameter `valeu`",
  ],
  cc: [
    "stages: { make: { timeout: soon } }\n",
    'studies/cc.yaml:1:28: "soon" is no duration',
  ],
  dd: [
    "stages: { grow: { exclude: [{ regime: SB, trial: 1 }] } }\n",
    "pipeline.yaml:20:54: sum[trial=1] reads grow[regime=SB,trial=1], which is excluded",
  ],
};

async function withStudies(study: ToyStudy, texts: Record<string, string>): Promise<void> {
  await Deno.mkdir(join(study.folder, "studies"), { recursive: true });
  for (const [name, text] of Object.entries(texts)) await study.write(`studies/${name}.yaml`, text);
}

Deno.test("check names the faults of all profiles, each once", async () => {
  await using study = await smallStudy();
  const texts = Object.entries(FAULTY).map(([name, [text]]) => [name, text]);
  await withStudies(study, { ...Object.fromEntries(texts), sound: "only: [make]\n" });
  const { code, stdout, stderr } = await study.basin("check", "--json");
  assert.equal(code, 2);
  assert.deepEqual(JSON.parse(stdout), { error: stderr.trimEnd(), exit: 2 });
  for (const [name, [, fault]] of Object.entries(FAULTY)) {
    assert.ok(stderr.includes(`under the profile \`${name}\`:\n${fault}`), stderr);
  }
  assert.doesNotMatch(stderr, /`(default|smoke|sound)`:/);
  assert.match(stderr, /\n4 faults; nothing was started\n$/);
  // What is wrong with the study itself is wrong under every profile.
  await study.edit("pipeline.yaml", "seed: 7", "sead: 7");
  const more = (await study.basin("check")).stderr;
  assert.match(more, /^pipeline\.yaml:2:1: unknown key `sead`/);
  assert.equal(more.split("unknown key").length, 2, more);
  for (const name of ["aa", "bb", "cc"]) assert.ok(more.includes(FAULTY[name]![1]), more);
});

Deno.test("gc removes nothing while a profile has faults, and names them all", async () => {
  await using study = await smallStudy();
  const sound = { aa: "params: { base: { text: other } }\n", bb: "only: [make]\n" };
  await withStudies(study, sound);
  await study.basin("run", "--profile", "aa");
  const before = await study.view();
  await Deno.remove(join(study.folder, "artifacts/view"), { recursive: true });
  await withStudies(study, { aa: FAULTY["aa"]![0], bb: FAULTY["cc"]![0] });
  const refused = await study.basin("gc", "--keep", "0", "--yes");
  assert.equal(refused.code, 2);
  assert.equal(refused.stdout, "");
  assert.match(refused.stderr, /^Cannot tell what can be removed: .* faults under `aa`, `bb`;/);
  assert.match(refused.stderr, /studies\/aa\.yaml:1:25: .*studies\/bb\.yaml:1:28: .*2 faults/s);
  // Once they are mended the results are those that the study needs.
  await withStudies(study, sound);
  assert.equal((await study.basin("gc", "--keep", "0", "--yes")).code, 0);
  const ran = await study.startsDuring(() => study.basin("run", "--profile", "aa"));
  assert.deepEqual(ran, []);
  assert.deepEqual(await study.view(), before);
});

Deno.test("check shows a line for each profile, its cells below one another", async () => {
  await using study = await smallStudy();
  await withStudies(study, {
    "a-long-name": "axes: { trial: { range: [0, 5] } }\n",
    one: "only: [make]\n",
  });
  const { code, stdout } = await study.basin("check");
  assert.equal(code, 0);
  assert.equal(
    stdout,
    `pipeline.yaml: 4 stages; no faults under 4 profiles
  default       8 cells
  smoke         5 cells
  a-long-name  17 cells
  one           1 cell
`,
  );
  assert.deepEqual(JSON.parse((await study.basin("check", "--json")).stdout), {
    stages: 4,
    cells: { default: 8, smoke: 5, "a-long-name": 17, one: 1 },
  });
});

Deno.test("gc removes nothing while it cannot look into the folder of studies", async () => {
  await using study = await smallStudy();
  await Deno.symlink("studies", `${study.folder}/studies`);
  const { code, stderr } = await study.basin("gc", "--yes");
  assert.equal(code, 2);
  assert.match(
    stderr,
    /Cannot read studies: its links lead in a circle; mend that, or move it away/,
  );
});

Deno.test("check names a study of another folder by a path that leads there", async () => {
  await using study = await smallStudy();
  await Deno.mkdir(`${study.folder}/other`);
  await study.write("other/pipeline.yaml", "version: 2\n");
  const { stderr } = await study.basin("check", "--file", "other/pipeline.yaml");
  assert.match(stderr, /^other\/pipeline\.yaml:1:1/m);
  const up = new URL(`file://${study.folder}/other/`);
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", BASIN, "check", "--file", "../pipeline.yaml"],
    cwd: up,
  }).output();
  assert.match(
    new TextDecoder().decode(output.stdout),
    /^\.\.\/pipeline\.yaml: 4 stages; no faults/,
  );
});
