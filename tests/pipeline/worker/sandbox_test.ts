import assert from "node:assert/strict";
import type { Job } from "../../../lib/pipeline/worker/job.ts";
import { rightsOf } from "../../../lib/pipeline/worker/sandbox.ts";
import { temporaryFolder } from "../../support/temporary_folder.ts";
import { smallStudy, type ToyStudy, toyStudy } from "../toy_study.ts";

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
  closes: {
    body: "self.close(); await new Promise(() => {});",
    yaml: "timeout: 20s",
    fails: /Cannot end the process from a stage/,
  },
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

/** A job that declares nothing, at paths that need not exist. */
function rightsAt(
  { project = "/project", modules = {}, read = [], engine = false }: {
    project?: string;
    modules?: Record<string, string>;
    read?: string[];
    engine?: boolean;
  },
) {
  const job = {
    project,
    lazy: [],
    access: { read, write: [], net: false, env: [] },
    document: { modules, packages: {}, preimage: engine ? { engine: {} } : {} },
  } as unknown as Job;
  const attempt = { work: "/work", scratch: "/scratch", inputs: "/inputs" };
  const folders = { engine: ["/engine"], downloads: [], compiled: ["/compiled"], pointers: false };
  return rightsOf(job, { inputs: [], checkpoints: "/kept" }, attempt as never, folders);
}

Deno.test("rightsOf() lets a stage load native code only if it declares the engine", () => {
  assert.equal(rightsAt({ engine: false }).ffi, false);
  assert.deepEqual(rightsAt({ engine: true }).ffi, ["/project/node_modules", "/engine"]);
});

Deno.test("rightsOf() grants what links lead to beside the links, wherever in a path they are", async () => {
  await using folder = await temporaryFolder();
  const root = await Deno.realPath(folder.path);
  await Deno.mkdir(`${root}/elsewhere/packages`, { recursive: true });
  await Deno.mkdir(`${root}/project`);
  await Deno.writeTextFile(`${root}/project/stage.ts`, "");
  await Deno.symlink(`${root}/elsewhere/packages`, `${root}/project/node_modules`);
  await Deno.symlink("stage.ts", `${root}/project/alias.ts`);
  await Deno.symlink(`${root}/nowhere`, `${root}/project/dangling`);
  await Deno.symlink("loop", `${root}/project/loop`);
  await Deno.symlink(`${root}/project`, `${root}/link`);
  const at = (project: string) => ({
    project: `${root}/${project}`,
    modules: { "stage.ts": "", "alias.ts": "" },
    read: ["dangling", "loop", "later/file.txt"].map((name) => `${root}/${project}/${name}`),
    engine: true,
  });
  for (const project of ["project", "link"]) {
    const { read, ffi } = rightsAt(at(project));
    for (
      const path of [
        `${project}/stage.ts`,
        `${project}/alias.ts`,
        `${project}/dangling`,
        `${project}/loop`,
        `${project}/later/file.txt`,
        "project/stage.ts",
        "project/later/file.txt",
        "elsewhere/packages",
      ]
    ) {
      assert.ok((read as string[]).includes(`${root}/${path}`), `${project}: ${path}`);
    }
    for (const path of [`${root}/${project}/node_modules`, `${root}/elsewhere/packages`]) {
      assert.ok((ffi as string[]).includes(path), `${project}: ${path}`);
    }
  }
  const unlinked = rightsAt({ project: `${root}/elsewhere` }); // without packages
  assert.ok((unlinked.read as string[]).includes(`${root}/elsewhere/node_modules`));
});

Deno.test("runWorker() computes a study that is named through links, under the same keys", async () => {
  await using study = await smallStudy();
  await using folder = await temporaryFolder();
  await Deno.symlink(study.folder, `${folder.path}/link`);
  await Deno.mkdir(`${study.folder}/far`);
  await Deno.rename(`${study.folder}/grow.ts`, `${study.folder}/far/grow.ts`);
  await Deno.symlink(`${study.folder}/far/grow.ts`, `${study.folder}/grow.ts`);
  await study.write("far/half.ts", "export const half = (x: number) => x / 4;\n");
  // The toy looks beside its own file.
  await study.edit("pipeline.yaml", "write: [starts.log]", "write: [starts.log, far/starts.log]");
  const linked = await study.basin("--file", `${folder.path}/link/pipeline.yaml`, "run");
  assert.equal(linked.code, 0, linked.stderr);
  assert.match(linked.stdout, /8 cells ran/);
  const grown = await study.read("artifacts/view/grow/regime=LB,trial=0/out.json");
  assert.equal(JSON.parse(grown).half, 16, "of the module beside the file, as in the key");
  assert.match((await study.basin("run")).stdout, /nothing to do: 8 cells up to date/);
});
