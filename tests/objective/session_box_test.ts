/** L-BFGS-B with its vectors in the session, against `minimizeInBox()`. */
import assert from "node:assert/strict";
import type { Engine } from "../../lib/engine/engine.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { dense } from "../../lib/networks/layers/dense.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { stack } from "../../lib/networks/network.ts";
import { MEAN_SQUARED_ERROR } from "../../lib/losses/mean_squared_error.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { minimizeInBox, type MinimizerState } from "../../lib/optim/lbfgsb.ts";
import type { Box, Objective } from "../../lib/optim/objective.ts";
import { minimizeBySearch } from "../../lib/optim/search_lbfgsb.ts";
import { sharpnessBox } from "../../lib/sharpness/box.ts";
import { sharpness } from "../../lib/sharpness/metric.ts";
import { SINGLE_ENGINES, testOnEngines } from "../engine/engines.ts";
import { assertClose } from "../support/assert_close.ts";
import { notingEngine } from "../support/noting_engine.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

const net = toyNetwork();
const x = initialPoint(net, 3).map(Math.fround);

/** Four chunks, the last one smaller. */
const opened = (engine: Engine, ownMemory: boolean) =>
  objectiveOf(net, toyDataset(30), { evaluationBatch: 9, engine: { ...engine, ownMemory } });

/** The box of half-width `size` around a point. */
const around = (point: Float64Array, size: number): Box => ({
  lower: point.map((xi) => Math.fround(xi - size)),
  upper: point.map((xi) => Math.fround(xi + size)),
});

const exact = { gradientTolerance: 0, decreaseTolerance: 0 };

for (const size of [0.02, 0.3, 2]) {
  testOnEngines(
    `minimizeBySearch() goes the way of minimizeInBox() in a box of ±${size}`,
    async (engine, { double }) => {
      await using f = await opened(engine, true);
      await using g = await opened(engine, false);
      const box = around(x, size);
      for (const maxIterations of [1, 2, 4, 8]) {
        const got = await minimizeBySearch(f.boxSearch!(box, 1), x, { maxIterations });
        const want = await minimizeInBox(g, x, box, { ...exact, maxIterations });
        assert.deepEqual(
          [got.iterations, got.evaluations, got.stopReason, got.activeShare],
          [want.iterations, want.evaluations, want.stopReason, want.activeShare],
        );
        // Each step carries on what float32 left of the gradients before it.
        assertClose([got.value], [want.value], { relative: double ? 1e-12 : 1e-5 });
        assertClose(got.x, want.x, { relative: 0, absolute: double ? 1e-12 : 1e-3 * size });
      }
    },
  );
}

/** f = (1/M) Σ (wᵀa + c − b)²: a quadratic. */
async function quadratic(engine: Engine, ownMemory: boolean) {
  const data = toyDataset(40);
  const network = { ...stack("linear", [5], [dense(1)]), loss: MEAN_SQUARED_ERROR };
  const values = Float32Array.from(data.labels, (label) => label - 1);
  const targets = { values, shape: [1] };
  const labelled = { ...data, labels: new Int32Array(), classes: 0, targets };
  return await objectiveOf(network, labelled, { engine: { ...engine, ownMemory } });
}

testOnEngines(
  "minimizeBySearch() finds the minimum of a quadratic in a box, where the gradient holds it to its bounds",
  async (engine, { double }) => {
    await using f = await quadratic(engine, true);
    const start = new Float64Array(f.dimension);
    const box = around(start, 0.2);
    const { x: end, value } = await minimizeBySearch(f.boxSearch!(box, 1), start, {
      maxIterations: 40,
    });
    const { gradient, value: there } = await f.evaluate(end);
    assertClose([value], [there], { relative: 1e-6 });
    // Karush, Kuhn and Tucker: no slope inside, and none that leads away from a bound.
    // In float32 no lower value is to be told once the slope is the root of its rounding.
    const slack = double ? 1e-8 : 5e-4;
    assert.ok(end.some((xi, i) => xi === box.upper[i] || xi === box.lower[i]));
    assert.ok(end.some((xi, i) => xi > box.lower[i]! && xi < box.upper[i]!));
    for (const [i, xi] of end.entries()) {
      if (xi < box.upper[i]!) assert.ok(gradient[i]! > -slack, `${i}: ${gradient[i]}`);
      if (xi > box.lower[i]!) assert.ok(gradient[i]! < slack, `${i}: ${gradient[i]}`);
    }
  },
);

testOnEngines(
  "sharpness() by L-BFGS-B in the session is that of the host",
  async (engine, { double }) => {
    await using f = await opened(engine, true);
    await using g = await opened(engine, false);
    for (const epsilon of [1e-3, 5e-2]) {
      for (const protocol of ["paper", "literal"] as const) {
        const measure = (objective: Objective) => sharpness(objective, x, { epsilon, protocol });
        const [got, want] = [await measure(f), await measure(g)];
        assert.deepEqual(
          got.restarts.map(({ start }) => start),
          want.restarts.map(({ start }) => start),
        );
        assertClose([got.percent], [want.percent], { relative: double ? 1e-7 : 1e-3 });
      }
    }
  },
);

testOnEngines("minimizeBySearch() goes on from a state to the same bits", async (engine) => {
  await using f = await opened(engine, true);
  const box = sharpnessBox(x, 0.3);
  const around0 = {
    lower: x.map((xi, i) => xi + box.lower[i]!),
    upper: x.map((xi, i) => xi + box.upper[i]!),
  };
  const states: MinimizerState[] = [];
  const options = { maxIterations: 7 };
  const whole = await minimizeBySearch(f.boxSearch!(around0, 1), x, {
    ...options,
    onState: async (state) => void states.push(structuredClone(await state())),
  });
  assert.ok(states.length > 4);
  for (const from of [states[0]!, states.at(-1)!]) {
    await f.evaluate(x);
    const again = await minimizeBySearch(f.boxSearch!(around0, 1), x, { ...options, from });
    assert.deepEqual(again, whole);
  }
}, SINGLE_ENGINES);

Deno.test("an iteration of minimizeBySearch() moves no vector of n over the border", async () => {
  const moved: string[] = [];
  await using f = await opened(notingEngine(referenceEngine(), moved), true);
  const marks: number[] = [];
  await minimizeBySearch(f.boxSearch!(around(x, 0.3), 1), x, {
    maxIterations: 6,
    onIteration: () => void marks.push(moved.length),
  });
  const within = moved.slice(marks[0], marks.at(-1));
  assert.deepEqual(within.filter((line) => !/^(in|out) /.test(line)), []);
});

Deno.test("a search in a box refuses to go on from what is not its own", async () => {
  await using f = await opened(referenceEngine(), true);
  const box = around(x, 0.1);
  const first = f.boxSearch!(box, 1);
  await first.begin(x);
  await first.choose(1);
  await first.aim(0);
  await first.attempt(1);
  await f.evaluate(x);
  await assert.rejects(() => first.keep(), /TypeError: .* f was evaluated elsewhere since/);
  await first.attempt(1);
  await first.keep();
  await f.boxSearch!(box, 1).begin(x);
  await assert.rejects(() => first.pair(), /TypeError: .* another one began/);
  await f.vertexSearch!(box).begin(x);
  await assert.rejects(() => first.vectors(), /TypeError: .* another one began/);
});

testOnEngines("minimizeBySearch() says where f is not finite, or has no slope", async (engine) => {
  await using f = await opened(engine, true);
  const search = f.boxSearch!(around(x, 0.1), 1);
  const options = { maxIterations: 3 };
  const nowhere = {
    ...search,
    begin: async (start: Float64Array) => ({ ...await search.begin(start), value: NaN }),
  };
  assert.equal((await minimizeBySearch(nowhere, x, options)).stopReason, "value-not-finite");
  const point = f.boxSearch!({ lower: x, upper: x }, 1);
  const { stopReason, evaluations, activeShare } = await minimizeBySearch(point, x, options);
  assert.deepEqual([stopReason, evaluations, activeShare], ["gradient-small", 1, 1]);
});
