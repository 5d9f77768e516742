import assert from "node:assert/strict";
import type { Job } from "../../../lib/pipeline/worker/job.ts";
import { rightsOf } from "../../../lib/pipeline/worker/sandbox.ts";
import { type ToyStudy, toyStudy } from "../toy_study.ts";

/** Name → the body of its `run`, what the YAML says of it besides, and how its failure reads. */
const OFFENDERS: Record<string, { body: string; yaml?: string; fails?: RegExp }> = {
  reads: {
    body: 'Deno.readTextFileSync(new URL("secret.txt", import.meta.url));',
    fails:
      /Cannot read \S*secret\.txt: .*bind what it reads.*allow: \{ read: \[\S*secret\.txt\] \}/,
  },
  pries: {
    body: 'Deno.readTextFileSync(new URL("artifacts/FORMAT", import.meta.url));',
    fails: /Cannot read \S*FORMAT/,
  },
  writes: {
    body: 'Deno.writeTextFileSync(new URL("mess.txt", import.meta.url), "");',
    fails: /Cannot write \S*mess\.txt: .*context\.output/,
  },
  deletes: {
    body: 'Deno.removeSync(new URL("half.ts", import.meta.url));',
    fails: /Cannot write \S*half\.ts/,
  },
  connects: {
    body: 'await fetch("http://127.0.0.1:8765/");',
    fails: /Cannot use the network at 127\.0\.0\.1:8765: .*allow: \{ net: \[127\.0\.0\.1\] \}/,
  },
  starts: {
    body: "new Deno.Command(Deno.execPath()).outputSync();",
    fails: /Cannot start \S*deno: .*what programs do is in no key/,
  },
  spawns: {
    // That it did not run is seen below: no mess.txt.
    body: '(await import("node:child_process")).execFileSync("/usr/bin/env", ["touch", ' +
      'new URL("mess.txt", import.meta.url).pathname]);',
    fails: /Command failed|Cannot start/,
  },
  forks: {
    body: 'const { fork } = await import("node:child_process"); const child = ' +
      'fork(new URL("half.ts", import.meta.url)); await new Promise((_, no) => child.on("error", no));',
    fails: /failed/,
  },
  loads: {
    body: 'Deno.dlopen("libc.so.6", { system: { parameters: ["buffer"], result: "i32" } });',
    fails: /Cannot load native code from \S*libc\.so\.6: .*engine: true/,
  },
  forgets: {
    body: 'Promise.reject(new Error("nobody waits for this")); await new Promise(() => {});',
    fails: /nobody waits for this/,
  },
  exits: { body: "Deno.exit(0);", fails: /Cannot end the process from a stage/ },
  declares: {
    body: 'Deno.readTextFileSync(new URL("secret.txt", import.meta.url));',
    yaml: "allow: { read: [secret.txt] }",
  },
  keeps: {
    body: 'const file = await Deno.makeTempFile(); Deno.writeTextFileSync(file, "scratch");',
  },
};

async function offenders(): Promise<ToyStudy> {
  const stages = Object.entries(OFFENDERS).map(([name, { yaml }]) =>
    `  ${name}: { run: ${name}.ts, ${yaml ? `${yaml}, ` : ""}outputs: { out: out.txt } }\n`
  );
  const study = await toyStudy();
  await study.write("pipeline.yaml", `version: 1\nstages:\n${stages.join("")}`);
  await study.write("secret.txt", "42");
  for (const [name, { body }] of Object.entries(OFFENDERS)) {
    await study.write(
      `${name}.ts`,
      `import { z } from "zod";
import { half } from "./half.ts";
export default { summary: "", parameters: z.strictObject({}), async run(context: any) {
  ${body}
  Deno.writeTextFileSync(context.output("out"), String(half(2)));
} };
`,
    );
  }
  return study;
}

Deno.test("sandboxed() refuses all that is not declared, and says how to declare it", async () => {
  await using study = await offenders();
  const { code, stderr } = await study.basin("run");
  assert.equal(code, 1);
  for (const [name, { fails }] of Object.entries(OFFENDERS)) {
    const line = stderr.split("\n").find((line) => line.includes(` failed  ${name} `));
    if (fails) assert.match(line ?? `no failure of ${name}: ${stderr}`, fails);
    else assert.equal(line, undefined, line);
  }
  assert.equal(await study.read("half.ts").then((text) => text.length > 0), true);
  await assert.rejects(study.read("mess.txt"), "written in spite of all");
  const view = Object.keys(await study.view());
  assert.deepEqual(view, [
    "artifacts/view/declares/out.txt",
    "artifacts/view/keeps/out.txt",
  ]);
});

Deno.test("rightsOf() lets a stage load native code only if it declares the engine", () => {
  const rights = (engine: boolean) => {
    const preimage = engine ? { engine: {} } : {};
    const job = {
      project: "/project",
      lazy: [],
      access: { read: [], write: [], net: false, env: [] },
      document: { modules: {}, packages: {}, preimage },
    } as unknown as Job;
    const attempt = { work: "/work", scratch: "/scratch", inputs: "/inputs" };
    const folders = {
      engine: ["/engine"],
      downloads: [],
      compiled: ["/compiled"],
      pointers: false,
    };
    return rightsOf(job, { inputs: [], checkpoints: "/kept" }, attempt as never, folders).ffi;
  };
  assert.equal(rights(false), false);
  assert.deepEqual(rights(true), ["/project/node_modules", "/engine"]);
});
