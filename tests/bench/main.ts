/**
 * `deno task bench`: each benchmark runs in a process of its own, with all cores, and with the
 * allocator settings that its peers get too.
 */
import { parseArgs } from "node:util";
import { settlePlugin } from "../../lib/engine/xla/plugin_location.ts";

/** What a benchmark measures, and the options that it has. */
const BENCHMARKS: Record<string, readonly [what: string, ...options: string[]]> = {
  networks: [
    "gradient, step and Hv of F1, C1, C2 against PyTorch, JAX and the machine's floor",
    "network",
    "rounds",
    "repeats",
    "patience",
    "json",
    "processor",
  ],
  profile: [
    "where the time of a training step of F1, C1, C2 goes, by oneDNN's own account",
    "network",
  ],
  optim: ["what a sharpness costs beside f: L-BFGS-B by its parts, subspaces, whole runs of F1"],
  study: [
    "the default study's parts on F1 against a tuned script in PyTorch and SciPy",
    "small",
    "onednn",
    "rounds",
  ],
  hessian: ["λ_max and trace of an ONNX ResNet-20 against a loop as PyHessian has it", "small"],
  onnx: [
    "gradient and Hv of ONNX models beside PyTorch: ResNet-18, depthwise, grouped",
    "network",
    "small",
  ],
  memory: ["the most memory of a φ cell of F1, C1, C2, and the vectors that explain it", "network"],
  device: [
    "what an accelerator waits for: φ and Lanczos by functions, copies and the host's vectors",
    "network",
    "examples",
    "chunk",
  ],
  slurm: [
    "what a cell costs on a Slurm cluster of one node, beyond the cluster's own queue",
    "cells",
  ],
  noop: ["a study of which nothing has to run, against snakemake, ninja and wireit"],
};

const OPTIONS = `Options of networks, profile, memory and device:
  --network NAME  only this one of F1, C1 and C2; may be repeated

Options of device:
  --examples N    examples that f is of (8000)
  --chunk N       examples in a chunk (2000)

Options of networks:
  --rounds N      rounds that count
  --repeats N     runs of each version in a round
  --patience S    seconds for the first runs of a network, and for its rounds together: what would
                  take longer is left out with a line; also for a peer's round, its compilation too
                  (300)
  --json          all times of all rounds and settings
  --processor     time of the processors, not of the clock: for a machine with other work

Options of study and hessian:
  --small         a try of a minute

Options of study:
  --onednn        PyTorch's products by oneDNN, through an op that is not public, not by MKL
  --rounds N      rounds, of which the least time counts (2)

Options of slurm:
  --cells N       cells of the study (1000)

Options of all:
  --engine NAME   what Basin computes with, for instance cuda or xla:PLUGIN (the best on the CPU)
  --threads N     threads within an op, of Basin and of its peers (all cores)

Peers are looked for in the python3 of the PATH, so that an environment of one's own can be used.

Examples:
  deno task bench networks --network F1 --network C1
  deno task bench networks --network F1 --threads 1 --processor
  deno task bench networks --network C1 --engine cuda
  deno task bench networks --engine xla-cpu --patience 60
  deno task bench device --engine cuda --network F1 --examples 60000
  deno task bench study --small
  PATH=venv/bin:$PATH deno task bench study --threads 1
`;

/** Keep freed memory instead of handing each large block back to the system at once. */
const ALLOCATOR = {
  MALLOC_MMAP_THRESHOLD_: "4294967296",
  MALLOC_TRIM_THRESHOLD_: "17179869184",
  MALLOC_TOP_PAD_: "268435456",
};

const { values, positionals } = await parsed();
const unknown = positionals.filter((name) => !(name in BENCHMARKS));
if (values.help || unknown.length > 0) {
  const list = Object.entries(BENCHMARKS).map(([name, [what]]) => `  ${name.padEnd(8)}  ${what}`)
    .join("\n");
  const fault = unknown.length > 0 ? `Cannot find the benchmark ${unknown.join(", ")}\n\n` : "";
  const text = `${fault}Usage: deno task bench [NAME...] [OPTIONS]\n\n${list}\n\n${OPTIONS}`;
  await (values.help ? Deno.stdout : Deno.stderr).write(new TextEncoder().encode(text));
  Deno.exit(values.help ? 0 : 2);
}
const given: Record<string, readonly string[]> = {
  network: (values.network ?? []).flatMap((network) => ["--network", network]),
  rounds: values.rounds === undefined ? [] : ["--rounds", values.rounds],
  repeats: values.repeats === undefined ? [] : ["--repeats", values.repeats],
  patience: values.patience === undefined ? [] : ["--patience", values.patience],
  json: values.json ? ["--json"] : [],
  processor: values.processor ? ["--processor"] : [],
  small: values.small ? ["--small"] : [],
  examples: values.examples === undefined ? [] : ["--examples", values.examples],
  chunk: values.chunk === undefined ? [] : ["--chunk", values.chunk],
  cells: values.cells === undefined ? [] : ["--cells", values.cells],
  onednn: values.onednn ? ["--onednn"] : [],
};
const { threads } = values;
if (values.engine !== undefined) {
  Deno.env.set("BASIN_ENGINE", values.engine);
  try {
    settlePlugin();
  } catch (error) {
    await Deno.stderr.write(new TextEncoder().encode(`${(error as Error).message}\n`));
    Deno.exit(2);
  }
}
for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHMARKS)) {
  const [, ...known] = BENCHMARKS[name]!;
  const options = known.flatMap((option) => given[option]!);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL(`./${name}.ts`, import.meta.url).pathname, ...options],
    env: {
      ...ALLOCATOR,
      TF_CPP_MIN_LOG_LEVEL: "3",
      TF_NUM_INTRAOP_THREADS: threads,
      TF_NUM_INTEROP_THREADS: threads, // as a worker has it
      OMP_NUM_THREADS: threads,
    },
  }).spawn().status;
  if (code !== 0) Deno.exit(1);
}

/** The command line; one that cannot be read ends with a line and the status 2. */
async function parsed() {
  try {
    return parseArgs({
      args: Deno.args,
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        network: { type: "string", multiple: true },
        rounds: { type: "string" },
        repeats: { type: "string" },
        patience: { type: "string" },
        engine: { type: "string" },
        json: { type: "boolean" },
        processor: { type: "boolean" },
        small: { type: "boolean" },
        cells: { type: "string" },
        examples: { type: "string" },
        chunk: { type: "string" },
        onednn: { type: "boolean" },
        threads: { type: "string", default: String(navigator.hardwareConcurrency) },
      },
    });
  } catch (error) {
    const [fault] = (error as Error).message.split(". To specify");
    const text = `${fault}; \`deno task bench --help\` has all options\n`;
    await Deno.stderr.write(new TextEncoder().encode(text));
    return Deno.exit(2);
  }
}
