/** How well the float32 engines compute ∇f and Hv of the paper's networks at their full size. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { Engine, NumericArray } from "../../lib/engine/engine.ts";
import { locateNative } from "../../lib/engine/setup/location.ts";
import { tensorflowEngine } from "../../lib/engine/tensorflow/engine.ts";
import { sizeOf } from "../../lib/graph/shape.ts";
import { splitParameters } from "../../lib/networks/flat.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { namesOf, type Network } from "../../lib/networks/network.ts";
import { network } from "../../lib/networks/zoo.ts";
import {
  batchOf,
  chunkOf,
  gradientOf,
  gradientProgram,
  hessianName,
  hessianProgram,
  tangentName,
  tangentsFor,
} from "../../lib/objective/classifier_program.ts";
import { stream } from "../../lib/random/stream.ts";
import { adam } from "../../lib/training/adam.ts";
import { initialSlots } from "../../lib/training/optimiser.ts";
import { SINGLE_ENGINES } from "../engine/engines.ts";
import { median } from "../bench/statistics.ts";
import { relativeError } from "../support/assert_close.ts";

/**
 * Examples in a batch: not so few that batch norm divides by next to nothing, nor so many units that
 * in most batches some ReLU or pool switches by rounding. One that does is a jump of the gradient
 * itself, of 1e-4 to 1e-2; hence medians over batches.
 */
const EXAMPLES = { F1: 250, C1: 16 } as const;
/** Steps of ADAM on that batch towards its minimum. */
const STEPS = { F1: 30, C1: 12 } as const;

const native = locateNative();
const BATCHES = 5;
const require = createRequire(import.meta.url);

type Parts = Record<string, NumericArray>;

/** ∇f and Hv at each point. */
async function derivativesOn(
  engine: Engine,
  net: Network,
  size: number,
  batch: number,
  points: readonly Parts[],
) {
  const { session, feeds } = await load(engine, net, size, batch);
  const results: Float64Array[] = [];
  for (const point of points) {
    await session.assign(point);
    const { losses: _, ...gradient } = await session.run(`gradient ${size}`, feeds);
    const product = await session.run(hessianName(size, 1), feeds);
    results.push(flat(net, gradient), flat(net, product, (name) => tangentName(name)));
  }
  await session[Symbol.asyncDispose]();
  return results;
}

/**
 * Digits for F1. For C1, coloured noise: on the digits' even background, max pooling has ties, and
 * which of two equal entries is the larger is a matter of rounding.
 */
function examplesFor(net: Network, size: number, batch: number) {
  const features = new Float32Array(size * sizeOf(net.inputShape));
  const labels = Int32Array.from({ length: size }, (_, i) => i % 10);
  stream(batch, "pixels").fillUniform(features, 0);
  if (net.name === "F1") {
    labels.forEach((digit, i) => {
      const { data } = require(`mnist/src/digits/${digit}.json`) as { data: number[] };
      const image = batch * size / 10 + Math.floor(i / 10);
      features.set(data.slice(image * 784, (image + 1) * 784), i * 784);
    });
  }
  return { features, labels };
}

async function load(engine: Engine, net: Network, size: number, batch: number) {
  const variables = net.variables();
  const chunk = chunkOf(net, variables, batchOf(net, size));
  const optimiser = adam();
  const updates = optimiser.updates(variables, gradientOf(chunk, variables, 1 / size));
  const session = await engine.load({
    ...gradientProgram(chunk, variables, size),
    ...hessianProgram(chunk, variables, [tangentsFor(variables)], size),
    step: { outputs: { losses: chunk.losses }, updates },
  });
  await session.assign(initialSlots(optimiser, variables));
  const { features, labels } = examplesFor(net, size, batch);
  const tangent = new Float64Array(net.dimension);
  stream(1, "tangent").fillNormal(tangent, 0);
  const feeds: Parts = {
    [`examples${size}`]: features,
    [`labels${size}`]: labels,
  };
  for (const [name, part] of Object.entries(splitParameters(net, tangent.map(Math.fround)))) {
    feeds[tangentName(name)] = part;
  }
  return { session, feeds, variables, optimiser };
}

/** The start, and where some steps of ADAM lead from it. */
async function twoPoints(
  engine: Engine,
  net: Network,
  size: number,
  batch: number,
  steps: number,
): Promise<Parts[]> {
  const start = splitParameters(net, initialPoint(net, batch));
  const { session, feeds, variables, optimiser } = await load(engine, net, size, batch);
  await session.assign(start);
  let losses: NumericArray = new Float32Array();
  for (let t = 1; t <= steps; t++) {
    losses = (await session.run("step", { ...feeds, ...optimiser.feeds(t) })).losses!;
  }
  const mean = Array.from(losses).reduce((total, loss) => total + loss / size, 0);
  assert.ok(mean < 0.1, `the end is not near a minimum: the loss is ${mean}`);
  const end = await session.read(namesOf(variables));
  await session[Symbol.asyncDispose]();
  return [start, end];
}

function flat(net: Network, parts: Parts, nameOf = (name: string) => name): Float64Array {
  const x = new Float64Array(net.dimension);
  for (const { name, offset } of net.parameters) x.set(parts[nameOf(name)]!, offset);
  return x;
}

for (const name of ["F1", "C1"] as const) {
  Deno.test({
    name: `∇f and Hv of ${name} in float32 are good to 1e-5 and 1e-4 but for ReLU's kinks`,
    ignore: native === undefined,
    fn: async (t) => {
      const net = network(name);
      const size = EXAMPLES[name];
      const yardstick = tensorflowEngine(native!, { precision: "double" });
      const engines = SINGLE_ENGINES.filter((e) => !e.missing);
      const errors = new Map(engines.map((e) => [e.name, [] as number[][]]));
      for (let batch = 0; batch < BATCHES; batch++) {
        const points = await twoPoints(
          await engines.at(-1)!.start(),
          net,
          size,
          batch,
          STEPS[name],
        );
        const wanted = await derivativesOn(yardstick, net, size, batch, points);
        for (const engine of engines) {
          const got = await derivativesOn(await engine.start(), net, size, batch, points);
          errors.get(engine.name)!.push(got.map((g, i) => relativeError(g, wanted[i]!)));
        }
      }
      for (const [engine, batches] of errors) {
        await t.step(`${engine} engine`, () => {
          const [g0, h0, g1, h1] = [0, 1, 2, 3].map((i) => median(batches.map((b) => b[i]!)));
          assert.ok(Math.max(g0!, g1!) <= 1e-5, `gradient: ${g0} at the start, ${g1} at the end`);
          assert.ok(Math.max(h0!, h1!) <= 1e-4, `product: ${h0} at the start, ${h1} at the end`);
        });
      }
    },
  });
}
