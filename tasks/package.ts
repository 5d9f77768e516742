/**
 * `deno task package`: writes the npm package `basin-sharpness` as a tarball.
 *
 * In it are the program as it stands, which `bin.mjs` starts by npm's own Deno, and the library
 * (`lib/mod.ts`) as JavaScript, which needs no Deno where it needs no engine.
 */
import { parseArgs } from "node:util";
import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { createTarPacker } from "modern-tar";
import { checkTarget } from "../lib/pipeline/store/named_file.ts";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const NAME = "basin-sharpness";
/** The Deno that the README names, and that the tests run under. */
const DENO = "2.9.6";
/** What of the project a user runs; tests and documents stay in the repository. */
const PROGRAM = ["lib", "tasks", "studies", "pipeline.yaml", "deno.json", "deno.lock"];
const DOCUMENTS = ["README.md", "LICENSE", "CHANGELOG.md"];
/** Equal files make equal tarballs, whenever they are packed. */
const EPOCH = new Date(0);
const HELP = `Write the npm package: deno task package [options]

  --out <file>  the tarball (default: artifacts/basin-sharpness-VERSION.tgz)
  --help        this text

Example: deno task package && npm install artifacts/basin-sharpness-0.1.0.tgz
`;

/** A file of the package: its path, and what it holds. */
export interface PackageFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);

async function main(args: readonly string[]): Promise<number> {
  const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(text));
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { out: { type: "string" }, help: { type: "boolean" } },
    });
    if (values.help) {
      say(HELP);
      return 0;
    }
    if (values.out !== undefined) checkTarget(values.out);
    const files = await packageFiles();
    const { version } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
    const out = values.out ?? join(PROJECT, "artifacts", `${NAME}-${version}.tgz`);
    await Deno.mkdir(join(out, ".."), { recursive: true });
    await writeTarball(files, out);
    const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
    say(`${relative(Deno.cwd(), out)}: ${files.length} files, ${(bytes / 1e6).toFixed(1)} MB\n`);
    return 0;
  } catch (error) {
    Deno.stderr.writeSync(new TextEncoder().encode(`${(error as Error).message}\n`));
    return error instanceof TypeError || error instanceof RangeError ? 2 : 1;
  }
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
    { path: "bin.mjs", bytes: await Deno.readFile(join(PROJECT, "tasks/npm/bin.mjs")) },
    { path: "package.json", bytes: await manifest(hash.digest("hex")) },
  ]);
}

async function manifest(digest: string): Promise<Uint8Array> {
  const { version, license } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
  const text = JSON.stringify(
    {
      name: NAME,
      version,
      description: "How sharp is a minimum? Metric 2.1 of Keskar et al. 2017, spectra, and more",
      license,
      type: "module",
      bin: { basin: "bin.mjs", [NAME]: "bin.mjs" },
      exports: { ".": "./dist/mod.js" },
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

async function writeTarball(files: readonly PackageFile[], out: string): Promise<void> {
  const { readable, controller } = createTarPacker();
  const pack = async () => {
    for (const { path, bytes } of files) {
      const entry = controller.add({
        name: `package/${path}`,
        size: bytes.length,
        type: "file",
        mtime: EPOCH,
        mode: path === "bin.mjs" ? 0o755 : 0o644,
      });
      const writer = entry.getWriter();
      await writer.write(bytes);
      await writer.close();
    }
    controller.finalize();
  };
  const staged = `${out}.part`;
  const target = await Deno.open(staged, { write: true, create: true, truncate: true });
  await Promise.all([
    pack(),
    readable.pipeThrough(new CompressionStream("gzip")).pipeTo(target.writable),
  ]);
  await Deno.rename(staged, out);
}
