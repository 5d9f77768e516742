/** Where the plugin for a device is found. */
import { dirname, resolve } from "node:path";
import { requestedEngine, type XlaChoice, xlaChoiceOf } from "../setup/choice.ts";
import { cacheFolder } from "../setup/cache_folder.ts";
import { CUDA_RELEASES, type CudaMajor } from "../setup/cuda_release.ts";
import { locateRelease } from "../setup/location.ts";
import { locateXlaCpu } from "../setup/xla_cpu_release.ts";
import { cudaDriverVersion, cudaMajorOf } from "./cuda_driver.ts";

/** Python packages that carry a plugin, the newest first, and its file in them. */
const PACKAGES = {
  rocm: { names: ["jax_plugins.xla_rocm7", "jax_plugins.xla_rocm60"], file: "xla_rocm_plugin.so" },
  tpu: { names: ["libtpu"], file: "libtpu.so" },
} as const;

/** What to install with pip where a plugin is missing. */
const REQUIREMENT = { rocm: "jax[rocm7]", tpu: "jax[tpu]" } as const;

const CUDA_FILE = "xla_cuda_plugin.so";

const FIND = `import importlib.util, os, sys
for name in sys.argv[2:]:
    try: spec = importlib.util.find_spec(name)
    except ImportError: continue
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = os.path.join(folder, sys.argv[1])
        if os.path.isfile(path): sys.exit(print(path))`;

/**
 * Finds the plugin that a choice means: at the path, in the cache folder, or in a JAX that `python3`
 * has. Starts python3 for the last.
 *
 * @throws {RangeError} If it is not there, or the device has no driver; it says what to do.
 */
export function locatePlugin(choice: XlaChoice): string {
  if (choice.startsWith("xla:")) return existing(resolve(choice.slice("xla:".length)));
  if (choice === "xla-cpu") {
    const path = locateXlaCpu();
    if (path !== undefined) return path;
    throw new RangeError(
      "Cannot use the engine xla-cpu: it is not installed; run `deno task setup --engine xla-cpu`",
    );
  }
  if (choice === "cuda") return locateCuda();
  const device = choice as keyof typeof PACKAGES;
  const { names, file } = PACKAGES[device];
  const path = askPython([file, ...names]);
  if (path !== undefined) return path;
  throw new RangeError(
    `Cannot use the engine ${device}: python3 has no ${names.join(" or ")}; run ` +
      `\`pip install "${REQUIREMENT[device]}"\`, or name a plugin: --engine xla:/path/${file}`,
  );
}

/** The newest plugin that the driver can run: a pinned one, else that of python3's JAX. */
function locateCuda(): string {
  const major = cudaMajorOf(cudaDriverVersion());
  const known = ([13, 12] as const).filter((cuda) => cuda <= major);
  const packaged = (cuda: CudaMajor) => askPython([CUDA_FILE, `jax_plugins.xla_cuda${cuda}`]);
  for (const locate of [locatePinned, packaged]) {
    for (const cuda of known) {
      const path = locate(cuda);
      if (path !== undefined) return path;
    }
  }
  const tooNew = major < 13 && packaged(13) !== undefined;
  throw new RangeError(
    "Cannot use the engine cuda: " +
      (tooNew
        ? `python3's JAX is for CUDA 13, and the driver is too old for it: it runs CUDA ${major}`
        : "no plugin is installed") +
      "; run `deno task setup --engine cuda`, or " +
      `\`pip install "jax[cuda${major}]"\`, or name a plugin: --engine xla:/path/${CUDA_FILE}`,
  );
}

function locatePinned(cuda: CudaMajor): string | undefined {
  const cache = cacheFolder((name) => Deno.env.get(name));
  return cache && locateRelease(cache, CUDA_RELEASES[cuda].release)?.addonPath;
}

/**
 * Puts the plugin's path into `BASIN_ENGINE` in place of a device's name, so that the processes and
 * threads that inherit it need not search, which stages may not.
 *
 * @throws {RangeError} If the plugin is not there.
 */
export function settlePlugin(): void {
  const choice = xlaChoiceOf(requestedEngine());
  if (choice !== undefined) Deno.env.set("BASIN_ENGINE", `xla:${locatePlugin(choice)}`);
}

/** Folders that a plugin's libraries are loaded from: its own, and NVIDIA's wheels beside it. */
export function pluginFolders(path: string): string[] {
  const packages = dirname(dirname(dirname(path)));
  const folders = [dirname(path), `${packages}/nvidia`];
  return folders.filter((folder, i) => i === 0 || isFolder(folder));
}

/** The file itself, not a link to it: by its name and place Basin knows what it needs. */
function existing(path: string): string {
  try {
    if (Deno.statSync(path).isFile) return Deno.realPathSync(path);
  } catch {
    // Told below.
  }
  throw new RangeError(`Cannot use the XLA plugin ${path}: there is no such file`);
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function askPython(args: readonly string[]): string | undefined {
  try {
    const { stdout } = new Deno.Command("python3", {
      args: ["-c", FIND, ...args],
      stderr: "null",
    }).outputSync();
    return new TextDecoder().decode(stdout).trim() || undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
