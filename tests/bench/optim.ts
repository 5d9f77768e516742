/**
 * What Metric 2.1 costs beside f, on F1's 1 462 794 weights: an iteration of L-BFGS-B by its parts, the
 * parts of a random subspace, and the share of f in whole runs.
 *
 * Parts are in processor time, which other work on the machine disturbs less than time by the clock,
 * and as a ratio to copying one vector.
 */
import process from "node:process";
import { selectEngine } from "../../lib/engine/select.ts";
import { gramMatrix } from "../../lib/linalg/gram_matrix.ts";
import { multiply, multiplyTransposed } from "../../lib/linalg/row_blocks.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { network } from "../../lib/networks/zoo.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { directionWithin } from "../../lib/optim/box.ts";
import { makeBuckets, startFilling } from "../../lib/optim/breakpoint_buckets.ts";
import { breakpointTimes } from "../../lib/optim/breakpoint_times.ts";
import { cauchyPoint } from "../../lib/optim/cauchy_point.ts";
import { LimitedMemoryMatrix } from "../../lib/optim/limited_memory_matrix.ts";
import { minimiseOverFree } from "../../lib/optim/subspace_minimisation.ts";
import { stream } from "../../lib/random/stream.ts";
import { sharpnessBox } from "../../lib/sharpness/box.ts";
import { sharpness, type SharpnessOptions } from "../../lib/sharpness/metric.ts";
import { randomMatrix } from "../../lib/sharpness/random_matrix.ts";
import { train } from "../../lib/training/train.ts";
import { readDataset } from "../../lib/study/artifacts.ts";
import download from "../../tasks/download.ts";
import { fakeContext } from "../support/fake_context.ts";

const P = 100;
const EPSILON = 1e-3;
/** The digits on which the share of f is measured, as in the default study. */
const SIZES = { dataset: "mnist-10k", train: 8000, test: 2000 } as const;
const net = network("F1");
const n = net.dimension;
const x = initialPoint(net, 1);

/** What the parts were to come to, in milliseconds. */
const AIMS = { iteration: 80, draw: 1350, gram: 600 };

const draws = stream(1, "bench");
const [source, target] = [new Float64Array(n), new Float64Array(n)];
draws.fillNormal(source, 0);
const copy = leastOf(9, () => target.set(source));
await write(`n = ${n}; copying a vector takes ${copy.toFixed(1)} ms\n`);
await reportIteration(0);
const iteration = await reportIteration(9);
const { draw, gram } = await reportSubspace();
await write("\nBeside their aims\n");
await table([
  ["iteration with nine pairs", iteration, AIMS.iteration],
  ["drawing A", draw, AIMS.draw],
  ["Gram matrix", gram, AIMS.gram],
]);
await reportRuns();

/**
 * Parts of an iteration with so many pairs, at points with most coordinates on their bounds, as
 * `minimizeInBox` calls them one after the other; the least of some iterations each.
 */
async function reportIteration(pairs: number): Promise<number> {
  const box = sharpnessBox(x, EPSILON);
  const [point, curvature] = [new Float64Array(n), new Float64Array(n)];
  draws.fillNormal(point, 0);
  draws.fillUniform(curvature, 0);
  using matrix = new LimitedMemoryMatrix(n, 9);
  // All arrays are made before: the collector's time would be counted too.
  const state = () => ({ y: new Float64Array(n), gradient: new Float64Array(n) });
  let [now, next] = [state(), state()];
  const step = (length: number) => {
    for (let i = 0; i < n; i++) {
      const to = length === 0 ? 2 * EPSILON * point[i]! : now.y[i]! - length * now.gradient[i]!;
      next.y[i] = Math.min(Math.max(to, box.lower[i]!), box.upper[i]!);
      next.gradient[i] = (0.1 + curvature[i]!) * (next.y[i]! - point[i]! * EPSILON);
    }
    [now, next] = [next, now];
  };
  const [end, direction, scratch] = [0, 0, 0].map(() => new Float64Array(n));
  const buckets = makeBuckets(scratch!, matrix.stride);
  const indices = new Int32Array(direction!.buffer);
  const workspace = { cauchy: end!, point: end!, buckets, indices };
  const least = new Map<string, number>();
  const part = <T>(name: string, body: () => T): T => {
    let result: T;
    const time = leastOf(1, () => result = body());
    least.set(name, Math.min(least.get(name) ?? Infinity, time));
    return result!;
  };
  let free = 0;
  step(0);
  for (let k = 0; k < pairs + 6; k++) {
    step(0.3 * (1 + k % 3));
    if (k < pairs) least.clear();
    // Without pairs: a step that is refused, as up a concave slope.
    const [before, after] = pairs > 0 ? [next, now] : [now, next];
    const { y, gradient } = now;
    const { pinned } = part(
      "breakpoints, projected gradient",
      () => breakpointTimes(y, gradient, box, scratch!),
    );
    const filled = part(
      "update, with the path's sums",
      () =>
        matrix.update(
          next.y,
          before.gradient,
          y,
          after.gradient,
          () => startFilling(buckets, matrix, y, gradient, box, pinned, false),
        ),
    );
    const known = part(
      "Cauchy point",
      () => cauchyPoint(matrix, y, gradient, box, workspace, filled),
    );
    free = 0;
    for (let i = 0; i < n; i++) free += +(box.lower[i]! < end![i]! && end![i]! < box.upper[i]!);
    part(
      "subspace minimisation",
      () => minimiseOverFree(matrix, y, gradient, box, known, workspace),
    );
    part(
      "direction and largest step",
      () => directionWithin(end!, y, gradient, box, 1e10, direction!),
    );
  }
  const together = [...least.values()].reduce((sum, time) => sum + time, 0);
  const share = (100 * free / n).toFixed(0);
  await write(`\nL-BFGS-B, ${matrix.count} pairs, ${share} % of the coordinates free\n`);
  await table([...least, ["together", together]]);
  return together;
}

/** Parts of the subspace; page faults of A's memory are part of drawing it. */
async function reportSubspace(): Promise<{ draw: number; gram: number }> {
  const y = new Float64Array(P).fill(1);
  draws.fillSingleNormal(new Float32Array(2 ** 20), 0); // compiles the kernel
  const matrix = randomMatrix({ rows: n, columns: P, law: "gaussian", seed: 1 });
  const draw = leastOf(1, () => matrix.forEachBlock(() => {}));
  const gram = leastOf(2, () => gramMatrix(matrix));
  const g = multiply(matrix, y);
  await write(`\nA random subspace of p = ${P}\n`);
  await table([
    ["drawing A", draw],
    ["Gram matrix", gram],
    ["A y", leastOf(3, () => multiply(matrix, y))],
    ["Aᵀ g", leastOf(3, () => multiplyTransposed(matrix, g))],
  ]);
  return { draw, gram };
}

/** Whole runs, by the clock. */
async function reportRuns(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "basin-bench-" });
  await download.run(fakeContext({ parameters: { ...SIZES, seed: 1 }, folder }));
  const part = (name: "train" | "test") => readDataset(`${folder}/${name}`);
  const data = { train: await part("train"), test: await part("test") };
  await Deno.remove(folder, { recursive: true });
  const engine = await selectEngine();
  const stop = { kind: "epochs", epochs: 12 } as const;
  const trained = await train(net, data, x, { engine, batchSize: 256, stop, seed: 1 });
  await using objective = await objectiveOf(net, data.train, { engine });
  const run = async (options: Partial<SharpnessOptions>) => {
    let inside = 0;
    const timed = {
      dimension: n,
      async evaluate(at: Float64Array) {
        const start = performance.now();
        const evaluation = await objective.evaluate(at);
        inside += performance.now() - start;
        return evaluation;
      },
    };
    const start = performance.now();
    const { evaluations } = await sharpness(timed, trained.x, { epsilon: EPSILON, ...options });
    return { all: performance.now() - start, inside, evaluations };
  };
  await objective.evaluate(x);
  const full = await run({});
  const random = await run({ subspace: { dimension: P, distribution: "gaussian", seed: 1 } });
  const line = (name: string, { all, inside, evaluations }: typeof full) => {
    const [seconds, beside] = [all / 1e3, (all - inside) / 1e3].map((time) => time.toFixed(1));
    const share = (100 * inside / all).toFixed(1);
    return `  ${
      name.padEnd(12)
    } ${seconds} s: ${evaluations} evaluations of f and ∇f take ${share} %, ` +
      `all else ${beside} s\n`;
  };
  await write(
    `\nSharpness of F1 on ${SIZES.train} digits, ${engine.description.threads} threads, by the clock\n` +
      line("full space", full) + line(`p = ${P}`, random),
  );
}

/** Least processor time of some calls, in milliseconds. */
function leastOf(calls: number, body: () => unknown): number {
  let least = Infinity;
  for (let call = 0; call < calls; call++) {
    const { user, system } = process.cpuUsage();
    body();
    const used = process.cpuUsage({ user, system });
    least = Math.min(least, (used.user + used.system) / 1e3);
  }
  return least;
}

/** Milliseconds, what they are in copies of a vector, and the aim if there is one. */
async function table(rows: readonly (readonly [string, number, number?])[]): Promise<void> {
  const lines = rows.map(([label, ms, aim]) =>
    `  ${label.padEnd(31)} ${ms.toFixed(1).padStart(7)} ms ${
      (ms / copy).toFixed(1).padStart(7)
    } copies${aim === undefined ? "" : `, aim ${aim} ms`}\n`
  );
  await write(lines.join(""));
}

async function write(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(text));
}
