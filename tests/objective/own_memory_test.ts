/** f, ∇f, Hv and the power method with sums and vectors in the session, against those of the host. */
import assert from "node:assert/strict";
import type { Engine } from "../../lib/engine/engine.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { type ClassifierObjective, objectiveOf } from "../../lib/objective/objective_of.ts";
import type { Objective } from "../../lib/optim/objective.ts";
import { maximizeByPower, type PowerState } from "../../lib/optim/power_method.ts";
import { sharpnessBox } from "../../lib/sharpness/box.ts";
import { displaced } from "../../lib/sharpness/displaced.ts";
import { sharpness } from "../../lib/sharpness/metric.ts";
import { randomSubspace } from "../../lib/sharpness/subspace.ts";
import { SINGLE_ENGINES, testOnEngines } from "../engine/engines.ts";
import { assertClose, relativeError } from "../support/assert_close.ts";
import { notingEngine } from "../support/noting_engine.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

const net = toyNetwork();
const x = initialPoint(net, 3).map(Math.fround);
// Four chunks, the last one smaller.
const options = { evaluationBatch: 9 };

const inSession = (engine: Engine) =>
  objectiveOf(net, toyDataset(30), { ...options, engine: { ...engine, ownMemory: true } });

const onHost = (engine: Engine) =>
  objectiveOf(net, toyDataset(30), { ...options, engine: { ...engine, ownMemory: false } });

testOnEngines(
  "evaluate() and hessian() sum in the session what they sum on the host",
  async (engine, { double }) => {
    await using f = await inSession(engine);
    await using g = await onHost(engine);
    // Four roundings of a sum whose parts are up to ten times as large as it is.
    const rounding = double ? 1e-15 : 1e-6;
    const vectors = [1, 2, 3, 4, 5].map((k) => x.map((_, i) => Math.fround(Math.sin(k * i))));
    // Twice, since the sums are other ones then.
    for (const point of [x, x.map((xi) => Math.fround(1.1 * xi)), x]) {
      const [got, want] = [await f.evaluate(point), await g.evaluate(point)];
      assert.equal(got.value, want.value, "the losses are added up on the host, both times");
      assert.ok(relativeError(got.gradient, want.gradient) < rounding);
      const [gotAll, wantAll] = [
        await f.hessian(point).applyAll!(vectors),
        await g.hessian(point).applyAll!(vectors),
      ];
      const errors = gotAll.map((product, k) => relativeError(product, wantAll[k]!));
      assert.ok(errors.every((error) => error < rounding), `${errors}`);
    }
  },
);

/** The power method around x in the box of Metric 2.1. */
function climb(f: ClassifierObjective, epsilon: number, from?: PowerState, keep?: PowerState[]) {
  const box = sharpnessBox(x, epsilon);
  return maximizeByPower(displaced(f, x), new Float64Array(x.length), box, {
    maxEvaluations: 30,
    ...(keep && { onState: async (state) => void keep.push(structuredClone(await state())) }),
    ...(from && { from }),
  });
}

testOnEngines(
  "maximizeByPower() goes the same way in the session as on the host",
  async (engine, { double }) => {
    await using f = await inSession(engine);
    await using g = await onHost(engine);
    assert.ok(f.vertexSearch && !g.vertexSearch);
    // Large boxes, so that steps have to be shortened too.
    for (const epsilon of [1e-3, 0.05, 0.8]) {
      const [got, want] = [await climb(f, epsilon), await climb(g, epsilon)];
      assert.equal(got.stopReason, want.stopReason);
      assert.deepEqual([got.iterations, got.evaluations], [want.iterations, want.evaluations]);
      assert.equal(got.activeShare, want.activeShare);
      // Vertices are the same, bit by bit, and so is f there; points on the way are rounded once more,
      // and their shares come from a slope that was added up in float32.
      const rounding = double ? 1e-12 : 2e-6;
      assertClose([got.value], [want.value], { relative: rounding });
      assertClose([got.gap], [want.gap], { relative: double ? 1e-9 : 1e-4, absolute: 1e-9 });
      assertClose(got.x, want.x, {
        relative: 0,
        absolute: (double ? 1e-12 : 2e-6) * epsilon + 2e-7,
      });
    }
  },
);

testOnEngines(
  "a sample's loss climbs in the session as on the host",
  async (engine, { double }) => {
    const data = toyDataset(900);
    const open = (ownMemory: boolean) =>
      objectiveOf(net, data, { evaluationBatch: 300, engine: { ...engine, ownMemory } });
    await using f = await open(true);
    await using g = await open(false);
    assert.ok(f.samples.length > 1);
    const climbed = (objective: Objective) =>
      maximizeByPower(displaced(objective, x), new Float64Array(x.length), sharpnessBox(x, 0.05));
    const [got, want] = [await climbed(f.samples[1]!), await climbed(g.samples[1]!)];
    assert.equal(got.evaluations, want.evaluations);
    assertClose([got.value], [want.value], { relative: double ? 1e-12 : 2e-6 });
    // And f itself is not the sample's.
    assertClose([(await f.evaluate(x)).value], [(await g.evaluate(x)).value], { relative: 0 });
  },
);

testOnEngines("a search in the session goes on from a state to the same bits", async (engine) => {
  await using f = await inSession(engine);
  const states: PowerState[] = [];
  const whole = await climb(f, 0.8, undefined, states);
  assert.ok(states.length > 2);
  for (const from of [states[0]!, states.at(-1)!]) {
    assert.deepEqual(await climb(f, 0.8, from), whole);
  }
  // The reference engine's variables are float64, of which a step from x holds no more digits.
}, SINGLE_ENGINES);

testOnEngines("sharpness() by the power method is that of the host", async (engine, { double }) => {
  for (const protocol of ["power", "converged"] as const) {
    // Each on an objective of its own: L-BFGS-B comes before the power method on a new one, too.
    await using f = await inSession(engine);
    await using g = await onHost(engine);
    const measure = (objective: ClassifierObjective) =>
      sharpness(objective, x, { epsilon: 5e-3, protocol });
    const [got, want] = [await measure(f), await measure(g)];
    assert.deepEqual(
      got.restarts.map(({ start }) => start),
      want.restarts.map(({ start }) => start),
    );
    // L-BFGS-B's steps differ by what float32 sums of the gradient differ by.
    assertClose([got.percent], [want.percent], { relative: double ? 1e-9 : 1e-4 });
  }
});

testOnEngines(
  "f in a subspace that lies in the session is that of the host",
  async (engine, { double }) => {
    await using f = await inSession(engine);
    await using g = await onHost(engine);
    for (const distribution of ["gaussian", "unit-column", "orthonormal"] as const) {
      const basis = randomSubspace({ ambient: x.length, dimension: 5, distribution, seed: 2 });
      await using within = await f.within!(x, basis.factors!);
      assert.equal(within.dimension, 5);
      for (const size of [1e-2, 1e-3]) {
        const y = Float64Array.of(1, -2, 0.5, 0, 1).map((yi) => yi * size);
        const got = await within.evaluate(y);
        const there = await g.evaluate(basis.expand(y).map((step, i) => step + x[i]!));
        // x + Ay is rounded to float32 on either way, here after products of float32.
        assertClose([got.value], [there.value], { relative: double ? 1e-14 : 1e-6 });
        const error = relativeError(got.gradient, basis.restrict(there.gradient));
        assert.ok(error < (double ? 1e-13 : 1e-5), `${error}`);
      }
      const measure = (objective: ClassifierObjective) =>
        sharpness(objective, x, { epsilon: 5e-3, subspace: { basis } });
      const [got, want] = [await measure(f), await measure(g)];
      // Ten iterations of L-BFGS-B carry on what the gradients differ by.
      assertClose([got.percent], [want.percent], { relative: double ? 1e-8 : 1e-3 });
    }
  },
);

Deno.test("a search in the session moves no vector of n over the border while it goes on", async () => {
  const moved: string[] = [];
  const engine = notingEngine(referenceEngine(), moved);
  await using f = await inSession(engine);
  const search = displaced(f, x).vertexSearch!(sharpnessBox(x, 1e-2));
  await search.begin(new Float64Array(x.length));
  moved.length = 0;
  await search.attempt(1);
  await search.accept();
  await search.attempt(0.5);
  const largest = Math.max(...moved.map((line) => Number(line.split(" ")[1])));
  assert.deepEqual(moved.filter((line) => !/^(in|out) /.test(line)), []);
  // The indices of a chunk's examples and targets, or its losses; two numbers for each parameter.
  assert.equal(largest, 2 * Math.max(options.evaluationBatch, net.parameters.length));
});

Deno.test("a search refuses to go on from what is not its own", async () => {
  await using f = await inSession(referenceEngine());
  const box = sharpnessBox(x, 1e-2);
  const first = f.vertexSearch!(box);
  await first.begin(x);
  await first.attempt(1);
  await f.evaluate(x);
  await assert.rejects(() => first.accept(), /TypeError: .* f was evaluated elsewhere since/);
  await first.attempt(1);
  await first.accept();
  const second = f.vertexSearch!(box);
  await second.begin(x);
  await assert.rejects(() => first.attempt(1), /TypeError: .* another one began/);
  await assert.rejects(() => first.vectors(), /TypeError: .* another one began/);
  await second.attempt(1);
});
