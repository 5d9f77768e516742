import assert from "node:assert/strict";
import { CUDA_RELEASES } from "../../../lib/engine/setup/cuda_release.ts";
import { canCompile } from "./fake_plugin.ts";

const ROOT = new URL("../../..", import.meta.url).pathname;

/** A machine with a driver for this version of CUDA, and an own cache folder and python3. */
async function withDriver(
  version: number | undefined,
  act: (run: typeof basin, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const env = {
    BASIN_CACHE: `${folder}/cache`,
    PATH: `${folder}/bin`,
    LD_LIBRARY_PATH: folder,
  };
  const basin = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", ...args],
      cwd: ROOT,
      env,
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  };
  try {
    await Deno.mkdir(`${folder}/bin`);
    if (version !== undefined) {
      const source = new URL("./fake_driver.c", import.meta.url).pathname;
      const library = `${folder}/libcuda.so.1`;
      const { success } = await new Deno.Command("gcc", {
        args: ["-shared", "-fPIC", `-DVERSION=${version}`, source, "-o", library],
      }).output();
      assert.ok(success);
    }
    await act(basin, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

declare function basin(args: readonly string[]): Promise<{
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}>;

const RUN = ["tasks/basin.ts", "run", "--profile", "smoke", "--engine", "cuda"];
const PLAN = RUN.with(1, "plan");
const SETUP = ["tasks/setup.ts", "--engine", "cuda"];

/** One line, exit code 2, no stack. */
function assertRefused({ code, stderr }: Awaited<ReturnType<typeof basin>>, words: RegExp): void {
  assert.equal(code, 2, stderr);
  assert.match(stderr, words);
  assert.doesNotMatch(stderr, /\n\s+at |\n./, stderr);
}

Deno.test("without a driver `--engine cuda` and its set-up end with one line and exit code 2", () =>
  withDriver(undefined, async (run) => {
    const refused =
      /^Cannot use the engine cuda: this machine has no NVIDIA driver .*; install the/;
    assertRefused(await run(RUN), refused);
    assertRefused(await run(SETUP), refused);
  }));

Deno.test("without a driver `plan --engine cuda` forecasts by a stated rate, and says why", () =>
  withDriver(undefined, async (run) => {
    const { code, stdout, stderr } = await run(PLAN);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^Foreseen without the device. Cannot use .* no NVIDIA driver .*\n$/);
    assert.match(
      stdout,
      / of an accelerator.*operations of \d+ cells at the rate of an NVIDIA H100/,
    );
  }));

Deno.test({
  name: "a driver of CUDA 11 is too old for `--engine cuda`; exit code 2",
  ignore: !canCompile,
  fn: () =>
    withDriver(11_040, async (run) => {
      const refused = /the NVIDIA driver is too old: it runs CUDA 11\.4 at most/;
      assertRefused(await run(RUN), refused);
      assertRefused(await run(SETUP), refused);
    }),
});

/** Puts a file in the place of an installed plugin. */
async function install(cache: string, cuda: 12 | 13): Promise<string> {
  const { release, plugin } = CUDA_RELEASES[cuda];
  const folder = `${cache}/${release.folder}`;
  const path = `${folder}/${plugin}`;
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, "plugin");
  await Deno.writeTextFile(
    `${folder}/READY.json`,
    JSON.stringify({
      digest: release.digest,
      libraryVersion: "1",
      addon: plugin,
      files: { [plugin]: 6 },
    }),
  );
  return path;
}

Deno.test({
  name: "`--engine cuda` takes the newest plugin that the driver can run, and names one if none is",
  ignore: !canCompile,
  fn: () =>
    withDriver(12_080, async (run, folder) => {
      assertRefused(await run(RUN), /no plugin is installed; run `deno task setup --engine cuda`/);
      await install(`${folder}/cache`, 13);
      assertRefused(await run(RUN), /no plugin is installed/);
      const path = await install(`${folder}/cache`, 12);
      const { code, stdout } = await run(SETUP);
      assert.deepEqual([code, stdout], [0, `engine: XLA (${path})\n`]);
      // A python3 whose JAX is for a newer CUDA than the driver.
      await Deno.remove(`${folder}/cache`, { recursive: true });
      const python = `#!/bin/sh\ncase "$*" in *xla_cuda13*) echo /opt/plugin.so;; esac\n`;
      await Deno.writeTextFile(`${folder}/bin/python3`, python, { mode: 0o755 });
      assertRefused(await run(RUN), /python3's JAX is for CUDA 13, and the driver is too old/);
    }),
});

Deno.test("setup takes --cuda with --engine cuda alone, and 12 or 13 alone", () =>
  withDriver(undefined, async (run) => {
    const wrong = await run(["tasks/setup.ts", "--cuda", "13"]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^Cannot use --cuda without --engine cuda/);
    const eleven = await run([...SETUP, "--cuda", "11"]);
    assert.equal(eleven.code, 2);
    assert.match(eleven.stderr, /^Cannot install a plugin for CUDA "11"; choose 12 or 13/);
  }));
