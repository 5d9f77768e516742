/** Way 2: tfjs-node's own installer, run on a copy of the package. */
import { compileAddon, findCompiler } from "./addon.ts";
import { type Attempt, step } from "./attempt.ts";
import { lastLines, remedyForFullDisk, SetupFailure } from "./failure.ts";
import { copyTree } from "./copy_tree.ts";
import { type AddonPackages, addonPackages } from "./packages.ts";
import { installerRelease } from "./release.ts";
import { publish } from "./staging.ts";
import { findCommand, type System } from "./system.ts";
import { tryAddon } from "./try_addon.ts";

const ADDON = "lib/napi-v8/tfjs_binding.node";
const LIBRARY_FOLDER = "deps/lib";

/**
 * Installs the engine with tfjs-node's own installer: it downloads libtensorflow and a ready addon
 * (see `TFJS_NODE_BASE_URI` and `TFJS_NODE_CDN_STORAGE` in its README), or compiles one.
 *
 * Two deviations from running it in place. It runs on a copy, because it rewrites files of the
 * package, which are hard links into Deno's global cache. And if it gets the library but no addon
 * (its way needs node-gyp and Node's headers from a third host), we compile the addon ourselves.
 *
 * @throws {SetupFailure} If a step fails for a reason that the user can mend.
 */
export async function installFromInstaller(attempt: Attempt): Promise<void> {
  const { system, cache, staging } = attempt;
  if (system.platform.startsWith("windows")) {
    throw new SetupFailure({
      step: "run tfjs-node's installer",
      why: "Basin does not run it on Windows",
      mend: "use the Windows Subsystem for Linux",
    });
  }
  const packages = await addonPackages(system);
  const staged = `${staging}/node_modules/@tensorflow/tfjs-node`;
  await copyPackage(packages.tfjsNode, staging, staged);
  const libraries = `${staged}/${LIBRARY_FOLDER}`;
  await step(attempt, "run tfjs-node's own installer", async () => {
    const output = await runInstaller(system, staging, staged);
    if ((await librariesIn(libraries)).length > 0) return;
    throw new SetupFailure({
      step: "download TensorFlow with tfjs-node's installer",
      why: errorLine(output),
      mend: remedyForFullDisk(output, cache) ??
        "check the network, or set TFJS_NODE_BASE_URI to a mirror of libtensorflow",
    });
  });
  if (!(await exists(`${staged}/${ADDON}`))) {
    await step(
      attempt,
      "compile the addon, which the installer could not get",
      () => compileAgainstDownload(system, packages, staged, cache),
    );
  }
  const addon = ADDON;
  const libraryVersion = await step(
    attempt,
    "load the addon and multiply two matrices",
    () => tryAddon(system, `${staged}/${addon}`),
  );

  // The addon looks for its libraries in ../../deps/lib, so both keep their places.
  const engine = `${staging}/engine`;
  await Deno.mkdir(`${engine}/lib/napi-v8`, { recursive: true });
  await Deno.mkdir(`${engine}/deps`);
  await Deno.rename(libraries, `${engine}/${LIBRARY_FOLDER}`);
  await Deno.rename(`${staged}/${addon}`, `${engine}/${addon}`);
  const names = await librariesIn(`${engine}/${LIBRARY_FOLDER}`);
  const files = [...names.map((name) => `${LIBRARY_FOLDER}/${name}`), addon];
  const release = installerRelease(system.platform);
  await publish({ cache, staging, staged: engine, release, libraryVersion, addon, files });
}

/** Copies what the installer uses of the package, and links the packages that it depends on beside the copy. */
async function copyPackage(source: string, staging: string, staged: string): Promise<void> {
  const original = await Deno.realPath(source);
  await Deno.mkdir(staged, { recursive: true });
  for (const part of ["package.json", "binding.gyp", "binding", "scripts"]) {
    await copyTree(`${original}/${part}`, `${staged}/${part}`);
  }
  const siblings = `${original}/../..`; // node_modules/.deno/<package>/node_modules
  for await (const entry of Deno.readDir(siblings)) {
    if (entry.name.startsWith(".")) continue;
    if (entry.name !== "@tensorflow") await link(entry.name);
    else {
      for await (const scoped of Deno.readDir(`${siblings}/@tensorflow`)) {
        if (scoped.name !== "tfjs-node") await link(`@tensorflow/${scoped.name}`);
      }
    }
  }

  async function link(name: string): Promise<void> {
    await Deno.symlink(
      await Deno.realPath(`${siblings}/${name}`),
      `${staging}/node_modules/${name}`,
    );
  }
}

/** Runs `scripts/install.js` with node if there is one, else with Deno. */
async function runInstaller(system: System, staging: string, staged: string): Promise<string> {
  const node = findCommand(system, "node");
  const runtime = node ? [node] : [Deno.execPath(), "run", "-A", "--no-config", "--no-lock"];
  // The installer calls `node-pre-gyp` by name, as npm would have put it on the path.
  const commands = `${staging}/commands`;
  await Deno.mkdir(commands);
  await Deno.writeTextFile(
    `${staged}/node-pre-gyp.cjs`,
    'require("@mapbox/node-pre-gyp/bin/node-pre-gyp");\n',
  );
  const quoted = [...runtime, `${staged}/node-pre-gyp.cjs`].map((word) => `"${word}"`).join(" ");
  await Deno.writeTextFile(`${commands}/node-pre-gyp`, `#!/bin/sh\nexec ${quoted} "$@"\n`, {
    mode: 0o755,
  });
  const [command, ...args] = [...runtime, "scripts/install.js"];
  const { output } = await system.run(command!, args, {
    cwd: staged,
    env: { PATH: `${commands}:${system.env("PATH") ?? ""}` },
    limitSeconds: 1200, // A firewall that drops packets must not hold set-up up for ever.
  });
  return output;
}

async function compileAgainstDownload(
  system: System,
  packages: AddonPackages,
  staged: string,
  cache: string,
): Promise<void> {
  await Deno.mkdir(`${staged}/lib/napi-v8`, { recursive: true });
  await compileAddon(system, findCompiler(system), packages, {
    include: `${staged}/deps/include`,
    libraries: `${staged}/${LIBRARY_FOLDER}`,
    link: ["-ltensorflow", "-ltensorflow_framework"],
    runtimePath: "../../deps/lib",
    output: `${staged}/${ADDON}`,
  }, cache);
}

async function librariesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  if (!(await exists(folder))) return names;
  for await (const entry of Deno.readDir(folder)) {
    if (/^libtensorflow.*\.(so|dylib)/.test(entry.name)) names.push(entry.name);
  }
  return names.sort();
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

function errorLine(output: string): string {
  const line = output.split("\n").find((text) => /error/i.test(text) && !text.includes("throw"));
  return line?.trim() ?? (lastLines(output, 1) || "it downloaded nothing");
}
