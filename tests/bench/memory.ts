/**
 * The most memory of a φ cell in full space, by the paper's ten iterations, of F1, C1 and C2 from random
 * weights, and of F1 by the protocol `converged`, each in a process of its own with a worker's settings.
 * Beside it stands the bound in vectors of n float64 numbers that explains it. The data are one chunk as
 * large as in the studies of the network: more chunks take no more memory.
 *
 * What the bound does not explain is garbage: a second run, on a tenth of the chunk, has it collected
 * before each evaluation.
 */
import { formatTable } from "../../lib/pipeline/display/format.ts";
import type { ProtocolName } from "../../lib/sharpness/protocol.ts";
import type { CellMemory } from "./memory_cell.ts";
import { networksOptions } from "./networks_options.ts";
import type { Measured } from "./subject.ts";

/** Examples of the run by the protocol `converged`: enough for a search on samples. */
const SAMPLED = 1000;
/** Examples in a chunk of f in the default study, `cifar-10-small` and `cifar-10-deep`. */
const CHUNKS: Record<Measured, number> = { F1: 4000, C1: 1250, C2: 500 };
/** Lets the cell collect garbage before each evaluation. */
const COLLECTING = "--v8-flags=--expose-gc";
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
/** What lives in the protocol `converged` while a sample's loss is climbed, which is where most lives. */
const CONVERGED_VECTORS = {
  "pairs, which stay for the next L-BFGS-B": 2 * PAIRS,
  "lower and upper bounds": 2,
  slope: 1,
  "x + y of f and of the sample": 2,
  "the two best ends": 2,
  start: 1,
  "y, gradient and vertex, present and tried": 6,
};
/** What is held besides: x, the evaluation that is going on, what functions that wait still name. */
const CONVERGED_REST = 10;
const sumOf = (vectors: Readonly<Record<string, number>>) =>
  Object.values(vectors).reduce((sum, count) => sum + count, 0);
const listOf = (vectors: Readonly<Record<string, number>>) =>
  Object.entries(vectors).map(([what, count]) => `${what} ${count}`).join(", ");

const { networks } = networksOptions(Deno.args);
const rows = [];
for (const network of networks) rows.push(await rowOf(network));
const sampled = networks.includes("F1") ? await convergedLines() : [];
const text = [
  `φ in full space, ${ITERATIONS} iterations; resident memory at the most, MB`,
  "process: engine, data and x; f: one evaluation, with a chunk's activations; climb: what comes on top",
  `bound of the climb, in vectors of n: ${listOf(VECTORS)}`,
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
  ...sampled,
  "",
].join("\n");
await Deno.stdout.write(new TextEncoder().encode(text));

/** The protocol `converged` on F1. */
async function convergedLines(): Promise<string[]> {
  const climb = vectorsOf(await measured("F1", SAMPLED, "converged"));
  const collected = vectorsOf(await measured("F1", SAMPLED, "converged", [COLLECTING]));
  return [
    "",
    `protocol converged, F1, ${SAMPLED} examples in one chunk: climb/vector ${climb}, ` +
    `collected ${collected}, bound ${sumOf(CONVERGED_VECTORS) + CONVERGED_REST}`,
    `bound, while a sample's loss is climbed: ${listOf(CONVERGED_VECTORS)}, ` +
    `x, an evaluation and what functions still name ${CONVERGED_REST}`,
  ];
}

async function rowOf(network: Measured): Promise<string[]> {
  const chunk = CHUNKS[network];
  const found = await measured(network, chunk, "paper");
  const { dimension, process, evaluation, cell, iterations } = found;
  const collected = await measured(network, chunk / 10, "paper", [COLLECTING]);
  if (iterations !== ITERATIONS) {
    throw new Error(
      `Cannot hold ${network} against its bound: it ended after ${iterations} iterations`,
    );
  }
  const vector = 8 * dimension;
  return [
    network,
    String(dimension),
    String(chunk),
    ...[vector, process, evaluation - process, cell - evaluation, cell].map((bytes) =>
      (bytes / 1e6).toFixed(0)
    ),
    vectorsOf(found),
    vectorsOf(collected),
    String(sumOf(VECTORS)),
  ];
}

/** What a climb adds, in vectors of n. */
function vectorsOf({ cell, evaluation, dimension }: CellMemory): string {
  return ((cell - evaluation) / (8 * dimension)).toFixed(1);
}

async function measured(
  network: Measured,
  chunk: number,
  protocol: ProtocolName,
  flags: readonly string[] = [],
): Promise<CellMemory> {
  const script = new URL("./memory_cell.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...flags, script, network, String(chunk), protocol],
    env: { MALLOC_TOP_PAD_: "67108864" }, // as a worker has it
  }).output();
  if (success) return JSON.parse(new TextDecoder().decode(stdout));
  throw new Error(`Cannot measure ${network}: ${new TextDecoder().decode(stderr)}`);
}
