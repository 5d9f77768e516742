/** Arguments that a public function cannot use, and the error that names what and where. */
import assert from "node:assert/strict";
import { referenceEngine } from "../lib/engine/reference/engine.ts";
import * as basin from "../lib/mod.ts";
import type { Dataset, LinearOperator, Network, Objective } from "../lib/mod.ts";
import { toyDataset, toyNetwork } from "./support/toy_problem.ts";

const engine = referenceEngine();
const net = toyNetwork();
const data = toyDataset(8);
const x = basin.initialPoint(net, 1);
const short = new Float64Array(3);
const broken = x.with(7, NaN);

/** f = ½‖x‖² in two dimensions. */
const bowl: Objective = {
  dimension: 2,
  evaluate: (x) =>
    Promise.resolve({ value: 0.5 * x.reduce((sum, xi) => sum + xi * xi, 0), gradient: x.slice() }),
};
const identity: LinearOperator = { dimension: 2, apply: (v) => Promise.resolve(v.slice()) };
/** An operator that gives what is no number, as a Hessian does where the loss overflows. */
const shattered: LinearOperator = {
  dimension: 2,
  apply: () => Promise.resolve(Float64Array.of(1, NaN)),
};

const box = { lower: Float64Array.of(-1, -1), upper: Float64Array.of(1, 1) };
const two = Float64Array.of(0.5, 0.5);
const nan = Float64Array.of(0.5, NaN);
const three = new Float64Array(3);

interface Misuse {
  /** The function and what is wrong. */
  readonly what: string;
  readonly call: () => unknown;
  readonly kind: typeof TypeError | typeof RangeError;
  /** What the message must name: the object at fault and the value seen. */
  readonly names: RegExp;
}

const range = (what: string, names: RegExp, call: () => unknown): Misuse => {
  return { what, names, call, kind: RangeError };
};
const type = (what: string, names: RegExp, call: () => unknown): Misuse => {
  return { what, names, call, kind: TypeError };
};

const SHARPNESS: Misuse[] = [
  type("minimizeInBox: start", /3/, () => basin.minimizeInBox(bowl, three, box)),
  range("minimizeInBox: NaN in start", /NaN/, () => basin.minimizeInBox(bowl, nan, box)),
  type(
    "minimizeInBox: box",
    /3/,
    () => basin.minimizeInBox(bowl, two, { ...box, lower: three }),
  ),
  range(
    "minimizeInBox: crossed bounds",
    /1/,
    () => basin.minimizeInBox(bowl, two, { lower: box.upper, upper: box.lower }),
  ),
  ...Object.entries({
    sharpness: (x: Float64Array) => basin.sharpness(bowl, x, { epsilon: 1e-3 }),
    adaptiveSharpness: (x: Float64Array) => basin.adaptiveSharpness(bowl, x, { rho: 1e-3 }),
    ballSharpness: (x: Float64Array) => basin.ballSharpness(bowl, x, { rho: 1e-3 }),
    expectedSharpness: (x: Float64Array) => basin.expectedSharpness(bowl, x, { sigma: 1e-3 }),
    pacBayesSigma: (x: Float64Array) => basin.pacBayesSigma(bowl, x),
    bitsNeeded: (x: Float64Array) => basin.bitsNeeded(bowl, x),
    sharpDirections: (x: Float64Array) => basin.sharpDirections(bowl, x, { epsilon: 1e-3 }),
  }).flatMap(([name, measure]) => [
    type(`${name}: x`, /3/, () => measure(three)),
    range(`${name}: NaN in x`, /NaN/, () => measure(nan)),
  ]),
  range("sharpness: epsilon", /-1/, () => basin.sharpness(bowl, two, { epsilon: -1 })),
  range("sharpness: NaN epsilon", /NaN/, () => basin.sharpness(bowl, two, { epsilon: NaN })),
];

const CURVATURE: Misuse[] = [
  range("lanczos: steps", /0/, () => basin.lanczos(identity, { steps: 0, seed: 1 })),
  type("lanczos: start", /3/, () => basin.lanczos(identity, { steps: 1, seed: 1, start: three })),
  range("lanczos: NaN", /NaN/, () => basin.lanczos(identity, { steps: 1, seed: 1, start: nan })),
  type("ritzValues: columns", /R\^3/, () => basin.ritzValues(identity, [three])),
  range("ritzValues: dependent", /dependent/, () => basin.ritzValues(identity, [two, two])),
  range("ritzValues: NaN column", /dependent|NaN/, () => basin.ritzValues(identity, [nan])),
  range("ritzValues: products", /finite|NaN/, () => basin.ritzValues(shattered, [two])),
  type("ritzValues: no columns", /column/, () => basin.ritzValues(identity, [])),
  range(
    "hutchinsonTrace: probes",
    /0/,
    () => basin.hutchinsonTrace(identity, { probes: 0, seed: 1 }),
  ),
  range(
    "hutchinsonTrace: products",
    /finite|NaN/,
    () => basin.hutchinsonTrace(shattered, { probes: 2, seed: 1 }),
  ),
  range(
    "spectralDensity: probes",
    /0/,
    () => basin.spectralDensity(identity, { steps: 1, probes: 0, seed: 1 }),
  ),
  range(
    "spectralDensity: steps",
    /-1/,
    () => basin.spectralDensity(identity, { steps: -1, probes: 1, seed: 1 }),
  ),
  range(
    "spectralDensity: products",
    /finite|NaN/,
    () => basin.spectralDensity(shattered, { steps: 2, probes: 1, seed: 1 }),
  ),
  range(
    "extremeEigenvalues: count",
    /0/,
    () => basin.extremeEigenvalues(identity, { count: 0, seed: 1 }),
  ),
  range(
    "extremeEigenvalues: products",
    /finite|NaN/,
    () => basin.extremeEigenvalues(shattered, { count: 1, seed: 1 }),
  ),
  range("blockOperator: range", /3/, () => basin.blockOperator(identity, [{ start: 0, end: 3 }])),
];

const NETWORKS: Misuse[] = [
  range("network: name", /F9/, () => basin.network("F9" as "F1")),
  range("network: strided F1", /F1/, () => basin.network("F1", { strided: true })),
  range(
    "network: sizes of C1",
    /C1/,
    () => basin.network("C1", { sizes: { inputs: 4, classes: 2 } }),
  ),
  range("network: normEpsilon", /-1/, () => basin.network("F1", { normEpsilon: -1 })),
  range("network: NaN normEpsilon", /NaN/, () => basin.network("F1", { normEpsilon: NaN })),
  range(
    "network: normalisation",
    /group/,
    () => basin.network("F1", { normalisation: "group" as "batch" }),
  ),
  type("stack: no logits", /dense\(classes\)/, () => basin.stack("flat", [2, 2, 1], [])),
  type("stack: conv on a vector", /conv/, () => basin.stack("flat", [4], [basin.conv(1, 3)])),
  type("stack: pool on a vector", /maxPool/, () => basin.stack("flat", [4], [basin.pool(2)])),
  type(
    "stack: valid kernel too large",
    /conv2d/,
    () => basin.stack("small", [2, 2, 1], [basin.conv(1, 3, { padding: "valid" }), basin.dense(2)]),
  ),
  type("stack: input shape", /-4/, () => basin.stack("negative", [-4], [basin.dense(2)])),
  type("stack: fractional input", /1.5/, () => basin.stack("half", [1.5], [basin.dense(2)])),
  range("dense: units", /0/, () => basin.dense(0)),
  range("conv: filters", /2.5/, () => basin.conv(2.5, 3)),
  range("pool: window", /NaN/, () => basin.pool(NaN)),
  range("dropout: rate", /1/, () => basin.dropout(1)),
  range("norm: ghost", /0/, () => basin.norm({ ghost: 0 })),
  range("activation: name", /gelu/, () => basin.activation("gelu" as "relu")),
  range("initialPoint: seed", /NaN/, () => basin.initialPoint(net, NaN)),
  type("rescaleLayer: x", /3/, () => basin.rescaleLayer(net, short, "dense1", 2)),
];

/** A data set with one thing changed, and what is said of it. */
const DATASETS: [string, Partial<Dataset>, typeof TypeError | typeof RangeError, RegExp][] = [
  ["features", { features: data.features.subarray(1) }, TypeError, /39/],
  ["labels", { labels: data.labels.subarray(1) }, TypeError, /7/],
  [
    "empty",
    { count: 0, features: new Float32Array(), labels: new Int32Array() },
    RangeError,
    /toy/,
  ],
  ["label too large", { labels: data.labels.with(5, 3) }, RangeError, /example 5 .* 3/],
  ["negative label", { labels: data.labels.with(2, -1) }, RangeError, /example 2 .* -1/],
  ["NaN", { features: data.features.with(11, NaN) }, RangeError, /feature 1 of example 2 is NaN/],
  [
    "infinite weight",
    { weights: new Float64Array(8).fill(1).with(3, Infinity) },
    RangeError,
    /example 3 has the weight Infinity/,
  ],
  ["weights", { weights: new Float64Array(7) }, TypeError, /8 examples have 7 weights/],
  [
    "targets",
    { targets: { values: new Float32Array(9), shape: [] } },
    TypeError,
    /need 8 numbers, got 9/,
  ],
  [
    "NaN target",
    { targets: { values: new Float32Array(16).with(5, NaN), shape: [2] } },
    RangeError,
    /example 2 has the target NaN/,
  ],
  ["infinite", { features: data.features.with(0, Infinity) }, RangeError, /Infinity/],
];

const onDatasets = (name: string, use: (dataset: Dataset) => unknown): Misuse[] =>
  DATASETS.map(([what, change, kind, names]) => ({
    what: `${name}: ${what}`,
    call: () => use({ ...data, ...change }),
    kind,
    names,
  }));

const trainOn = (
  train: Dataset,
  options: Partial<Parameters<typeof basin.train>[3]> = {},
  start = x,
  test = data,
) =>
  basin.train(net, { train, test }, start, {
    engine,
    batchSize: 4,
    stop: { kind: "epochs", epochs: 1 },
    seed: 1,
    ...options,
  });

const narrow: Network = basin.stack("narrow", [4], [basin.dense(3)]);
const fewClasses: Network = basin.stack("two classes", [5], [basin.dense(2)]);

const DATA: Misuse[] = [
  ...onDatasets("checkedDataset", basin.checkedDataset),
  ...onDatasets("objectiveOf", (dataset) => basin.objectiveOf(net, dataset, { engine })),
  ...onDatasets("recomputedMoments", (set) => basin.recomputedMoments(net, set, x, { engine })),
  ...onDatasets("train", (set) => trainOn(set)),
  ...onDatasets("train, test set", (set) => trainOn(data, {}, x, set)),
  type("objectiveOf: shape", /\[5\].*\[4\]/, () => basin.objectiveOf(narrow, data, { engine })),
  type("objectiveOf: classes", /3 .* 2/, () => basin.objectiveOf(fewClasses, data, { engine })),
  range(
    "objectiveOf: chunk",
    /0/,
    () => basin.objectiveOf(net, data, { engine, evaluationBatch: 0 }),
  ),
  type(
    "objectiveOf: moments",
    /norm1/,
    () => basin.objectiveOf(net, data, { engine, moments: {} }),
  ),
  type("recomputedMoments: x", /3/, () => basin.recomputedMoments(net, data, short, { engine })),
  type(
    "train: weights",
    /Cannot train toy on toy: training is by cross-entropy, on labels that all count alike/,
    () => trainOn({ ...data, weights: new Float64Array(8).fill(2) }),
  ),
  range("lossNamed: name", /"hinge"; there are cross-entropy/, () => basin.lossNamed("hinge")),
  range(
    "recomputedMoments: NaN",
    /entry 7, in dense1\/kernel, is NaN/,
    () => basin.recomputedMoments(net, data, broken, { engine }),
  ),
  type("train: start", /3/, () => trainOn(data, {}, short)),
  range("train: batch size", /9/, () => trainOn(data, { batchSize: 9 })),
  range("train: NaN batch size", /NaN/, () => trainOn(data, { batchSize: NaN })),
  range("train: epochs", /-1/, () => trainOn(data, { stop: { kind: "epochs", epochs: -1 } })),
  range("train: NaN epochs", /NaN/, () => trainOn(data, { stop: { kind: "epochs", epochs: NaN } })),
  range(
    "train: patience",
    /0/,
    () =>
      trainOn(data, { stop: { kind: "plateau", patience: 0, minimumDecrease: 0, maxEpochs: 1 } }),
  ),
  range("train: seed", /NaN/, () => trainOn(data, { seed: NaN })),
  range("adam: rate", /NaN/, () => basin.adam({ learningRate: NaN })),
  range("sgd: rate", /-1/, () => basin.sgd({ learningRate: -1 })),
  range("adagrad: rate", /NaN/, () => basin.adagrad({ learningRate: NaN })),
];

const onObjective = (
  what: string,
  kind: Misuse["kind"],
  names: RegExp,
  use: (objective: Awaited<ReturnType<typeof basin.objectiveOf>>) => unknown,
): Misuse => ({
  what: `objectiveOf().${what}`,
  kind,
  names,
  call: async () => {
    await using objective = await basin.objectiveOf(net, data, { engine });
    await use(objective);
  },
});

const METHODS: Misuse[] = [
  ...(["evaluate", "performance", "hessian"] as const).flatMap((method) => [
    onObjective(`${method}: length`, TypeError, /3 entries/, (f) => f[method](short)),
    onObjective(
      `${method}: NaN`,
      RangeError,
      /entry 7, in dense1\/kernel, is NaN/,
      (f) => f[method](broken),
    ),
  ]),
  onObjective(
    "hessian().apply: length",
    TypeError,
    /3 .* tangent/,
    (f) => f.hessian(x).apply(short),
  ),
  onObjective("hessian().apply: NaN", RangeError, /NaN/, (f) => f.hessian(x).apply(broken)),
  onObjective(
    "hessian().applyAll: NaN in the second",
    RangeError,
    /NaN/,
    (f) => f.hessian(x).applyAll!([x, broken]),
  ),
];

for (const misuse of [...SHARPNESS, ...CURVATURE, ...NETWORKS, ...DATA, ...METHODS]) {
  Deno.test(`${misuse.what}: ${misuse.kind.name}`, async () => {
    await assert.rejects(async () => await misuse.call(), (error: unknown) => {
      assert.ok(error instanceof Error);
      // The very class: a TypeError of JavaScript's own does not say what cannot be done.
      assert.equal(error.name, misuse.kind.name, error.stack);
      assert.match(error.message, /^Cannot /);
      assert.match(error.message, misuse.names);
      return true;
    });
  });
}

Deno.test("train() from a NaN start is a result: diverged", async () => {
  const { stopReason } = await trainOn(data, {}, broken);
  assert.equal(stopReason, "diverged");
});
