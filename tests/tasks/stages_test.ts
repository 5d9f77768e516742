/** The stages that compute, at toy size, on whichever engine is installed. */
import assert from "node:assert/strict";
import { network } from "../../lib/networks/zoo.ts";
import type { InputArtifact } from "../../lib/pipeline/stage.ts";
import { readWeights, writeWeights } from "../../lib/study/artifacts.ts";
import download from "../../tasks/download.ts";
import measures from "../../tasks/measures.ts";
import path from "../../tasks/path.ts";
import ritz from "../../tasks/ritz.ts";
import sharpness from "../../tasks/sharpness.ts";
import spectrum from "../../tasks/spectrum.ts";
import train from "../../tasks/train.ts";
import trajectory from "../../tasks/trajectory.ts";
import {
  batchesOf,
  batchSizeOf,
  optimiserOf,
  type OptimiserParameters,
} from "../../lib/study/training_parameters.ts";
import warmStart from "../../tasks/warm_start.ts";
import { fakeContext } from "../support/fake_context.ts";

const OBJECTIVE = {
  network: "F1",
  normalisation: "batch",
  strided: false,
  batchNorm: "batch",
  evaluationBatch: 40,
} as const;
const TRAINING = {
  ...OBJECTIVE,
  seed: 1,
  trial: 2,
  epochs: 2,
  optimiser: "adam",
  learningRate: 1e-3,
  learningRateScaling: "none",
  baseBatch: 256,
  regimeAdaptation: false,
  dropEpochs: [] as number[],
  dropDistances: [] as number[],
  dropFactor: 0.1,
  warmupEpochs: 0,
  criterion: "plain",
  augmentation: "none",
  conservative: false,
  iterate: "least",
} as const;
const MEASURING = { ...OBJECTIVE, seed: 1, trial: 2 } as const;

function artifact(path: string, status: InputArtifact["status"] = "ok"): InputArtifact[] {
  return [{ cell: {}, status, path }];
}

async function folder(name: string): Promise<string> {
  const path = `${root}/${name}`;
  await Deno.mkdir(path);
  return path;
}

async function readJson(path: string) {
  return JSON.parse(await Deno.readTextFile(path));
}

const root = await Deno.makeTempDir({ prefix: "basin-test-" });
const data = await folder("data");
await download.run(fakeContext({
  parameters: { dataset: "mnist-10k", train: 60, test: 20, seed: 1 },
  folder: data,
}));
const inputs = { train: artifact(`${data}/train`), test: artifact(`${data}/test`) };
const trained = await folder("trained");
await train.run(fakeContext({
  parameters: { ...TRAINING, batch: "25%", keepIterates: [0, 1] },
  folder: trained,
  inputs,
}));

Deno.test("train writes what it did, weights that can be read again, and the iterates asked for", async () => {
  const metrics = await readJson(`${trained}/metrics`);
  assert.equal(metrics.batchSize, 15);
  assert.equal(metrics.steps, 8);
  assert.equal(metrics.parameterCount, 1_462_794);
  assert.equal(metrics.trial, 2);
  const history = await readJson(`${trained}/history`);
  assert.equal(history.length, 3);
  assert.equal(metrics.trainLoss, history[metrics.iterateEpoch].trainLoss);
  const kept = await Array.fromAsync(Deno.readDir(`${trained}/iterates`), ({ name }) => name);
  assert.deepEqual(kept.sort(), ["epoch-0.safetensors", "epoch-1.safetensors"]);
  const x = await readWeights(network("F1"), `${trained}/weights`);
  assert.ok(x.every(Number.isFinite));
});

for (const batchNorm of ["running", "recomputed"] as const) {
  Deno.test(`sharpness is measured around the f of training with ${batchNorm} moments`, async () => {
    const run = fakeContext({
      parameters: { ...TRAINING, batchNorm, batch: 20, keepIterates: [] },
      folder: await folder(`trained-${batchNorm}`),
      inputs,
    });
    await train.run(run);
    const { trainLoss } = await readJson(run.output("metrics"));
    const context = fakeContext({
      parameters: {
        ...MEASURING,
        batchNorm,
        eps: 1e-3,
        protocol: "paper",
        maxIterations: 1,
      } as const,
      folder: await folder(`sharpness-${batchNorm}`),
      inputs: { ...inputs, weights: artifact(run.output("weights")) },
    });
    await sharpness.run(context);
    const metrics = await readJson(context.output("metrics"));
    assert.equal(metrics.batchNorm, batchNorm);
    // The weights and moments went through float32 files, which hold them exactly or to 6e-8.
    assert.ok(Math.abs(metrics.lossAtMinimiser / trainLoss - 1) < 1e-5);
    const plain = fakeContext({
      parameters: { ...MEASURING, batchNorm, eps: 1e-3, protocol: "paper" } as const,
      folder: await folder(`plain-${batchNorm}`),
      inputs: { ...inputs, weights: artifact(`${trained}/weights`) },
    });
    await assert.rejects(() => sharpness.run(plain), /norm1 .* the weights have none/);
  });
}

Deno.test("optimiserOf() names each rule, and refuses SGD's constants elsewhere", () => {
  const of = (parameters: Partial<OptimiserParameters>) =>
    optimiserOf({ optimiser: "adam", learningRate: 0.1, ...parameters }).name;
  assert.deepEqual(
    [of({}), of({ optimiser: "sgd", momentum: 0.9 }), of({ optimiser: "adagrad" })],
    ["ADAM", "SGD", "ADAGRAD"],
  );
  assert.throws(() => of({ momentum: 0.9 }), { name: "RangeError", message: /adam with momentum/ });
  assert.throws(() => of({ optimiser: "adagrad", weightDecay: 0 }), /adagrad with weightDecay/);
});

Deno.test("warm_start trains from the iterate, and says where it began", async () => {
  const context = fakeContext({
    parameters: { ...TRAINING, batch: 60, warmEpochs: 1 },
    folder: await folder("warm"),
    inputs: { ...inputs, iterates: artifact(`${trained}/iterates`) },
  });
  await warmStart.run(context);
  const metrics = await readJson(context.output("metrics"));
  const history = await readJson(`${trained}/history`);
  assert.equal(metrics.warmEpochs, 1);
  assert.equal(metrics.start.trainLoss, history[1].trainLoss);
  assert.deepEqual(context.divergences, []);
});

Deno.test("warm_start says which iterate is missing, and diverges where its producer did", async () => {
  const of = async (status: InputArtifact["status"]) =>
    fakeContext({
      parameters: { ...TRAINING, batch: 60, warmEpochs: 9 },
      folder: await folder(`missing-${status}`),
      inputs: { ...inputs, iterates: artifact(`${trained}/iterates`, status) },
    });
  const sound = await of("ok");
  await assert.rejects(() => warmStart.run(sound), /Cannot start from epoch 9.*keepIterates/s);
  const lost = await of("diverged");
  await warmStart.run(lost);
  assert.equal(lost.divergences.length, 1);
  assert.equal((await readJson(lost.output("metrics"))).trainLoss, "NaN");
});

Deno.test("sharpness measures in full space and in a subspace, and records the way", async () => {
  for (const dimension of [undefined, 3]) {
    const context = fakeContext({
      parameters: {
        ...MEASURING,
        eps: 1e-3,
        protocol: "paper",
        maxIterations: 2,
        ...(dimension && { dimension }),
      } as const,
      folder: await folder(`sharpness-${dimension}`),
      inputs: { ...inputs, weights: artifact(`${trained}/weights`) },
    });
    await sharpness.run(context);
    const metrics = await readJson(context.output("metrics"));
    assert.equal(metrics.epsilon, 1e-3);
    assert.deepEqual(
      metrics.space,
      dimension ? { dimension, distribution: "gaussian", seed: 3 } : "full",
    );
    assert.equal(metrics.start, dimension ? "origin" : "vertex");
    assert.equal(metrics.maxIterations, 2);
    assert.ok(metrics.percent > 0);
    assert.ok(metrics.curve.length >= 2);
  }
});

Deno.test("path has the losses of training at its ends", async () => {
  const context = fakeContext({
    parameters: { ...OBJECTIVE, trial: 2, kind: "linear" } as const,
    folder: await folder("path"),
    inputs: {
      ...inputs,
      small: artifact(`${trained}/iterates/epoch-1.safetensors`),
      large: artifact(`${trained}/iterates/epoch-0.safetensors`),
    },
  });
  await path.run(context);
  const { points } = await readJson(context.output("metrics"));
  const history = await readJson(`${trained}/history`);
  assert.equal(points.length, 25);
  for (const [point, record] of [[points[8], history[1]], [points[16], history[0]]]) {
    assert.equal(point.trainLoss, record.trainLoss);
    assert.equal(point.testLoss, record.testLoss);
    assert.equal(point.testAccuracyPercent, 100 * record.testAccuracy);
  }
  const lost = fakeContext({
    parameters: { ...OBJECTIVE, trial: 2, kind: "curvilinear" } as const,
    folder: await folder("lost path"),
    inputs: {
      ...inputs,
      small: artifact(`${trained}/weights`),
      large: artifact(`${trained}/weights`, "diverged"),
    },
  });
  await path.run(lost);
  assert.equal(lost.divergences.length, 1);
  assert.deepEqual((await readJson(lost.output("metrics"))).points, []);
});

Deno.test("trajectory measures every iterate that was kept, in the order of training", async () => {
  const context = fakeContext({
    parameters: { ...OBJECTIVE, seed: 1, trial: 2, eps: 1e-3, protocol: "literal" } as const,
    folder: await folder("trajectory"),
    inputs: { ...inputs, iterates: artifact(`${trained}/iterates`) },
  });
  await trajectory.run(context);
  const { points, epsilon } = await readJson(context.output("metrics"));
  const history = await readJson(`${trained}/history`);
  assert.equal(epsilon, 1e-3);
  assert.deepEqual(points.map(({ epoch }: { epoch: number }) => epoch), [0, 1]);
  for (const point of points) {
    assert.equal(point.trainLoss, history[point.epoch].trainLoss);
    assert.ok(point.percent > 0);
  }
});

Deno.test("trajectory ends at an iterate where f is not finite, and says so", async () => {
  const net = network("F1");
  const iterates = await folder("overflowing");
  await Deno.copyFile(`${trained}/iterates/epoch-1.safetensors`, `${iterates}/epoch-1.safetensors`);
  // Finite, but their sums overflow.
  const huge = new Float64Array(net.dimension).fill(3e38);
  await writeWeights(net, `${iterates}/epoch-2.safetensors`, huge);
  const context = fakeContext({
    parameters: { ...OBJECTIVE, seed: 1, trial: 2, eps: 1e-3, protocol: "literal" } as const,
    folder: await folder("overflow"),
    inputs: { ...inputs, iterates: artifact(iterates) },
  });
  await trajectory.run(context);
  const { points } = await readJson(context.output("metrics"));
  assert.deepEqual(points.map(({ epoch }: { epoch: number }) => epoch), [1]);
  assert.equal(context.divergences.length, 1);
});

Deno.test("ritz returns values with residuals, of as many products as asked for", async () => {
  const context = fakeContext({
    parameters: { ...MEASURING, dimension: 2, distribution: "gaussian", lanczosSteps: 2 } as const,
    folder: await folder("ritz"),
    inputs: { ...inputs, weights: artifact(`${trained}/weights`) },
  });
  await ritz.run(context);
  const metrics = await readJson(context.output("metrics"));
  assert.equal(metrics.ritz.values.length, 2);
  assert.equal(metrics.ritz.residuals.length, 2);
  assert.equal(metrics.lanczos.steps, 2);
  // The largest Ritz value of a Krylov space exceeds the curvature along any single random vector.
  assert.ok(metrics.lanczos.values.at(-1) > metrics.ritz.values.at(-1));
});

const SPECTRUM = { ...MEASURING, steps: 3, probes: 1, traceProbes: 2, directions: 2, eps: 1e-3 };
const MEASURES = measures.parameters.parse({
  ...MEASURING,
  measures: ["bits", "expected"],
  pairs: 2,
});

Deno.test("spectrum has density, trace and sharp directions of one point", async () => {
  const context = fakeContext({
    parameters: SPECTRUM,
    folder: await folder("spectrum"),
    inputs: { ...inputs, weights: artifact(`${trained}/weights`) },
  });
  await spectrum.run(context);
  const { density, trace, directions, dimension } = await readJson(context.output("metrics"));
  assert.equal(dimension, 1_462_794);
  assert.equal(density.nodes.length, 3);
  assert.equal(density.grid.length, density.density.length);
  assert.equal(directions.percents.length, 2);
  // Both estimate the trace; one start's estimate varies by about √2 ‖H‖_F, and λ_max bounds that.
  const byDensity = density.nodes.reduce(
    (sum: number, node: number, j: number) => sum + dimension * node * density.weights[j],
    0,
  );
  const reach = 4 * Math.max(...density.nodes.map(Math.abs)) + 4 * trace.standardError;
  assert.ok(Math.abs(byDensity - trace.mean) < reach, `${byDensity}, ${trace.mean}, ${reach}`);
});

Deno.test("measures gives an amount, a unit and an order for each measure asked for", async () => {
  const context = fakeContext({
    parameters: MEASURES,
    folder: await folder("measures"),
    inputs: { ...inputs, weights: artifact(`${trained}/weights`) },
  });
  await measures.run(context);
  const written = await readJson(context.output("metrics"));
  const [bits, expected] = written.measures;
  assert.deepEqual([bits.name, bits.unit, bits.sharper], ["bits", "bits", "larger"]);
  assert.ok(Number.isInteger(bits.amount));
  assert.deepEqual([expected.scale, expected.how], ["σ 0.01", "2 pairs, all-pairs; 5 evaluations"]);
  assert.ok(expected.standardError > 0);
});

Deno.test("sharpness, ritz, spectrum and measures publish a point of NaN as diverged", async () => {
  const net = network("F1");
  const path = `${root}/nan.safetensors`;
  await writeWeights(net, path, new Float64Array(net.dimension).fill(NaN));
  const weights = { ...inputs, weights: artifact(path, "diverged") };
  const measured = fakeContext({
    parameters: { ...MEASURING, eps: 1e-3, protocol: "paper" } as const,
    folder: await folder("nan-sharpness"),
    inputs: weights,
  });
  await sharpness.run(measured);
  assert.equal(measured.divergences.length, 1);
  assert.equal((await readJson(measured.output("metrics"))).percent, "NaN");
  const curved = fakeContext({
    parameters: { ...MEASURING, dimension: 2, distribution: "gaussian", lanczosSteps: 2 } as const,
    folder: await folder("nan-ritz"),
    inputs: weights,
  });
  await ritz.run(curved);
  assert.equal(curved.divergences.length, 1);
  const spread = fakeContext({
    parameters: SPECTRUM,
    folder: await folder("nan-spectrum"),
    inputs: weights,
  });
  await spectrum.run(spread);
  assert.equal(spread.divergences.length, 1);
  const compared = fakeContext({
    parameters: MEASURES,
    folder: await folder("nan-measures"),
    inputs: weights,
  });
  await measures.run(compared);
  assert.equal(compared.divergences.length, 1);
  assert.deepEqual((await readJson(compared.output("metrics"))).measures, []);
});

Deno.test("batchSizeOf() takes numbers and shares of the training set", () => {
  assert.equal(batchSizeOf(256, 8000), 256);
  assert.equal(batchSizeOf("10%", 8000), 800);
  assert.equal(batchSizeOf("2.5%", 60), 2); // 1.5, rounded
  assert.equal(batchSizeOf("0.1%", 60), 1);
});

Deno.test("batchesOf() fills in the paper's augmentation and conservative training", () => {
  const plain = { batch: 64, augmentation: "none", conservative: false } as const;
  assert.deepEqual(batchesOf(plain, 800), { batchSize: 64 });
  const remedies = {
    batch: "10%",
    batchGrowth: { factor: 2, everyEpochs: 3, most: "50%" },
    augmentation: "paper",
    conservative: true,
  } as const;
  assert.deepEqual(batchesOf(remedies, 800), {
    batchSize: 80,
    batchGrowth: { factor: 2, everyEpochs: 3, most: 400 },
    augmentation: { flip: true, rotationDegrees: 10, shift: 0.2 },
    conservative: { lambda: 1e-3, iterations: 3, memory: "kept" },
  });
  const own = { ...plain, conservative: { lambda: 0.1, iterations: undefined } };
  assert.deepEqual(batchesOf(own, 800).conservative, {
    lambda: 0.1,
    iterations: 3,
    memory: "kept",
  });
});

globalThis.addEventListener("unload", () => Deno.removeSync(root, { recursive: true }));
