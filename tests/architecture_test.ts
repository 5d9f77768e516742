import assert from "node:assert/strict";
import {
  architectureFaults,
  ENTRY_LINE_LIMIT,
  type Layer,
  LINE_LIMIT,
} from "./support/architecture.ts";
import { sourceFiles } from "./support/source_files.ts";

/** Which folder of `lib/` may import which; a new folder gets its row first. */
const LAYERS: Readonly<Record<string, Layer>> = {
  // Pure mathematics: no engine, no packages, no files.
  wasm: { folders: [] },
  linalg: { folders: ["wasm"] },
  random: { folders: ["wasm"] },
  optim: { folders: ["linalg"] },
  sharpness: { folders: ["optim", "linalg", "random"] },
  curvature: { folders: ["linalg", "random"] },
  landscape: { folders: ["optim", "linalg", "random"] },
  // The differentiable graph and what runs it.
  graph: { folders: [] },
  engine: {
    folders: ["graph"],
    packages: [
      "@tensorflow/tfjs-core",
      "@tensorflow/tfjs-node",
      "@tensorflow/tfjs-backend-cpu",
      "@tensorflow/tfjs-backend-wasm",
      "@tensorflow/tfjs-backend-webgpu",
      "protobufjs",
      "yauzl",
    ],
    builtins: true,
  },
  // Networks and data become objectives.
  data: {
    folders: ["linalg", "random"],
    packages: [
      "mnist",
      "modern-tar",
      "fflate",
      "fast-png",
      "jpeg-js",
      "hyparquet",
      "hyparquet-compressors",
    ],
    builtins: true,
  },
  // Where data sets come from: files, the network, checksums.
  acquisition: { folders: ["data"], builtins: true },
  losses: { folders: ["graph"] },
  networks: { folders: ["graph", "losses", "random"], packages: ["protobufjs"] },
  objective: {
    folders: ["graph", "losses", "networks", "data", "engine", "linalg", "random"],
    types: ["optim"],
  },
  training: {
    folders: ["objective", "networks", "data", "graph", "engine", "random", "linalg"],
  },
  // What surrounds the computation.
  report: { folders: [], packages: ["arquero", "vega", "vega-lite"] },
  pipeline: {
    folders: [],
    order: ["verbs", "open", "batch", "run", "worker", "display", "store", "plan", "key", "config"],
    packages: [
      "zod",
      "yaml",
      "esbuild",
      "log-update",
      "modern-tar",
      "hyparquet-writer",
    ],
    builtins: true,
  },
  // What measures of all kinds have in common, for a stage and for a model of one's own.
  measures: {
    folders: ["sharpness", "curvature", "linalg", "graph", "networks", "objective"],
    types: ["optim"],
  },
  // Where both sides meet: what the stages, and the verbs that write pages, have in common.
  study: {
    folders: ["*"],
    packages: ["zod"],
    builtins: true,
  },
  // `basin measure`: a model that Basin did not train.
  // deno-lint-ignore camelcase -- the name of a folder
  own_model: {
    folders: ["*"],
    packages: ["zod"],
    builtins: true,
  },
  // The npm package of all this.
  release: { folders: [], packages: ["esbuild", "typescript"], builtins: true },
  // Flags, streams and signals; loads what a verb needs.
  // deno-lint-ignore camelcase -- the name of a folder
  command_line: {
    folders: ["pipeline", "engine", "study", "own_model"],
    packages: ["commander"],
    builtins: true,
  },
  // The library's entry, and the types that its signatures name.
  "types.ts": { folders: ["*"] },
  "mod.ts": { folders: ["*"] },
};

Deno.test("the repository keeps to its architecture", async () => {
  const files = await sourceFiles(["lib", "tasks", "tests"]);
  assert.ok(files.some(({ path }) => path === "tests/architecture_test.ts"), "found no files");
  assert.deepEqual(architectureFaults(files, LAYERS), []);
});

/** Faults of a tree of one file, without its path. */
function faultsOf(path: string, text: string): string[] {
  return architectureFaults([{ path, text }], LAYERS).map((fault) => fault.slice(path.length + 2));
}

Deno.test("architectureFaults() finds every forbidden arrow", () => {
  const forbidden: [string, string, string][] = [
    ["lib/graph/a.ts", 'import { x } from "../linalg/x.ts";', "graph may not import linalg"],
    ["lib/optim/a.ts", 'import * as x from "../engine/x.ts";', "optim may not import engine"],
    ["lib/curvature/a.ts", 'export * from "../sharpness/x.ts";', "curvature may not import sharpn"],
    ["lib/engine/b/a.ts", 'const x = import("../../data/x.ts");', "engine may not import data"],
    ["lib/pipeline/a.ts", 'import "../engine/x.ts";', "pipeline may not import engine"],
    ["lib/report/a.ts", 'import type { X } from "../optim/x.ts";', "report may not import optim"],
    ["lib/data/a.ts", 'import x from "../../tasks/x.ts";', "data may not import tasks"],
    ["lib/mod.ts", 'export { x } from "../tasks/x.ts";', "mod.ts may not import tasks"],
    ["tasks/a.ts", 'import { x } from "../tests/x.ts";', "tasks may not import tests"],
    ["tasks/a.ts", 'import { x } from "./x.ts";', "an entry point may not import another"],
    ["tasks/x/a.ts", 'import x from "../x.ts";', "an entry point may not import another"],
    ["lib/optim/a.ts", 'import { z } from "zod";', "optim may not import zod"],
    ["lib/optim/a.ts", 'import { readFile } from "node:fs";', "optim may not import node:fs"],
    ["lib/new/a.ts", "", 'folder "new" has no row in the table of layers'],
    ["lib/graph/a.ts", 'import {\n  x,\n  y,\n} from\n  "../linalg/x.ts";', "graph may not import"],
    ["lib/graph/a.ts", 'const s = "/*"; import("../linalg/x.ts");', "graph may not import"],
  ];
  for (const [path, text, fault] of forbidden) {
    const found = faultsOf(path, text);
    assert.equal(found.length, 1, `${path} ${text}: ${found}`);
    assert.ok(found[0]!.startsWith(fault), found[0]);
  }
});

Deno.test("architectureFaults() allows what the table allows", () => {
  const allowed: [string, string][] = [
    ["lib/graph/ops/a.ts", 'import { x } from "../x.ts";'],
    ["lib/sharpness/a.ts", 'import { x } from "../optim/x.ts";'],
    ["lib/objective/a.ts", 'import type { Objective } from "../optim/objective.ts";'],
    ["lib/engine/a.ts", 'import { Writer } from "protobufjs/minimal.js";'],
    ["lib/engine/a.ts", 'import { join } from "node:path";'],
    ["lib/optim/a.ts", 'verb("import", "a name and no module");'],
    ["lib/graph/a.ts", '// import { x } from "../engine/x.ts";\n/* from "../engine/x.ts" */'],
    ["tasks/a.ts", 'import { x } from "../lib/engine/x.ts"; import { z } from "zod";'],
    ["tests/a_test.ts", 'import { x } from "../tasks/x.ts";'],
  ];
  for (const [path, text] of allowed) assert.deepEqual(faultsOf(path, text), [], text);
  assert.deepEqual(
    faultsOf("lib/objective/a.ts", 'import { minimizeInBox } from "../optim/lbfgsb.ts";'),
    ["objective may not import optim but its types (../optim/lbfgsb.ts)"],
  );
});

Deno.test("architectureFaults() finds imports against the order of a layer's folders", () => {
  const upwards: [string, string, string][] = [
    [
      "lib/pipeline/run/a.ts",
      'import { x } from "../open/x.ts";',
      "run may not import open, which",
    ],
    [
      "lib/pipeline/key/a.ts",
      'import type { X } from "../plan/b/x.ts";',
      "key may not import plan",
    ],
    ["lib/pipeline/new/a.ts", 'import { x } from "../run/x.ts";', 'folder "new" has no place'],
  ];
  for (const [path, text, fault] of upwards) {
    const [found, ...others] = faultsOf(path, text);
    assert.ok(found?.startsWith(fault), found);
    assert.deepEqual(others, []);
  }
  const fine = 'import { x } from "../config/x.ts"; import { y } from "../../stage.ts";';
  assert.deepEqual(
    faultsOf("lib/pipeline/run/b/a.ts", fine.replace("../config", "../../config")),
    [],
  );
  assert.deepEqual(faultsOf("lib/pipeline/stage.ts", 'import { x } from "./plan/x.ts";'), []);
});

Deno.test("architectureFaults() finds long files and names without a concept", () => {
  assert.deepEqual(faultsOf("tests/a.ts", "\n".repeat(LINE_LIMIT)), []);
  assert.deepEqual(faultsOf("tests/a.ts", "\n".repeat(LINE_LIMIT + 1)), [
    "has 401 lines, more than 400",
  ]);
  assert.deepEqual(faultsOf("tasks/a.ts", "\n".repeat(ENTRY_LINE_LIMIT)), []);
  assert.deepEqual(faultsOf("tasks/a.ts", "\n".repeat(ENTRY_LINE_LIMIT + 1)), [
    "has 151 lines, more than 150; what is more than an entry point belongs to lib",
  ]);
  assert.deepEqual(faultsOf("lib/optim/utils.ts", ""), ["is named after no concept"]);
});

Deno.test("architectureFaults() finds hidden randomness, console output and notes to self", () => {
  assert.deepEqual(faultsOf("tests/a.ts", "const x = Math.random();"), [
    "uses Math.random; use a named stream",
  ]);
  assert.deepEqual(faultsOf("lib/optim/a.ts", "console.log(1);"), [
    "writes to the console; only tasks may",
  ]);
  assert.deepEqual(faultsOf("tasks/a.ts", "console.log(1);"), []);
  assert.deepEqual(faultsOf("lib/optim/a.ts", '// no Math.random\nconst s = "console.log";'), []);
  for (const word of ["TO" + "DO", "FIX" + "ME", "X".repeat(3)]) {
    assert.deepEqual(faultsOf("tasks/a.ts", `// ${word}: later`), [`contains the word ${word}`]);
  }
});

Deno.test("architectureFaults() finds circles of files, also of types alone", () => {
  const a = { path: "lib/graph/a.ts", text: 'import { b } from "./b.ts";' };
  const b = { path: "lib/graph/b.ts", text: 'import type { C } from "./ops/c.ts";' };
  const c = { path: "lib/graph/ops/c.ts", text: 'import type { A } from "../a.ts";' };
  const [fault, ...others] = architectureFaults([a, b, c], LAYERS);
  assert.match(
    fault!,
    /circle of files: lib\/graph\/a\.ts → .*b\.ts → .*c\.ts → lib\/graph\/a\.ts$/,
  );
  assert.deepEqual(others, []);
  assert.deepEqual(architectureFaults([a, { ...b, text: "" }, c], LAYERS), []);
});
