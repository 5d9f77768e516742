import assert from "node:assert/strict";
import { sharpness } from "../../lib/sharpness/metric.ts";
import { sharpDirections } from "../../lib/sharpness/sharp_directions.ts";
import { assertClose } from "../support/assert_close.ts";
import { counted, diagonal, quadratic, smooth } from "./functions.ts";

const EPSILON = 1e-3;
/** Diagonal H, c = ¼. */
const LAMBDA = [100, 10, 1, 0.1];
const X = Float64Array.of(1, -2, 0.5, 0);
const BOWL = quadratic({ hessian: diagonal(...LAMBDA), x: X, offset: 0.25 });

Deno.test("sharpDirections() along coordinates is 50 λ_i b_i² / (1 + c), sorted", async () => {
  const objective = counted(BOWL);
  const { percents, directions, evaluations } = await sharpDirections(objective, X, {
    epsilon: EPSILON,
  });
  const wanted = LAMBDA.map((l, i) => 50 * l * (EPSILON * (Math.abs(X[i]!) + 1)) ** 2 / 1.25);
  assert.deepEqual([...directions], [0, 1, 2, 3]); // 400, 90, 2.25 and 0.1
  // A rise of 1e-9 beside c = ¼ keeps 1e-16 / 1e-9 of its digits.
  assertClose(percents, wanted, { relative: 1e-6 });
  assert.deepEqual([evaluations, objective.evaluations], [9, 9]);
});

Deno.test("sharpDirections() share is the least that holds a part of all rise", async () => {
  // The rises are as 400 : 90 : 2.25 : 0.1 of 492.35; the first holds 0.812, two 0.995.
  for (const [part, share] of [[0.8, 0.25], [0.82, 0.5], [0.994, 0.5], [0.999, 0.75], [1, 1]]) {
    const found = await sharpDirections(BOWL, X, { epsilon: EPSILON, part: part! });
    assert.equal(found.share, share, `part ${part}`);
  }
  const flat = quadratic({ hessian: diagonal(-1, -2), x: new Float64Array(2) });
  const { share, percents } = await sharpDirections(flat, new Float64Array(2), { epsilon: 1 });
  assert.deepEqual([share, [...percents]], [0, [0, 0]]);
});

Deno.test("sharpDirections() along a column is Metric 2.1 in its line", async () => {
  // Closed form: 50 aᵀHa (ε(|aᵀx / aᵀa| + 1))² / (1 + c) for a = (1, 1, 1, 1) and half of it.
  const columns = [new Float64Array(4).fill(1), new Float64Array(4).fill(0.5)];
  const { percents, directions } = await sharpDirections(BOWL, X, {
    epsilon: EPSILON,
    basis: columns,
  });
  assert.deepEqual([...directions], [0, 1]);
  assertClose(percents, [0.0056244375, 0.0017359375], { relative: 1e-6 });
  const { percent } = await sharpness(BOWL, X, {
    epsilon: EPSILON,
    subspace: { basis: [columns[0]!] },
    start: "corner",
  });
  assertClose([percents[0]!], [percent], { relative: 1e-6 });
});

Deno.test("sharpDirections() draws other coordinates for another seed, each once", async () => {
  const n = 50;
  const objective = quadratic({ hessian: diagonal(...Array(n).fill(1)), x: new Float64Array(n) });
  const draw = async (seed: number) =>
    (await sharpDirections(objective, new Float64Array(n), { epsilon: 1, count: 10, seed }))
      .directions;
  const first = await draw(1);
  assert.equal(new Set(first).size, 10);
  assert.deepEqual(await draw(1), first);
  assert.notDeepEqual(await draw(2), first);
});

Deno.test("sharpDirections() takes a loss that is not finite for an infinite rise", async () => {
  const barrier = smooth(2, ([a, b]) => a! > 0.5 ? NaN : b! ** 2, () => [0, 0]);
  const { percents, directions, share } = await sharpDirections(barrier, new Float64Array(2), {
    epsilon: 1,
  });
  assert.deepEqual([percents[0], directions[0], share], [Infinity, 0, NaN]);
});

Deno.test("sharpDirections() refuses what it cannot measure", async () => {
  for (const bad of [{ epsilon: 0 }, { epsilon: 1, count: 0 }, { epsilon: 1, part: 0 }]) {
    await assert.rejects(sharpDirections(BOWL, X, bad), RangeError);
  }
  const both = { epsilon: 1, count: 1, basis: [X] };
  await assert.rejects(sharpDirections(BOWL, X, both), TypeError);
  const other = { epsilon: 1, basis: [Float64Array.of(1)] };
  await assert.rejects(sharpDirections(BOWL, X, other), TypeError);
  await assert.rejects(sharpDirections(BOWL, new Float64Array(3), { epsilon: 1 }), TypeError);
});
