/** The real command line on a stage whose names get into each other's way. */
import assert from "node:assert/strict";
import { toyStudy } from "../pipeline/toy_study.ts";

const STAGE = `import { z } from "zod";
const number = z.number().optional();
export default { summary: "A toy", parameters: z.strictObject({
    eps: number, maxIter: number, max_iter: number, noBias: number, bias: number,
    help: number, profile: z.string().optional() }),
  // deno-lint-ignore no-explicit-any
  async run(c: any) { Deno.writeTextFileSync(c.output("metrics"), JSON.stringify(c.parameters)); } };
`;

async function crowdedStudy() {
  const study = await toyStudy(`version: 1
axes: { eps: [1e-3, 5e-4] }
stages:
  toy: { run: crowded.ts, matrix: [eps], params: [{ help: 1 }], outputs: { metrics: m.json } }
`);
  await study.write("crowded.ts", STAGE);
  return study;
}

Deno.test("runStage() tells names apart that differ in hyphens alone, and leaves those of every verb", async () => {
  await using study = await crowdedStudy();
  const { code, stdout } = await study.basin("stage", "toy", "--help");
  assert.equal(code, 0);
  assert.match(stdout, /--maxIter <value>/);
  assert.match(stdout, /--max_iter <value>/);
  assert.match(stdout, /--no-bias, --noBias <value>/);
  assert.match(stdout, /No flag is for help, profile, for every verb has options of these names/);
  const flags = ["--maxIter=3", "--max_iter", "4", "--no-bias", "5", "--bias", "6"];
  const ran = await study.basin("stage", "toy", "--eps", "1e-3", "--json", ...flags);
  assert.equal(ran.code, 0, ran.stderr);
  const row = { eps: 0.001, maxIter: 3, "max_iter": 4, noBias: 5, bias: 6, help: 1 };
  assert.deepEqual(JSON.parse(ran.stdout), [{ ...row, eps: "0.001" }]);
});

Deno.test("runStage() refuses a flag that is given twice, and takes a value twice for once", async () => {
  await using study = await crowdedStudy();
  const twice = await study.basin("stage", "toy", "--eps", "1e-3", "--eps", "5e-4");
  assert.equal(twice.code, 2);
  assert.match(twice.stderr, /Cannot use --eps twice: give its values at once, as in --eps a,b/);
  const other = await study.basin("stage", "toy", "--bias", "1", "--bias", "2");
  assert.match(other.stderr, /Cannot use --bias twice: give it once/);
  const same = await study.basin("stage", "toy", "--eps", "7e-3,0.007,1e-3,0.001", "--json");
  assert.deepEqual(JSON.parse(same.stdout), [{ eps: "0.007", help: 1 }, { eps: "0.001", help: 1 }]);
});
