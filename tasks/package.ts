/**
 * `deno task package`: writes the npm package `basin-sharpness` as a tarball.
 *
 * In it are the program as it stands, which `bin.mjs` starts by npm's own Deno, and the library
 * (`lib/mod.ts`) as JavaScript, which needs no Deno where it needs no engine.
 */
import { parseArgs } from "node:util";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createTarPacker } from "modern-tar";
import { checkTarget } from "../lib/pipeline/store/named_file.ts";
import { PACKAGE_NAME, type PackageFile, packageFiles } from "../lib/release/npm_package.ts";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
/** Equal files make equal tarballs, whenever they are packed. */
const EPOCH = new Date(0);
const HELP = `Write the npm package: deno task package [options]

  --out <file>  the tarball (default: artifacts/basin-sharpness-VERSION.tgz)
  --help        this text

Example: deno task package && npm install artifacts/basin-sharpness-0.1.0.tgz
`;

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
    const out = values.out ?? join(PROJECT, "artifacts", `${PACKAGE_NAME}-${version}.tgz`);
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
