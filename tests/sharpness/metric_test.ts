import assert from "node:assert/strict";
import { type RunningPoint, sharpness, UnmeasurableLossError } from "../../lib/sharpness/metric.ts";
import { assertClose } from "../support/assert_close.ts";
import { counted, diagonal, quadratic, smooth } from "./functions.ts";

const X = Float64Array.of(0.5, -1, 2);
/** A saddle with a slope: the maximiser has something to do. */
const saddle = () =>
  counted(quadratic({ hessian: [4, 1, 0, 1, -3, 1, 0, 1, 2], slope: [0.01, -0.02, 0], x: X }));

Deno.test("sharpness() counts every evaluation", async () => {
  for (const protocol of ["paper", "literal", "robust"] as const) {
    const objective = saddle();
    const measured = await sharpness(objective, X, { epsilon: 1e-2, protocol });
    assert.equal(measured.evaluations, objective.evaluations);
    const ofRuns = measured.restarts.reduce((sum, { evaluations }) => sum + evaluations, 0);
    assert.equal(measured.evaluations, 1 + ofRuns);
  }
});

Deno.test("sharpness() reports the best run, and a curve that never falls", async () => {
  const objective = saddle();
  const points: RunningPoint[] = [];
  const measured = await sharpness(objective, X, {
    epsilon: 1e-2,
    protocol: "robust",
    onIteration: (point) => points.push(point),
  });
  assert.equal(measured.percent, Math.max(...measured.restarts.map(({ percent }) => percent)));
  assertClose(
    [measured.percent],
    [100 * (measured.largestLoss - measured.lossAtMinimiser) / (1 + measured.lossAtMinimiser)],
  );
  assert.ok(measured.moved);
  assert.deepEqual(measured.warnings, []);
  assert.deepEqual(
    measured.restarts.map(({ start }) => start),
    ["vertex", "origin", "random", "corner", "random", "corner"],
  );
  const told = points.map(({ iteration, evaluations, percent }) => ({
    iteration,
    evaluations,
    percent,
  }));
  assert.deepEqual(told, measured.restarts.flatMap(({ curve }) => curve));
  points.forEach(({ run, runs, start }) =>
    assert.equal(start, measured.restarts[run]!.start, `${runs}`)
  );
  for (const { curve, percent, iterations, evaluations } of measured.restarts) {
    assert.deepEqual(curve.map(({ iteration }) => iteration), [...Array(iterations + 1).keys()]);
    curve.slice(1).forEach((point, i) => assert.ok(point.percent >= curve[i]!.percent));
    assert.equal(curve.at(-1)!.percent, percent);
    assert.ok(curve.at(-1)!.evaluations <= evaluations);
  }
});

Deno.test("sharpness() is reproducible, and its random starts follow the seed", async () => {
  const options = { epsilon: 1e-2, start: "random", restarts: 2 } as const;
  const measure = (seed: number) => sharpness(saddle(), X, { ...options, seed, maxIterations: 1 });
  assert.deepEqual(await measure(1), await measure(1));
  assert.notDeepEqual((await measure(2)).curve, (await measure(1)).curve);
});

Deno.test("sharpness() stops after the iterations of its protocol", async () => {
  const valley = smooth( // a long way to go for L-BFGS-B
    2,
    ([v, w]) => 1000 - 100 * (w! - v! ** 2) ** 2 - (1 - v!) ** 2,
    ([v, w]) => [400 * v! * (w! - v! ** 2) + 2 * (1 - v!), -200 * (w! - v! ** 2)],
  );
  const x = Float64Array.of(-1.2, 1);
  for (const protocol of ["paper", "literal"] as const) {
    const measured = await sharpness(valley, x, { epsilon: 2, protocol });
    assert.equal(measured.iterations, 10);
    assert.equal(measured.stopReason, "max-iterations");
  }
  const longer = await sharpness(valley, x, { epsilon: 2, start: "origin", maxIterations: 90 });
  assert.notEqual(longer.stopReason, "max-iterations");
  assertClose([longer.largestLoss], [1000], { relative: 1e-12 });
});

Deno.test("sharpness() says when the maximiser could not move", async () => {
  const bowl = quadratic({ hessian: diagonal(1, 2, 3), x: X });
  for (const protocol of ["paper", "literal"] as const) {
    const measured = await sharpness(bowl, X, { epsilon: 1e-3, protocol });
    assert.equal(measured.percent, 0);
    assert.equal(measured.moved, false);
    assert.match(measured.warnings[0]!, /found no point with a larger loss/);
    assert.equal(
      measured.warnings.some((warning) => /vertex start is x itself/.test(warning)),
      protocol === "paper",
    );
  }
  const other = await sharpness(bowl, X, { epsilon: 1e-3, start: "corner" });
  assert.ok(other.moved && other.percent > 0);
});

Deno.test("sharpness() in a subspace starts at the origin, which may reach more than the vertex", async () => {
  // The slope's vertex (b, b) is a local maximum of 0.1 b²; the largest value is 1.9 b² at (b, −b).
  const x = new Float64Array(2);
  const ridge = quadratic({ hessian: [1, -0.9, -0.9, 1], slope: [1e-6, 0.2e-6], x });
  const basis = [Float64Array.of(1, 0), Float64Array.of(0, 1)];
  const options = { epsilon: 1e-3, subspace: { basis } };
  const measured = await sharpness(ridge, x, options);
  assert.equal(measured.start, "origin");
  assertClose([measured.percent], [100 * (1.9e-6 + 0.8e-9)], { relative: 1e-9 });
  const vertex = await sharpness(ridge, x, { ...options, start: "vertex" });
  assert.equal(vertex.iterations, 0);
  assertClose([vertex.percent], [100 * (0.1e-6 + 1.2e-9)], { relative: 1e-9 });
});

Deno.test("sharpness() draws its subspace by name and describes it", async () => {
  const x = Float64Array.from({ length: 50 }, (_, i) => Math.sin(i));
  const bowl = quadratic({ hessian: diagonal(...x.map((_, i) => i)), x });
  const subspace = { dimension: 3, distribution: "unit-column", seed: 4 } as const;
  const measured = await sharpness(bowl, x, { epsilon: 1e-3, subspace, protocol: "robust" });
  const { gramCondition, ...drawn } = measured.subspace!;
  assert.deepEqual(drawn, subspace);
  assert.ok(gramCondition > 1 && gramCondition < 10);
  const full = await sharpness(bowl, x, { epsilon: 1e-3, protocol: "robust" });
  assert.equal(full.subspace, undefined);
  assert.ok(measured.percent > 0 && measured.percent < full.percent);
});

Deno.test("sharpness() survives a loss that is not finite in a part of the box", async () => {
  // A wall at half of the way to the vertex: −ln(5e-4 − x) − ln 2000 is 0 at x = 0.
  const wall = smooth(
    1,
    ([v]) => -Math.log(5e-4 - v!) - Math.log(2000),
    ([v]) => [1 / (5e-4 - v!)],
  );
  const measured = await sharpness(wall, new Float64Array(1), { epsilon: 1e-3 });
  // Halved twice, to 2.5e-4, where the loss is ln 2; from there it climbs.
  assert.ok(measured.percent >= 100 * Math.LN2 * (1 - 1e-9), `${measured.percent}`);
  assert.ok(Number.isFinite(measured.largestLoss));
  assert.match(
    measured.warnings.join(),
    /not finite at \d+ points.*vertex start was halved 2 times/,
  );
});

Deno.test("sharpness() of a loss that is finite at x alone is 0, and says so", async () => {
  const spike = smooth(1, ([v]) => v === 0 ? 0.5 : NaN, () => [1]);
  const measured = await sharpness(spike, new Float64Array(1), { epsilon: 1e-3 });
  assert.equal(measured.percent, 0);
  assert.equal(measured.moved, false);
  assert.equal(measured.stopReason, "value-not-finite");
  assert.match(measured.warnings.join(), /found no point.*not finite at 21 points/);
});

Deno.test("sharpness() leaves x unchanged and evaluates inside the box only", async () => {
  const x = Float64Array.of(0, 3);
  const objective = quadratic({ hessian: [1, 2, 2, -5], slope: [1, -1], x });
  const watched = {
    dimension: 2,
    evaluate(point: Float64Array) {
      point.forEach((entry, i) =>
        assert.ok(Math.abs(entry - x[i]!) <= 0.1 * (x[i]! + 1) * (1 + 1e-15))
      );
      return objective.evaluate(point);
    },
  };
  await sharpness(watched, x, { epsilon: 0.1, protocol: "robust" });
  assert.deepEqual([...x], [0, 3]);
});

Deno.test("sharpness() refuses what it cannot measure", async () => {
  const bowl = quadratic({ hessian: diagonal(1, 1, 1), x: X });
  const epsilon = 1e-3;
  const long = new Float64Array(4);
  await assert.rejects(sharpness(bowl, long, { epsilon }), TypeError);
  await assert.rejects(sharpness(bowl, X, { epsilon, subspace: { basis: [long] } }), TypeError);
  await assert.rejects(sharpness(bowl, X, { epsilon, subspace: { basis: [] } }), TypeError);
  await assert.rejects(sharpness(bowl, X, { epsilon, subspace: { basis: [X, X] } }), RangeError);
  for (const bad of [0, -1, NaN]) {
    await assert.rejects(sharpness(bowl, X, { epsilon: bad }), RangeError);
  }
  for (const value of [NaN, Infinity, -1]) {
    const flat = smooth(1, () => value, () => [0]);
    const error = await sharpness(flat, new Float64Array(1), { epsilon }).catch((error) => error);
    assert.ok(error instanceof UnmeasurableLossError);
    assert.equal(error.loss, value);
  }
  await assert.rejects(sharpness(bowl, Float64Array.of(0, NaN, 0), { epsilon }), {
    name: "RangeError",
    loss: NaN,
  });
});

Deno.test("sharpness() converged spends few evaluations on rounding at the top of a climb", async () => {
  // 1 − ½ Σ c_i (y_i − t_i)², with its top inside the box; rounding by a hash of y, as of float32 losses.
  const [curvature, top] = [[1e-3, 0.3, 40], [0.05, -0.02, 0.01]];
  const noise = (y: Float64Array, seed: number) => {
    let hash = seed;
    for (const byte of new Uint8Array(Float64Array.from(y).buffer)) {
      hash = Math.imul(hash ^ byte, 16777619);
    }
    return ((hash >>> 0) / 2 ** 32 - 0.5) * 4e-8;
  };
  const options = { epsilon: 0.1, start: "origin" } as const;
  let [evaluations, ofAll] = [0, 0];
  for (let seed = 1; seed <= 20; seed++) {
    const hill = smooth(
      3,
      (y) =>
        1 + noise(y, seed) -
        y.reduce((sum, yi, i) => sum + curvature[i]! * (yi - top[i]!) ** 2 / 2, 0),
      (y) => [...y.map((yi, i) => -curvature[i]! * (yi - top[i]!))],
    );
    const x = new Float64Array(3);
    const exact = await sharpness(hill, x, { ...options, protocol: "paper" });
    const { budget } = await sharpness(hill, x, { ...options, protocol: "converged" });
    evaluations += budget!.evaluations;
    ofAll += exact.evaluations;
    // A thousandth, and the noise itself, 4e-8 of 2.1e-3.
    assert.ok(budget!.percent > exact.percent * (1 - 2e-3), `${budget!.percent}, ${exact.percent}`);
  }
  assert.ok(evaluations < 0.6 * ofAll, `${evaluations}, ${ofAll}`);
});

Deno.test("sharpness() climbs from a slope that float32 would not show beside f", async () => {
  // 0.05 ‖y‖² + 1e-7 Σ y_i over |y_i| ≤ 1e-3: at the vertex 100 · (5e-4 + 1e-6). Ten iterations from the
  // origin come to four fifths of that.
  const n = 10_000;
  const flat = smooth(
    n,
    (y) => y.reduce((sum, yi) => sum + 0.05 * yi * yi + 1e-7 * yi, 0),
    (y) => [...y.map((yi) => 0.1 * yi + 1e-7)],
  );
  for (const protocol of ["literal", "converged"] as const) {
    const found = await sharpness(flat, new Float64Array(n), {
      epsilon: 1e-3,
      protocol,
      start: "origin",
    });
    const { percent } = found.budget ?? found;
    assert.ok(percent > 0.039 && percent < 0.0502, `${protocol}: ${percent}`);
  }
});

Deno.test("sharpness() evaluates neither the origin nor the end of a climb again", async () => {
  const x = Float64Array.of(0, 1, -2);
  const epsilon = 0.1;
  // Convex, so that L-BFGS-B ends at a vertex, which the power method need not leave.
  const bowl = quadratic({ hessian: [2, 1, 0, 1, 2, 1, 0, 1, 2], slope: [0.3, -0.2, 0.1], x });
  const basis = [Float64Array.of(1, 0, 0), Float64Array.of(0, 1, 0)];
  for (const subspace of [undefined, { basis }]) {
    const points = new Set<string>();
    const watched = {
      dimension: 3,
      evaluate(y: Float64Array) {
        assert.ok(!points.has(y.join()), `${y} a second time`);
        points.add(y.join());
        return bowl.evaluate(y);
      },
    };
    const options = { epsilon, ...(subspace && { subspace }) };
    const climb = await sharpness(watched, x, { ...options, start: "origin" });
    assert.equal(climb.evaluations, points.size);
    assert.deepEqual(climb.curve[0], { iteration: 0, evaluations: 0, percent: 0 });
  }
  const { restarts, evaluations } = await sharpness(bowl, x, {
    epsilon,
    subspace: { basis },
    protocol: "converged",
  });
  const [first, second] = restarts;
  assert.deepEqual(
    [second!.start, second!.stopReason, second!.evaluations, second!.percent],
    ["end", "fixed-point", 0, first!.percent],
  );
  assert.equal(evaluations, 1 + first!.evaluations);
  const full = await sharpness(bowl, x, { epsilon, protocol: "converged" });
  assert.deepEqual(full.restarts.map(({ start, curve }) => [start, curve[0]!.evaluations]), [
    ["vertex", 1],
    ["end", 0],
    ["vertex", 1],
  ]);
});
