/**
 * What an accelerator waits for: φ, Ritz values and f by parts, with vectors in the engine's memory and
 * with vectors on the host. On an engine without a memory of its own only the latter is measured.
 */
import { parseArgs } from "node:util";
import { hutchinsonTrace } from "../../lib/curvature/hutchinson_trace.ts";
import { lanczos } from "../../lib/curvature/lanczos.ts";
import type { Dataset } from "../../lib/data/dataset.ts";
import type { Engine, Session } from "../../lib/engine/engine.ts";
import { selectEngine } from "../../lib/engine/select.ts";
import { sizeOf } from "../../lib/graph/shape.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import type { Network } from "../../lib/networks/network.ts";
import { network, type NetworkName } from "../../lib/networks/zoo.ts";
import { type ClassifierObjective, objectiveOf } from "../../lib/objective/objective_of.ts";
import { stream } from "../../lib/random/stream.ts";
import { sharpness, type SharpnessOptions } from "../../lib/sharpness/metric.ts";

const { values } = parseArgs({
  options: {
    network: { type: "string", multiple: true, default: ["F1"] },
    examples: { type: "string", default: "8000" },
    chunk: { type: "string", default: "2000" },
  },
});
const [examples, chunk] = [values.examples, values.chunk].map(Number) as [number, number];

/** Milliseconds by what the session did. */
interface Clocked {
  run: number;
  copies: number;
}

/** The engine, with a clock on what its sessions do. */
function clocked(engine: Engine, ownMemory: boolean): { engine: Engine; spent: Clocked } {
  const spent: Clocked = { run: 0, copies: 0 };
  const timed = async <T>(part: keyof Clocked, body: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    try {
      return await body();
    } finally {
      spent[part] += performance.now() - start;
    }
  };
  const load = async (program: Parameters<Engine["load"]>[0]): Promise<Session> => {
    const session = await engine.load(program);
    return {
      run: (...call) => timed("run", () => session.run(...call)),
      assign: (values) => timed("copies", () => session.assign(values)),
      async read(names) {
        // A function of which nothing is wanted goes on until someone reads: that is no copying. The
        // last parameter is a small one.
        await timed("run", () => session.read(names.slice(-1)));
        return await timed("copies", () => session.read(names));
      },
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    };
  };
  return { engine: { description: engine.description, ownMemory, load }, spent };
}

const MEASURES: Readonly<
  Record<string, (f: ClassifierObjective, x: Float64Array) => Promise<number>>
> = {
  "f and ∇f": async (f, x) => (await f.evaluate(x), 1),
  "φ, power method": (f, x) => climbed(f, x, { protocol: "power" }),
  "φ, L-BFGS-B": (f, x) => climbed(f, x, { protocol: "paper" }),
  "φ, p = 100": (f, x) =>
    climbed(f, x, {
      protocol: "paper",
      subspace: { dimension: 100, distribution: "gaussian", seed: 1 },
    }),
  "Lanczos, 8 steps": async (f, x) => {
    await lanczos(f.hessian(x), { steps: 8, seed: 1 });
    return 8;
  },
  "trace, 4 probes": async (f, x) =>
    (await hutchinsonTrace(f.hessian(x), { probes: 4, seed: 1 })).probes,
};

async function climbed(
  f: ClassifierObjective,
  x: Float64Array,
  options: Partial<SharpnessOptions>,
): Promise<number> {
  return (await sharpness(f, x, { epsilon: 1e-3, ...options })).evaluations;
}

const engine = await selectEngine();
const { name, version, device = "" } = engine.description;
await write(
  `${name} ${version} ${device}: ${examples} drawn examples in chunks of ${chunk}; seconds by the clock\n`,
);
for (const each of values.network) await report(network(each as NetworkName));
Deno.exit(0); // a plugin's threads would keep the process alive

async function report(net: Network): Promise<void> {
  const data = drawn(net);
  const x = initialPoint(net, 1).map(Math.fround);
  await write(`\n${net.name}, n = ${net.dimension}\n`);
  await write(
    row(["", "vectors", "calls", "all", "functions", "copies", "host", "device's share"]),
  );
  for (const ownMemory of engine.ownMemory ? [false, true] : [false]) {
    const { engine: timed, spent } = clocked(engine, ownMemory);
    await using f = await objectiveOf(net, data, { engine: timed, evaluationBatch: chunk });
    for (const [what, measure] of Object.entries(MEASURES)) {
      await measure(f, x); // compiles
      spent.run = spent.copies = 0;
      const start = performance.now();
      const calls = await measure(f, x);
      const all = performance.now() - start;
      const { run, copies } = spent;
      const seconds = [all, run, copies, all - run - copies].map((ms) => (ms / 1e3).toFixed(3));
      const share = `${(100 * run / all).toFixed(0)} %`;
      await write(row([what, ownMemory ? "session" : "host", `${calls}`, ...seconds, share]));
    }
  }
}

function row(cells: readonly string[]): string {
  const [first, ...rest] = cells;
  return `${first!.padEnd(18)}${rest.map((cell) => cell.padStart(11)).join("")}\n`;
}

/** Examples of U(0, 1), with labels in turn. */
function drawn({ inputShape, classes }: Network): Dataset {
  const features = new Float32Array(examples * sizeOf(inputShape));
  stream(1, "bench examples").fillUniform(features, 0);
  const labels = Int32Array.from({ length: examples }, (_, i) => i % classes);
  return {
    name: "drawn",
    count: examples,
    classes,
    featureShape: inputShape,
    features,
    labels,
  };
}

async function write(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(text));
}
