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
import { subtract } from "../../lib/linalg/vector.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { network } from "../../lib/networks/zoo.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { clipIntoBox, largestFeasibleStep, projectedGradientNorm } from "../../lib/optim/box.ts";
import { makeBuckets } from "../../lib/optim/breakpoint_buckets.ts";
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

const draws = stream(1, "bench");
const [source, target] = [new Float64Array(n), new Float64Array(n)];
const copy = leastOf(9, () => target.set(source));
await write(`n = ${n}; copying a vector takes ${copy.toFixed(1)} ms\n`);
await reportIteration(0);
await reportIteration(9);
await reportSubspace();
await reportRuns();

/** Parts of an iteration with so many pairs, at a point with most coordinates on their bounds. */
async function reportIteration(pairs: number): Promise<void> {
  const box = sharpnessBox(x, EPSILON);
  const [point, curvature] = [new Float64Array(n), new Float64Array(n)];
  draws.fillNormal(point, 0);
  draws.fillUniform(curvature, 0);
  const matrix = new LimitedMemoryMatrix(n, 9);
  const gradientAt = (y: Float64Array) =>
    y.map((yi, i) => (0.1 + curvature[i]!) * (yi - point[i]! * EPSILON));
  let y = clipIntoBox(point.map((entry) => 2 * EPSILON * entry), box);
  let gradient = gradientAt(y);
  let update = 0;
  for (let k = 0; k < Math.max(pairs, 1); k++) {
    const next = clipIntoBox(y.map((yi, i) => yi - 0.3 * (1 + k % 3) * gradient[i]!), box);
    const nextGradient = gradientAt(next);
    // Without pairs: a step that is refused, as up a concave slope.
    const [before, after] = pairs > 0 ? [gradient, nextGradient] : [nextGradient, gradient];
    update = leastOf(1, () => matrix.update(y, before, next, after));
    [y, gradient] = [next, nextGradient];
  }
  const [end, direction, scratch] = [0, 0, 0].map(() => new Float64Array(n));
  const workspace = {
    cauchy: end!,
    point: end!,
    reduced: scratch!,
    buckets: makeBuckets(scratch!, matrix.stride),
    indices: new Int32Array(direction!.buffer),
  };
  const known = cauchyPoint(matrix, y, gradient, box, workspace);
  const cauchy = leastOf(3, () => cauchyPoint(matrix, y, gradient, box, workspace));
  const start = end!.slice();
  const free = start.filter((entry, i) => box.lower[i]! < entry && entry < box.upper[i]!).length;
  const subspace = leastOf(3, () => {
    end!.set(start);
    minimiseOverFree(matrix, y, gradient, box, known, workspace);
  }) - copy;
  const line = leastOf(3, () => {
    subtract(end!, y, direction!);
    largestFeasibleStep(y, direction!, box, 1e10);
  });
  const norm = leastOf(3, () => projectedGradientNorm(y, gradient, box));
  const rows: [string, number][] = [
    ["Cauchy point", cauchy],
    ["subspace minimisation", subspace],
    ["direction and largest step", line],
    ["projected gradient", norm],
    ["update of the matrix", update],
    ["together", cauchy + subspace + line + norm + update],
  ];
  const share = (100 * free / n).toFixed(0);
  await write(`\nL-BFGS-B, ${matrix.count} pairs, ${share} % of the coordinates free`);
  await table(rows);
}

/** Parts of the subspace, on an eighth of the rows and scaled up. */
async function reportSubspace(): Promise<void> {
  const part = 8;
  const rows = Math.floor(n / part);
  const matrix = randomMatrix({ rows, columns: P, law: "gaussian", seed: 1 });
  const y = new Float64Array(P).fill(1);
  const draw = leastOf(1, () => matrix.forEachBlock(() => {}));
  const g = multiply(matrix, y);
  await write(`\nA random subspace of p = ${P}`);
  await table([
    ["drawing A", part * draw],
    ["Gram matrix", part * leastOf(2, () => gramMatrix(matrix))],
    ["A y", part * leastOf(3, () => multiply(matrix, y))],
    ["Aᵀ g", part * leastOf(3, () => multiplyTransposed(matrix, g))],
  ]);
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

async function table(rows: readonly [string, number][]): Promise<void> {
  const lines = rows.map(([label, ms]) =>
    `  ${label.padEnd(27)} ${ms.toFixed(1).padStart(7)} ms ${
      (ms / copy).toFixed(1).padStart(7)
    } copies`
  );
  await write(`\n${lines.join("\n")}\n`);
}

async function write(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(text));
}
