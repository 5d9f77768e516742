/**
 * A process that times a training step and a product Hv of F1, both of 256 examples, with the
 * kernels that its environment chooses. Not called by hand.
 *
 * It says `ready`, then answers each line of stdin with processor time in milliseconds, as JSON.
 */
import process from "node:process";
import type { Engine } from "../engine/engine.ts";
import { locateNative } from "../engine/setup/location.ts";
import { tensorflowEngine } from "../engine/tensorflow/engine.ts";
import { sizeOf } from "../graph/shape.ts";
import { splitParameters } from "../networks/flat.ts";
import { initialPoint } from "../networks/initial_point.ts";
import { network } from "../networks/zoo.ts";
import {
  batchOf,
  chunkOf,
  hessianName,
  hessianProgram,
  tangentName,
  tangentsFor,
} from "../objective/classifier_program.ts";
import { stream } from "../random/stream.ts";
import { adam } from "../training/adam.ts";
import { plain } from "../training/criteria/plain.ts";
import { initialSlots } from "../training/optimiser.ts";
import { stepKeyFeeds, trainingProgram } from "../training/training_program.ts";
import { medianOf } from "./contest.ts";
import type { RoundTimes, TIMED } from "./round_times.ts";

const BATCH = 256;

/** Calls of each function in a round: a tenth of a second each, on a core with AVX-512. */
const CALLS = { step: 9, product: 5 } as const;

if (import.meta.main) {
  const functions = await timedFunctions(tensorflowEngine(locateNative()!));
  const round = async (): Promise<RoundTimes> => ({
    step: await milliseconds(functions.step, CALLS.step),
    product: await milliseconds(functions.product, CALLS.product),
  });
  await round(); // the first calls of a function compile its kernels
  say("ready");
  for await (const line of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    if (line.trim() !== "") say(JSON.stringify(await round()));
  }
}

async function timedFunctions(
  engine: Engine,
): Promise<Record<typeof TIMED[number], () => Promise<unknown>>> {
  const net = network("F1");
  const variables = net.variables();
  const optimiser = adam();
  const chunk = chunkOf(net, variables, batchOf(net, BATCH));
  const products = await engine.load(
    hessianProgram(chunk, variables, [tangentsFor(variables, 0)], BATCH),
  );
  const training = await engine.load(trainingProgram({
    network: net,
    variables,
    criterion: plain(),
    optimiser,
    batchNorm: "batch",
    moments: new Map(),
  }, { evaluated: new Set(), stepped: new Set([BATCH]) }));
  const start = splitParameters(net, initialPoint(net, 1));
  await products.assign(start);
  await training.assign({ ...start, ...initialSlots(optimiser, variables) });
  const examples = new Float32Array(BATCH * sizeOf(net.inputShape));
  stream(1, "timed examples").fillUniform(examples, 0);
  const batch = {
    [`examples${BATCH}`]: examples,
    [`labels${BATCH}`]: Int32Array.from({ length: BATCH }, (_, i) => i % net.classes),
  };
  const tangent = Object.fromEntries(
    Object.entries(splitParameters(net, initialPoint(net, 2)))
      .map(([name, part]) => [tangentName(name, 0), part]),
  );
  let steps = 0;
  return {
    step: () => {
      steps++;
      const feeds = { ...batch, ...optimiser.feeds(steps), ...stepKeyFeeds(1, steps) };
      return training.run(`step ${BATCH}`, feeds);
    },
    product: () => products.run(hessianName(BATCH, 1), { ...batch, ...tangent }),
  };
}

/** Median processor time of a call: other work on the machine does not count. */
async function milliseconds(body: () => Promise<unknown>, calls: number): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call < calls; call++) {
    const before = process.cpuUsage();
    await body();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1e3);
  }
  return medianOf(times);
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
