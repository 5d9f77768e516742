/**
 * The most memory of a φ cell in full space, by the paper's ten iterations, of F1, C1 and C2 from random
 * weights, each in a process of its own with a worker's settings. Beside it stands the bound in vectors of
 * n float64 numbers that explains it. The data are one chunk as large as in the studies of the network:
 * more chunks take no more memory.
 *
 * What the bound does not explain is garbage: a second run, on a tenth of the chunk, has it collected
 * before each evaluation.
 */
import { formatTable } from "../../lib/pipeline/display/format.ts";
import type { CellMemory } from "./memory_cell.ts";
import { networksOptions } from "./networks_options.ts";
import type { Measured } from "./subject.ts";

/** Examples in a chunk of f in the default study, `cifar-10-small` and `cifar-10-deep`. */
const CHUNKS: Record<Measured, number> = { F1: 4000, C1: 1250, C2: 500 };
const ITERATIONS = 10;
/** Correction pairs that L-BFGS-B keeps: the last iteration's is never used. */
const PAIRS = Math.min(10, ITERATIONS - 1);

/** What lives through the climb, in vectors. */
const VECTORS = {
  "pairs s and y": 2 * PAIRS,
  "point, trial, end, direction, scratch": 5,
  "gradient, and the kept one": 2,
  "lower and upper bounds": 2,
  "slope, start": 2,
  "x + y, negative gradient": 2,
};
const BOUND = Object.values(VECTORS).reduce((sum, count) => sum + count, 0);

const rows = [];
for (const network of networksOptions(Deno.args).networks) rows.push(await rowOf(network));
const list = Object.entries(VECTORS).map(([what, count]) => `${what} ${count}`).join(", ");
const text = [
  `φ in full space, ${ITERATIONS} iterations; resident memory at the most, MB`,
  "process: engine, data and x; f: one evaluation, with a chunk's activations; climb: what comes on top",
  `bound of the climb, in vectors of n: ${list}`,
  "collected: the climb where garbage is taken before each evaluation, on a tenth of the chunk",
  "",
  formatTable([
    [
      "",
      "n",
      "chunk",
      "vector",
      "process",
      "f",
      "climb",
      "peak",
      "climb/vector",
      "collected",
      "bound",
    ],
    ...rows,
  ]),
  "",
].join("\n");
await Deno.stdout.write(new TextEncoder().encode(text));

async function rowOf(network: Measured): Promise<string[]> {
  const chunk = CHUNKS[network];
  const found = await measured(network, chunk);
  const { dimension, process, evaluation, cell, iterations } = found;
  const collected = await measured(network, chunk / 10, ["--v8-flags=--expose-gc"]);
  if (iterations !== ITERATIONS) {
    throw new Error(
      `Cannot hold ${network} against its bound: it ended after ${iterations} iterations`,
    );
  }
  const vector = 8 * dimension;
  const vectors = ({ cell, evaluation }: CellMemory) => ((cell - evaluation) / vector).toFixed(1);
  return [
    network,
    String(dimension),
    String(chunk),
    ...[vector, process, evaluation - process, cell - evaluation, cell].map((bytes) =>
      (bytes / 1e6).toFixed(0)
    ),
    vectors(found),
    vectors(collected),
    String(BOUND),
  ];
}

async function measured(
  network: Measured,
  chunk: number,
  flags: readonly string[] = [],
): Promise<CellMemory> {
  const script = new URL("./memory_cell.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...flags, script, network, String(chunk)],
    env: { MALLOC_TOP_PAD_: "67108864" }, // as a worker has it
  }).output();
  if (success) return JSON.parse(new TextDecoder().decode(stdout));
  throw new Error(`Cannot measure ${network}: ${new TextDecoder().decode(stderr)}`);
}
