import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import ts from "typescript";
import { packageFiles } from "../../lib/release/npm_package.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const files = await packageFiles();
const texts = new Map(files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]));

/** Measures a linear function, whose sharpness is known: see `sharpness()`. */
const SCRIPT = `
import { sharpness } from "./dist/mod.js";
const [slope, x] = [[1, -2, 3], Float64Array.of(0, 1, -4)];
const linear = {
  dimension: 3,
  evaluate: (y) => Promise.resolve({
    value: 0.5 + slope.reduce((sum, g, i) => sum + g * (y[i] - x[i]), 0),
    gradient: Float64Array.from(slope),
  }),
};
const { percent } = await sharpness(linear, x, { epsilon: 1e-3 });
console.log(percent.toFixed(6));
`;

Deno.test("the npm package has the program, the library and what starts them, and no tests", () => {
  for (const path of ["bin.mjs", "package.json", "README.md", "LICENSE", "dist/mod.js"]) {
    assert.ok(texts.has(path), path);
  }
  for (const path of ["tasks/basin.ts", "tasks/worker.ts", "deno.json", "deno.lock"]) {
    assert.ok(texts.has(`program/${path}`), path);
  }
  const strange = [...texts.keys()].filter((path) =>
    /(^|\/)(tests|artifacts|node_modules)\//.test(path)
  );
  assert.deepEqual(strange, []);
  const { version, dependencies, bin, exports } = JSON.parse(texts.get("package.json")!);
  assert.equal(version, JSON.parse(texts.get("program/deno.json")!).version);
  assert.deepEqual(Object.keys(dependencies), ["deno"]);
  for (const path of [...Object.values(bin), ...Object.values(exports["."])] as string[]) {
    assert.ok(texts.has(path.replace("./", "")), path);
  }
});

Deno.test("the npm package's library runs in Deno and in Node.js, outside of any project", async () => {
  await using folder = await temporaryFolder();
  for (const { path, bytes } of files.filter(({ path }) => path.startsWith("dist/"))) {
    mkdirSync(dirname(`${folder.path}/${path}`), { recursive: true });
    writeFileSync(`${folder.path}/${path}`, bytes);
  }
  writeFileSync(`${folder.path}/script.mjs`, SCRIPT);
  for (const [program, ...args] of [[Deno.execPath(), "run", "--no-config"], ["node"]]) {
    const { code, stdout, stderr } = await new Deno.Command(program!, {
      args: [...args, "script.mjs"],
      cwd: folder.path,
    }).output();
    assert.equal(code, 0, `${program}: ${new TextDecoder().decode(stderr)}`);
    // 100 Σ |g_i| ε (|x_i| + 1) / (1 + f(x))
    assert.equal(new TextDecoder().decode(stdout).trim(), (100 * 1e-3 * 20 / 1.5).toFixed(6));
  }
});

/** Uses types of several layers; the second half is wrong on purpose. */
const PROGRAM = `
import { type Objective, sharpness, importOnnx, stack, dense } from "basin-sharpness";
const bowl: Objective = {
  dimension: 2,
  evaluate: (x: Float64Array) => Promise.resolve({ value: x[0]! ** 2, gradient: x }),
};
export const percent: Promise<number> = sharpness(bowl, new Float64Array(2), { epsilon: 1e-3 })
  .then((found) => found.percent);
export const dimension: number =
  importOnnx("a.onnx", new Uint8Array(), { dataShape: [2] }).network.dimension;
export const network = stack("line", [1], [dense(1)]);
`;
const WRONG = `
import { sharpness } from "basin-sharpness";
export const text: string = sharpness(1, new Float64Array(2), { epsilon: "small" });
`;

Deno.test("the npm package's types serve a TypeScript program of Node's, and find its mistakes", async () => {
  await using folder = await temporaryFolder();
  const installed = `${folder.path}/node_modules/basin-sharpness`;
  for (const { path, bytes } of files.filter(({ path }) => !path.startsWith("program/"))) {
    mkdirSync(dirname(`${installed}/${path}`), { recursive: true });
    writeFileSync(`${installed}/${path}`, bytes);
  }
  const faultsOf = (name: string, text: string) => {
    writeFileSync(`${folder.path}/${name}`, text);
    const program = ts.createProgram([`${folder.path}/${name}`], {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2024,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      // Of Node.js no types, and of browsers none: a user may have neither.
      lib: ["lib.es2024.d.ts"],
      types: [],
    });
    return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) =>
      `${file?.fileName.slice(folder.path.length)}: ${
        ts.flattenDiagnosticMessageText(messageText, " ")
      }`
    );
  };
  assert.deepEqual(faultsOf("program.mts", PROGRAM), []);
  const faults = faultsOf("wrong.mts", WRONG).join("\n");
  assert.match(faults, /not assignable to type 'string'|'number' is not assignable/);
});
