/**
 * The F1 training step at batch 256, as a ratio to the limit set by the machine's own matrix
 * products and, where PyTorch is installed, to PyTorch. All are interleaved, round by round.
 */
import type { NumericArray, Session } from "../../lib/engine/engine.ts";
import { selectEngine } from "../../lib/engine/select.ts";
import { constant } from "../../lib/graph/ops/constant.ts";
import { variable } from "../../lib/graph/ops/leaf.ts";
import { matMul } from "../../lib/graph/ops/mat_mul.ts";
import { splitParameters } from "../../lib/networks/flat.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { network } from "../../lib/networks/zoo.ts";
import {
  batchOf,
  chunkOf,
  gradientOf,
  gradientProgram,
  hessianProgram,
  tangentName,
  tangentsFor,
} from "../../lib/objective/classifier_program.ts";
import { adam } from "../../lib/training/adam.ts";
import { initialSlots } from "../../lib/training/optimiser.ts";
import { stream } from "../../lib/random/stream.ts";
import { type Peer, pythonPeer } from "./peer.ts";
import { median, medianMilliseconds } from "./statistics.ts";

const BATCH = 256;
const ROUNDS = 9;
const STEPS = 20;
const WARM_UP = 2;

const net = network("F1");
const optimiser = adam();
const engine = await selectEngine();
const { name, version, threads } = engine.description;

/** Products of one step: forward and both gradients of each layer, but no gradient by the data. */
const layers = net.parameters.flatMap(({ name, shape }) => name.endsWith("kernel") ? [shape] : []);
const gigaflops = layers.reduce(
  (total, [fanIn, fanOut], i) => total + (i === 0 ? 2 : 3) * 2 * BATCH * fanIn! * fanOut! / 1e9,
  0,
);

const feeds = await loadFeeds();
await using session = await loadStep();
await using product = await loadProduct();
const productGigaflops = 2 * 1024 ** 3 / 1e9;
const found = await pythonPeer(new URL("./torch_f1.py", import.meta.url));
const peer: Peer | undefined = typeof found === "string" ? undefined : found;

const rounds: Record<string, number>[] = [];
let t = 0;
for (let round = -WARM_UP; round < ROUNDS; round++) {
  const step = () => session.run("step", { ...feeds, ...optimiser.feeds(++t) });
  const times: Record<string, number> = {
    step: await medianMilliseconds(step, STEPS),
    gradient: await medianMilliseconds(() => session.run(`gradient ${BATCH}`, feeds), STEPS),
    hessian: await medianMilliseconds(() => session.run(`hessian ${BATCH}`, feeds), STEPS),
    product: await medianMilliseconds(() => product.run("product"), 5),
    ...(await peer?.round()),
  };
  if (round >= 0) rounds.push(times);
}
await peer?.[Symbol.asyncDispose]();

const limit = (times: Record<string, number>) => gigaflops * times.product! / productGigaflops;
const rate = productGigaflops / median(rounds.map(({ product }) => product!)) * 1e3;
const peers = Object.keys(rounds[0]!).filter((key) => key.startsWith("step,"));
const fastest = (times: Record<string, number>) => Math.min(...peers.map((key) => times[key]!));
const rows: [string, number, number][] = [
  row("step (gradient and ADAM)", ({ step }) => step!),
  row("gradient, copied out", ({ gradient }) => gradient!),
  row("exact Hessian-vector product", ({ hessian }) => hessian!),
  row(`limit: ${gigaflops.toFixed(2)} GFLOP at ${rate.toFixed(0)} GFLOP/s`, limit),
  ...peers.map((key) => row(`${peer!.name}: ${key}`, (times) => times[key]!)),
];
const width = Math.max(...rows.map(([label]) => label.length));
const lines = [
  `F1, batch ${BATCH}, ${name} ${version}, ${threads} threads; medians of ${ROUNDS} rounds`,
  "",
  `${"".padEnd(width)}        ms   ratio to our step`,
  ...rows.map(([label, ms, ratio]) =>
    `${label.padEnd(width)}  ${ms.toFixed(2).padStart(8)}   ${ratio.toFixed(2)}`
  ),
  "",
  peer
    ? `${peer.name}'s best setting takes ${
      median(rounds.map((times) => fastest(times) / times.step!)).toFixed(2)
    } times as long as our step`
    : `PyTorch was not measured: ${found}`,
  "",
];
await Deno.stdout.write(new TextEncoder().encode(lines.join("\n")));

/** Label, median milliseconds, and the median over rounds of its ratio to our step. */
function row(
  label: string,
  of: (times: Record<string, number>) => number,
): [string, number, number] {
  return [label, median(rounds.map(of)), median(rounds.map((times) => of(times) / times.step!))];
}

function loadFeeds(): Record<string, NumericArray> {
  const draws = stream(1, "bench");
  const examples = new Float32Array(BATCH * 784);
  draws.fillUniform(examples, 0);
  const tangent = new Float64Array(net.dimension);
  draws.fillUniform(tangent, examples.length);
  const tangents = Object.entries(splitParameters(net, tangent));
  return {
    [`examples${BATCH}`]: examples,
    [`labels${BATCH}`]: Int32Array.from({ length: BATCH }, (_, i) => i % 10),
    ...Object.fromEntries(tangents.map(([parameter, part]) => [tangentName(parameter), part])),
  };
}

async function loadStep(): Promise<Session> {
  const variables = net.variables();
  const chunk = chunkOf(net, variables, batchOf(net, BATCH));
  const updates = optimiser.updates(variables, gradientOf(chunk, variables, 1 / BATCH));
  const loaded = await engine.load({
    step: { outputs: { losses: chunk.losses }, updates },
    ...gradientProgram(chunk, variables, BATCH),
    ...hessianProgram(chunk, variables, [tangentsFor(variables)], BATCH),
  });
  await loaded.assign({
    ...splitParameters(net, initialPoint(net, 1)),
    ...initialSlots(optimiser, variables),
  });
  return loaded;
}

/** A product large enough to run at the machine's best rate; only one number is copied out. */
async function loadProduct(): Promise<Session> {
  const [a, b, c] = ["a", "b", "c"].map((factor) => variable(factor, [1024, 1024]));
  const result = matMul(a!, b!);
  const loaded = await engine.load({
    product: {
      outputs: { done: constant(0) },
      updates: [{ kind: "assign", variable: c!, value: result }],
    },
  });
  const ones = new Float32Array(1024 * 1024).fill(1);
  await loaded.assign({ a: ones, b: ones, c: ones });
  return loaded;
}
