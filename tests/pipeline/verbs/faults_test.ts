/** Black-box tests of how faults of a study are reported. */
import assert from "node:assert/strict";
import { smallStudy } from "../toy_study.ts";

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
