/**
 * `deno task setup`: installs the compute engine, once per user; a no-op ever after.
 *
 * The other tasks run it first. It exits with 0 whichever engine there is, and with 1 only where
 * the native one was asked for by name and cannot be had.
 */
import { parseArgs } from "node:util";
import {
  type EngineChoice,
  requestedEngine,
  type XlaChoice,
  xlaChoiceOf,
} from "../lib/engine/setup/choice.ts";
import { installXlaCpu } from "../lib/engine/setup/install_xla_cpu.ts";
import { installCuda } from "../lib/engine/setup/install_cuda.ts";
import { CUDA_RELEASES, type CudaMajor } from "../lib/engine/setup/cuda_release.ts";
import { cudaDriverVersion, cudaMajorOf } from "../lib/engine/xla/cuda_driver.ts";
import { locatePlugin } from "../lib/engine/xla/plugin_location.ts";
import { installEngine } from "../lib/engine/setup/install.ts";
import { type SetupProgress, shownProgress } from "../lib/engine/setup/progress.ts";
import { describeInstallation } from "../lib/engine/setup/description.ts";

const HELP = `Install the compute engine: deno task setup [options]

  --engine <name>  native (an error if it cannot be had), portable or one of its backends wasm,
                   webgpu and cpu; also BASIN_ENGINE. xla-cpu installs XLA's CPU plugin, which is for
                   tests. cuda takes the plugin of a JAX that python3 has, else installs it with
                   NVIDIA's libraries (3 GB to fetch, 5 GB of disk; NVIDIA's licences apply).
                   rocm and tpu say which plugin of python3's JAX is taken
  --cuda <12|13>   with cuda: install the pinned plugin for this version of CUDA all the same, for
                   instance on a login node without a GPU
  --retry          try again although the last attempt failed less than a day ago
  --json           print the result as JSON on stdout, progress on stderr
  --quiet          say nothing if the native engine is there already
  --help           this text

The native engine is TensorFlow's C library behind the addon of @tensorflow/tfjs-node. It lies in
$BASIN_CACHE, else $XDG_CACHE_HOME/basin, else ~/.cache/basin, and may be deleted at any time.
Needs pip and a C++ compiler; without them a slower portable engine does the same work.

Examples:
  deno task setup
  deno task setup --engine cuda
  BASIN_CACHE=/scratch/ada/basin deno task setup --engine cuda --cuda 13
`;

if (import.meta.main) Deno.exitCode = await main(Deno.args);

async function main(args: readonly string[]): Promise<number> {
  let options: ReturnType<typeof parseOptions>;
  try {
    options = parseOptions(args);
  } catch (error) {
    write(Deno.stderr, `${(error as Error).message}\n\n${HELP}`);
    return 2;
  }
  if (options.help) {
    write(Deno.stdout, HELP);
    return 0;
  }
  const { engine, retry, json } = options;
  const output = json ? Deno.stderr : Deno.stdout;
  const isTerminal = output.isTerminal();
  const progress = shownProgress({
    write: (text) => write(output, text),
    isTerminal,
    colour: isTerminal && !Deno.env.get("NO_COLOR"),
    now: () => performance.now(),
  });
  const xla = xlaChoiceOf(engine);
  if (options.named && xla !== undefined) {
    try {
      const plugin = xla === "xla-cpu"
        ? await installXlaCpu({ progress })
        : await pluginOf(xla, options.cuda, progress);
      write(
        Deno.stdout,
        json ? JSON.stringify({ kind: "xla", plugin }) + "\n" : `engine: XLA (${plugin})\n`,
      );
      return 0;
    } catch (error) {
      write(Deno.stderr, `${(error as Error).message}\n`);
      return 2;
    }
  }
  const installation = await installEngine({ engine, retry, progress });
  if (json) write(Deno.stdout, JSON.stringify(installation) + "\n");
  else if (!(options.quiet && installation.kind === "tensorflow")) {
    write(output, describeInstallation(installation) + "\n");
  }
  return engine === "tensorflow" && installation.kind === "portable" ? 1 : 0;
}

/** The plugin for a device; CUDA's is installed if there is none, or a version is asked for. */
async function pluginOf(
  choice: XlaChoice,
  cuda: CudaMajor | undefined,
  progress: SetupProgress,
): Promise<string> {
  if (cuda !== undefined) return await installCuda(CUDA_RELEASES[cuda], { progress });
  if (choice !== "cuda") return locatePlugin(choice);
  const major = cudaMajorOf(cudaDriverVersion());
  try {
    return locatePlugin(choice);
  } catch {
    return await installCuda(CUDA_RELEASES[major], { progress });
  }
}

function cudaOf(value: string | undefined, engine: string | undefined): CudaMajor | undefined {
  if (value === undefined) return undefined;
  if (engine !== "cuda") throw new RangeError("Cannot use --cuda without --engine cuda");
  if (value === "12" || value === "13") return Number(value) as CudaMajor;
  throw new RangeError(`Cannot install a plugin for CUDA "${value}"; choose 12 or 13`);
}

function parseOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      engine: { type: "string" },
      cuda: { type: "string" },
      retry: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const named = values.engine !== undefined;
  const cuda = cudaOf(values.cuda, values.engine);
  return { ...values, cuda, named, engine: engineOf(values.engine) ?? requestedEngine() };
}

function engineOf(name: string | undefined): EngineChoice | undefined {
  if (name === undefined) return undefined;
  if (name === "native") return "tensorflow";
  try {
    return requestedEngine(() => name);
  } catch (cause) {
    const names = "native, portable, cuda, rocm, tpu or xla-cpu";
    throw new RangeError(`Cannot install the engine "${name}"; choose ${names}`, { cause });
  }
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length;) start += stream.writeSync(bytes.subarray(start));
}
