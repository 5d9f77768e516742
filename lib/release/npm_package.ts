/** The files of the npm package `basin-sharpness`: the program as it stands, and the library. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { declarationsOf } from "./declarations.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
/** What npm calls the package. */
export const PACKAGE_NAME = "basin-sharpness";
/** The Deno that the README names, and that the tests run under. */
const DENO = "2.9.6";
/** What of the project a user runs; tests and documents stay in the repository. */
const PROGRAM = ["lib", "tasks", "studies", "pipeline.yaml", "deno.json", "deno.lock"];
const DOCUMENTS = ["README.md", "LICENSE", "CHANGELOG.md"];

/** A file of the package: its path, and what it holds. */
export interface PackageFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** All files of the package, in the order of their paths. */
export async function packageFiles(): Promise<PackageFile[]> {
  const program: PackageFile[] = [];
  for (const name of PROGRAM) {
    for await (const path of filesBelow(name)) {
      program.push({ path: `program/${path}`, bytes: await Deno.readFile(join(PROJECT, path)) });
    }
  }
  const hash = createHash("sha256");
  for (const { path, bytes } of byPath(program)) hash.update(`${path}\n`).update(bytes);
  const documents = await Promise.all(DOCUMENTS.map(async (path) => ({
    path,
    bytes: await Deno.readFile(join(PROJECT, path)),
  })));
  return byPath([
    ...program,
    ...documents,
    ...await library(),
    ...declarationsOf(join(PROJECT, "lib/mod.ts")).map(({ path, text }) => ({
      path: `dist/${path}`,
      bytes: new TextEncoder().encode(text),
    })),
    { path: "bin.mjs", bytes: await Deno.readFile(join(PROJECT, "tasks/npm/bin.mjs")) },
    { path: "package.json", bytes: await manifest(hash.digest("hex")) },
  ]);
}

async function manifest(digest: string): Promise<Uint8Array> {
  const { version, license } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
  const text = JSON.stringify(
    {
      name: PACKAGE_NAME,
      version,
      description: "How sharp is a minimum? Metric 2.1 of Keskar et al. 2017, spectra, and more",
      license,
      type: "module",
      bin: { basin: "bin.mjs", [PACKAGE_NAME]: "bin.mjs" },
      exports: { ".": { types: "./dist/mod.d.ts", default: "./dist/mod.js" } },
      types: "./dist/mod.d.ts",
      dependencies: { deno: DENO },
      engines: { node: ">=20" },
      digest,
    },
    undefined,
    2,
  );
  return new TextEncoder().encode(`${text}\n`);
}

/** `lib/mod.ts` as JavaScript; what needs an engine lies in files of its own, loaded when wanted. */
async function library(): Promise<PackageFile[]> {
  try {
    const { outputFiles } = await esbuild.build({
      entryPoints: [join(PROJECT, "lib/mod.ts")],
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "neutral",
      target: "es2024",
      external: ["@tensorflow/*", "node:*"],
      mainFields: ["module", "main"],
      outdir: "dist",
      write: false,
      logLevel: "silent",
    });
    return outputFiles.map(({ path, contents }) => ({
      path: `dist/${path.slice(path.lastIndexOf("/") + 1)}`,
      bytes: contents,
    }));
  } finally {
    await esbuild.stop();
  }
}

async function* filesBelow(path: string): AsyncGenerator<string> {
  const { isDirectory } = await Deno.stat(join(PROJECT, path));
  if (!isDirectory) return yield path;
  for await (const { name } of Deno.readDir(join(PROJECT, path))) {
    if (!name.startsWith(".")) yield* filesBelow(`${path}/${name}`);
  }
}

function byPath(files: readonly PackageFile[]): PackageFile[] {
  return files.toSorted((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}
