/**
 * Packs what a bare Linux machine with a GPU needs: Deno, the committed project and the npm packages
 * that its programs load. Python with JAX's CUDA plugin must be there; a network need not.
 *
 *     deno run -A tests/gpu/pack.ts --out basin-gpu.tar.xz
 *     tar xJf basin-gpu.tar.xz && basin-gpu/run --out results   # on the other machine
 */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { npmFolders } from "./npm_folders.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** More than this is not carried lightly: a limit of 64 MB for uploads is common. */
const LIMIT = 60e6;

const HELP = `Pack what a machine with a GPU needs: deno run -A tests/gpu/pack.ts [options]

  --out <file>     the archive (default: basin-gpu.tar.xz)
  --data <folder>  files of data sets to go with it, for instance MNIST's four; they may also lie on
                   that machine, where BASIN_DATA_DIR names their folder
  --help           this text
`;

/** What runs there. */
const ENTRIES = [
  "tasks/basin.ts",
  "tasks/worker.ts",
  "tasks/setup.ts",
  ...["download", "train", "sharpness", "ritz", "tables", "report"].map((name) =>
    `tasks/${name}.ts`
  ),
  "tests/graph/ops_test.ts",
  "tests/engine/xla/training_test.ts",
  "tests/bench/device.ts",
  "tests/bench/networks.ts",
  "tests/gpu/run.ts",
];

/** Starts the run with the Deno beside it, from whatever folder. */
const START = `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
export PATH="$here/bin:$PATH" DENO_DIR="$here/deno_dir" DENO_NO_UPDATE_CHECK=1
[ -d "$here/data" ] && export BASIN_DATA_DIR="\${BASIN_DATA_DIR:-$here/data}"
exec deno run -A "$here/project/tests/gpu/run.ts" "$@"
`;

if (import.meta.main) await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: [...Deno.args],
    options: {
      out: { type: "string", default: "basin-gpu.tar.xz" },
      data: { type: "string" },
      help: { type: "boolean" },
    },
  });
  const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(text));
  if (values.help) return void say(HELP);
  const scratch = await Deno.makeTempDir();
  try {
    const root = `${scratch}/basin-gpu`;
    await Deno.mkdir(`${root}/bin`, { recursive: true });
    await Deno.mkdir(`${root}/project`);
    await Deno.copyFile(Deno.execPath(), `${root}/bin/deno`);
    await Deno.writeTextFile(`${root}/run`, START, { mode: 0o755 });
    await packProject(`${root}/project`);
    if (values.data !== undefined) await command("cp", ["-rL", values.data, `${root}/data`]);
    // The quickest of xz: smaller than the best of gzip, in half the time.
    const pack = 'tar -C "$0" -c basin-gpu | xz -1 -T0 > "$1"';
    await command("sh", ["-c", pack, scratch, values.out]);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
  const { size } = await Deno.stat(values.out);
  say(`${values.out}: ${(size / 1e6).toFixed(1)} MB\n`);
  if (size > LIMIT && values.data === undefined) {
    say(`That is more than ${LIMIT / 1e6} MB: a package has grown, or one is not needed\n`);
    Deno.exitCode = 1;
  }
}

async function packProject(folder: string): Promise<void> {
  await command("sh", ["-c", 'git -C "$0" archive HEAD | tar -x -C "$1"', PROJECT, folder]);
  const config = await Deno.readTextFile(`${folder}/deno.json`);
  // Otherwise Deno looks for the packages that are left out.
  const manual = config.replace('"nodeModulesDir": "auto"', '"nodeModulesDir": "manual"');
  await Deno.writeTextFile(`${folder}/deno.json`, manual);
  for (const path of await npmFolders(PROJECT, ENTRIES)) {
    await Deno.mkdir(dirname(`${folder}/${path}`), { recursive: true });
    if (path.includes("@types")) continue;
    await command("cp", ["-a", `${PROJECT}/${path}`, `${folder}/${path}`]);
  }
  // Maps to sources, declarations of types, the packages' own tests: nothing loads them.
  const unneeded = ["*.map", "*.d.ts", "*.d.mts", "*.d.cts", "*_test.js"].flatMap((
    name,
  ) => ["-o", "-name", name]);
  await command("find", [
    `${folder}/node_modules`,
    "-type",
    "f",
    "(",
    ...unneeded.slice(1),
    ")",
    "-delete",
  ]);
}

async function command(name: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(name, { args: [...args] }).output();
  if (!success) {
    throw new Error(`Cannot pack: ${name} failed: ${new TextDecoder().decode(stderr).trim()}`);
  }
}
