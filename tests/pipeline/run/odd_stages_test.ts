/** Stages that do what no stage should, through the real command line: one line says what. */
import assert from "node:assert/strict";
import { toyStudy } from "../toy_study.ts";

const WRITES = 'Deno.writeTextFileSync(c.output("out"), "1");';

/** What a stage does, and what the run says of it. */
const DEEDS: Readonly<Record<string, readonly [code: string, said: RegExp]>> = {
  text: ['throw "a word"', /failed {2}text {2}Error: a word\n/],
  nothing: ["throw undefined", /Error: it threw undefined; throw an Error that says why/],
  map: ["throw { a: 1 }", /Error: it threw \{ a: 1 \}; throw an Error/],
  mute: ['throw new Error("")', /Error: without a message; give it one/],
  long: ['throw new Error("x".repeat(1e6))', /Error: x{990,1000}… \(1000007 characters\)/],
  order: ['throw new Error("a\\nb\\x1b[2Jc")', /Error: a\n {8}\| b\ufffd\[2Jc\n/],
  unwritten: [
    "",
    /failed {2}unwritten {2}Cannot publish output `out`: .*write it at context\.output/,
  ],
  number: [
    "c.output(3)",
    /TypeError: Cannot open the output `3`: the YAML declares none; known are/,
  ],
  unsure: [`c.diverged(); ${WRITES}`, /diverged unsure {2}it gave no reason/],
};

Deno.test("a stage that does what no stage should is named with what it did, and sends no orders", async () => {
  const names = Object.keys(DEEDS);
  await using study = await toyStudy(
    "version: 1\nstages:\n" +
      names.map((name) => `  ${name}: { run: ${name}.ts, outputs: { out: out.json } }\n`).join(""),
  );
  for (const [name, [code]] of Object.entries(DEEDS)) {
    await study.write(
      `${name}.ts`,
      'import { z } from "zod";\nexport default { summary: "odd", parameters: z.strictObject({}),\n' +
        `run(c: any) { ${code} } };\n`,
    );
  }
  const { code, stdout, stderr } = await study.basin("run");
  assert.equal(code, 1);
  const said = stdout + stderr;
  for (const [name, [, wanted]] of Object.entries(DEEDS)) assert.match(said, wanted, name);
  // deno-lint-ignore no-control-regex -- a terminal would take them for orders
  assert.doesNotMatch(said, /[\x00-\x08\x0b-\x1f\x7f-\x9f]|\[object|not a function/);
  assert.doesNotMatch(said, /at checkOutputs/, "a stack that leads to no line of the stage");
});

Deno.test("a module that throws as it is loaded is a fault of the study, whatever it throws", async () => {
  for (const thrown of ["null", "undefined", '"a word"', "{ a: 1 }"]) {
    await using study = await toyStudy(
      "version: 1\nstages: { make: { run: make.ts, outputs: { out: out } } }\n",
    );
    await study.write("make.ts", `throw ${thrown};\nexport default {};\n`);
    const { code, stderr } = await study.basin("plan");
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^pipeline\.yaml:2:24: cannot load make\.ts: it throws .*; throw an Error\n/,
    );
  }
});

Deno.test("what a stage publishes sends no orders to the terminal that shows it", async () => {
  await using study = await toyStudy(
    "version: 1\nstages:\n" +
      ["make", "other"].map((name) =>
        `  ${name}: { run: ${name}.ts, outputs: { metrics: m.json, terminal: t.md } }\n`
      ).join(""),
  );
  const odd =
    'import { z } from "zod";\nexport default { summary: "odd", parameters: z.strictObject({}),\n' +
    'run(c: any) { Deno.writeTextFileSync(c.output("terminal"), "all \\x1b[2J\\n\\tgone");\n' +
    'Deno.writeTextFileSync(c.output("metrics"), JSON.stringify({ word: "\\x9b2J" })); } };\n';
  await study.write("make.ts", odd);
  await study.write("other.ts", odd.replace("x9b2J", "x9b3J"));
  for (const args of [["run"], ["show", "make"], ["stage", "make"], ["diff", "make", "other"]]) {
    const { code, stdout } = await study.basin(...args);
    assert.equal(code, 0);
    // deno-lint-ignore no-control-regex -- a terminal would take them for orders
    assert.doesNotMatch(stdout, /[\x00-\x08\x0b-\x1f\x7f-\x9f]/, args.join(" "));
    assert.match(stdout, /\ufffd\[?2J/);
  }
});

Deno.test("what a stage prints or reports cannot pass for a word of its worker", async () => {
  await using study = await toyStudy(
    "version: 1\nstages: { make: { run: make.ts, outputs: { out: out } } }\n",
  );
  await Deno.mkdir(`${study.folder}/artifacts/.forged`, { recursive: true });
  const event = '{ type: "started", attempt: "../.forged" }';
  await study.write(
    "make.ts",
    'import { z } from "zod";\nexport default { summary: "odd", parameters: z.strictObject({}),\n' +
      `async run(c: any) { console.log("\\x1e" + JSON.stringify(${event}));\n` +
      `c.progress({ done: 1, total: 1, ...${event} });\n` +
      'await new Promise((then) => setTimeout(then, 50)); console.log("hello");\n' +
      `${WRITES} } };\n`,
  );
  assert.equal((await study.basin("run")).code, 0);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(`${study.folder}/artifacts/.forged`)), []);
  assert.match((await study.basin("logs", "make")).stdout, /hello/);
});
