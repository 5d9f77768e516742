/** What `deno task setup` is told on the command line. */
import { parseArgs } from "node:util";
import { type EngineChoice, requestedEngine } from "../engine/setup/choice.ts";
import type { CudaMajor } from "../engine/setup/cuda_release.ts";

/** What `--help` prints. */
export const SETUP_HELP = `Install the compute engine: deno task setup [options]

  --engine <name>  native (an error if it cannot be had), portable or one of its backends wasm,
                   webgpu and cpu; also BASIN_ENGINE. xla-cpu installs XLA's CPU plugin, which is for
                   tests. cuda takes the plugin of a JAX that python3 has, else installs it with
                   NVIDIA's libraries (3 GB to fetch, 5 GB of disk; NVIDIA's licences apply).
                   rocm and tpu say which plugin of python3's JAX is taken
  --cuda <12|13>   with cuda: install the pinned plugin for this version of CUDA all the same, for
                   instance on a login node without a GPU
  --tune           measure which of the native engine's kernels are the fastest on this processor,
                   some 15 s, and keep the choice. Another choice than the defaults changes the
                   keys of all that computes; BASIN_TUNING=off goes back, ymm, avx2 and eigen choose
  --retry          try again although the last attempt failed less than a day ago
  --json           print the result as JSON on stdout, progress on stderr
  --quiet          say nothing if the native engine is there already
  --help           this text

The native engine is TensorFlow's C library behind the addon of @tensorflow/tfjs-node. It lies in
$BASIN_CACHE, else $XDG_CACHE_HOME/basin, else ~/.cache/basin, and may be deleted at any time.
Needs pip and a C++ compiler; without them a slower portable engine does the same work.

Examples:
  deno task setup
  deno task setup --tune
  deno task setup --engine cuda
  BASIN_CACHE=/scratch/ada/basin deno task setup --engine cuda --cuda 13
`;

/** The options. */
export interface SetupOptions {
  /** Asked for by flag or by `BASIN_ENGINE`. */
  readonly engine: EngineChoice | undefined;
  /** Whether the flag asks for it. */
  readonly named: boolean;
  readonly cuda: CudaMajor | undefined;
  readonly tune: boolean;
  readonly retry: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly help: boolean;
}

/**
 * Reads the options.
 *
 * @throws {TypeError} If one is unknown.
 * @throws {RangeError} If a value is none of those that it can have, or two do not go together.
 */
export function setupOptions(args: readonly string[]): SetupOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      engine: { type: "string" },
      cuda: { type: "string" },
      tune: { type: "boolean", default: false },
      retry: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const engine = engineOf(values.engine) ?? requestedEngine();
  if (values.tune && engine !== undefined && engine !== "tensorflow") {
    throw new RangeError(`Cannot use --tune with the engine ${engine}: it is for the native one`);
  }
  return {
    ...values,
    engine,
    named: values.engine !== undefined,
    cuda: cudaOf(values.cuda, values.engine),
  };
}

function cudaOf(value: string | undefined, engine: string | undefined): CudaMajor | undefined {
  if (value === undefined) return undefined;
  if (engine !== "cuda") throw new RangeError("Cannot use --cuda without --engine cuda");
  if (value === "12" || value === "13") return Number(value) as CudaMajor;
  throw new RangeError(`Cannot install a plugin for CUDA "${value}"; choose 12 or 13`);
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
