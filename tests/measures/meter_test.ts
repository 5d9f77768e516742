/** What `metered()` passes through of an objective whose vectors lie where it is computed. */
import assert from "node:assert/strict";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { metered, unitsOf } from "../../lib/measures/meter.ts";
import { norm } from "../../lib/linalg/vector.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { type ClassifierObjective, objectiveOf } from "../../lib/objective/objective_of.ts";
import { sharpnessBox } from "../../lib/sharpness/box.ts";
import { sharpness } from "../../lib/sharpness/metric.ts";
import { randomSubspace } from "../../lib/sharpness/subspace.ts";
import { assertClose } from "../support/assert_close.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

const net = toyNetwork();
const x = initialPoint(net, 3);
const signal = new AbortController().signal;

const opened = (ownMemory: boolean) =>
  objectiveOf(net, toyDataset(900), {
    evaluationBatch: 300,
    engine: { ...referenceEngine(), ownMemory },
  });

/** The meter of an objective, and how often it was told. */
function counted(objective: ClassifierObjective) {
  const told = { calls: 0 };
  return { meter: metered(objective, signal, () => told.calls++), told };
}

Deno.test("metered() passes vertexSearch through, and counts an evaluation of f as one", async () => {
  await using f = await opened(true);
  const { meter, told } = counted(f);
  const search = meter.objective.vertexSearch!(sharpnessBox(x, 1e-2));
  const { value } = await search.begin(x);
  assert.equal(value, (await f.evaluate(x)).value);
  await search.attempt(1);
  await search.accept();
  const { y, gradient } = await search.vectors();
  await search.resume({ y, gradient, value });
  assert.equal(told.calls, 2);
  assert.equal(meter.units, unitsOf({ gradients: 2 }));
  const [sample] = meter.objective.samples;
  await sample!.vertexSearch!(sharpnessBox(x, 1e-2)).begin(x);
  assert.equal(meter.units, unitsOf({ gradients: 2 + sample!.share }));
});

Deno.test("metered() passes boxSearch through, and counts an evaluation of f as one", async () => {
  await using f = await opened(true);
  const { meter, told } = counted(f);
  const bounds = { lower: x.map((xi) => xi - 0.1), upper: x.map((xi) => xi + 0.1) };
  const search = meter.objective.boxSearch!(bounds, -1);
  const { value } = await search.begin(x);
  assertClose([value], [-(await f.evaluate(x)).value]); // float64 on both ways
  await search.choose(1);
  await search.aim(0);
  await search.attempt(0.5);
  assert.equal(told.calls, 2);
  assert.equal(meter.units, unitsOf({ gradients: 2 }));
});

Deno.test("metered() passes within through, and counts an evaluation there as one", async () => {
  await using f = await opened(true);
  const { meter, told } = counted(f);
  const { factors } = randomSubspace({
    ambient: x.length,
    dimension: 5,
    distribution: "gaussian",
    seed: 2,
  });
  await using within = await meter.objective.within!(x, factors!);
  await using plain = await f.within!(x, factors!);
  const y = Float64Array.of(1e-3, 0, -1e-3, 2e-3, 0);
  assert.deepEqual(await within.evaluate(y), await plain.evaluate(y));
  assert.equal(told.calls, 1);
  assert.equal(meter.units, unitsOf({ gradients: 1 }));
});

Deno.test("metered() passes a Hessian's basis and forms through, and counts their products", async () => {
  await using f = await opened(true);
  const { meter, told } = counted(f);
  const [own, hessian] = [f.hessian(x), meter.objective.hessian(x)];
  const first = x.map((xi) => xi / norm(x));
  const alphas: number[] = [];
  for (const operator of [own, hessian]) {
    await using basis = (await operator.krylovBasis!(2))!;
    await basis.begin([first]);
    alphas.push((await basis.multiply()).alpha);
  }
  assert.equal(alphas[0], alphas[1]);
  assert.deepEqual(await hessian.quadraticForms!([x, x]), await own.quadraticForms!([x, x]));
  const start = { count: 2, vector: (k: number) => x.map((_, i) => +(i === k)), images: [] };
  await using projection = (await hessian.projection!(start))!;
  const [row] = await projection.rows(0, 1);
  assertClose([row![0]!], await own.quadraticForms!([start.vector(0)])); // float64 on both ways
  assert.equal(told.calls, 3);
  assertClose([meter.units], [unitsOf({ products: 4 })]);
});

Deno.test("metered() adds nothing where the vectors lie on the host", async () => {
  await using f = await opened(false);
  const { objective } = counted(f).meter;
  const names = [
    "vertexSearch",
    "boxSearch",
    "within",
    "krylovBasis",
    "projection",
    "quadraticForms",
  ];
  for (const part of [objective, objective.samples[0]!, objective.hessian(x)]) {
    assert.deepEqual(names.filter((name) => name in part), []);
  }
});

Deno.test("metered() lets Ctrl-C end a search where f is computed", async () => {
  await using f = await opened(true);
  const control = new AbortController();
  let told = 0;
  const meter = metered(f, control.signal, () => ++told === 4 && control.abort());
  const measured = sharpness(meter.objective, x, { epsilon: 5e-3, protocol: "power" });
  await assert.rejects(() => measured, { name: "Interrupted" });
  assert.equal(told, 4);
});
