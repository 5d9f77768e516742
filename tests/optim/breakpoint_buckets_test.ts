import assert from "node:assert/strict";
import { clipIntoBox } from "../../lib/optim/box.ts";
import { fillBuckets, makeBuckets, startFilling } from "../../lib/optim/breakpoint_buckets.ts";
import { breakpointTimes, highWords, isPinned } from "../../lib/optim/breakpoint_times.ts";
import { LimitedMemoryMatrix } from "../../lib/optim/limited_memory_matrix.ts";
import { gramOver } from "../../lib/optim/pair_products.ts";
import { assertClose } from "../support/assert_close.ts";
import { randomModel } from "./model.ts";
import { randomBox, uniformFrom, vector } from "./random_problems.ts";

Deno.test("breakpointTimes() tells pinned coordinates from those which do not move", () => {
  const x = Float64Array.of(0, 0, 1, 1, 0.5, 0.5, 0, 0.25);
  const gradient = Float64Array.of(2, -2, -1, 4, 0, -1, 0, 0.5);
  const box = { lower: new Float64Array(8), upper: new Float64Array(8).fill(1) };
  box.lower[7] = -Infinity;
  const times = new Float64Array(8).fill(9);
  const { pinned: count, projectedGradientNorm: norm } = breakpointTimes(x, gradient, box, times);
  assert.deepEqual([count, norm], [3, 1]);
  assert.deepEqual([...times], [-0, 0.5, -0, 0.25, 0, 0.5, -0, Infinity]);
  const pinned = [...times.keys()].filter((i) => isPinned(highWords(times), i) === 1);
  assert.deepEqual(pinned, [0, 2, 6]);
});

Deno.test("breakpointTimes() has a projected gradient of what the box lets move", () => {
  const box = {
    lower: Float64Array.of(0, 0, -Infinity, 2),
    upper: Float64Array.of(1, Infinity, 5, 2),
  };
  const x = Float64Array.of(0.75, 0, 3, 2);
  for (
    const [gradient, norm] of [
      [[-8, 0, 0, 0], 0.25],
      [[0, 5, 0, 5], 0],
      [[0, -5, 2, -5], 5],
      [[0.5, 0, 0, 0], 0.5],
    ] as const
  ) {
    const path = breakpointTimes(x, Float64Array.from(gradient), box, new Float64Array(4));
    assert.equal(path.projectedGradientNorm, norm);
  }
});

Deno.test("fillBuckets() sums inner products over the pinned coordinates, or the others if fewer", () => {
  const seen = [0, 0];
  for (let seed = 1; seed <= 8; seed++) {
    const { matrix, uniform } = randomModel(140, 3, 4, seed, 4096);
    const box = randomBox(uniform, 140);
    const x = clipIntoBox(vector(uniform, 140, -2, 2), box);
    const outward = seed % 2 === 0 ? 0.95 : 0.3;
    const gradient = x.map((xi, i) =>
      uniform(0, 1) < outward && xi === box.lower[i] ? 1 : uniform(0, 1) < outward ? -1 : 0.5
    );
    const stuck = seed % 2 === 0 ? x.map((xi, i) => gradient[i]! < 0 ? box.upper[i]! : xi) : x;
    const start = clipIntoBox(stuck.map((xi) => Number.isFinite(xi) ? xi : 0), box);
    const buckets = makeBuckets(new Float64Array(140), matrix.stride);
    fillBuckets(buckets, matrix, start, gradient, box, false);
    const words = highWords(buckets.times);
    const wanted = Int32Array.from(buckets.times.keys()).filter((i) =>
      (isPinned(words, i) === 1) === buckets.gramIsOfPinned
    );
    assert.ok(2 * wanted.length <= 140);
    seen[+buckets.gramIsOfPinned]!++;
    // Sums of some 100 products of numbers below 10, in another order.
    assertClose(buckets.gram, gramOver(matrix, wanted), { absolute: 1e-10 });
  }
  assert.ok(seen[0]! > 0 && seen[1]! > 0, `${seen}`);
});

Deno.test("LimitedMemoryMatrix.update() forms the sums of the buckets on its way, to the same bits", () => {
  const n = 700;
  const uniform = uniformFrom(3);
  const gradientAt = (at: Float64Array) => at.map((entry, i) => (1 + i % 7) * entry - 0.2);
  const box = { lower: new Float64Array(n).fill(-0.5), upper: new Float64Array(n).fill(0.5) };
  const matrix = new LimitedMemoryMatrix(n, 3, 8192);
  let x = vector(uniform, n, -0.5, 0.5);
  for (let k = 0; k < 5; k++) {
    const next = clipIntoBox(vector(uniform, n, -1, 1), box);
    const [gradient, nextGradient] = [gradientAt(x), gradientAt(next)];
    const [along, after] = [0, 0].map(() => makeBuckets(new Float64Array(n), matrix.stride));
    const { pinned } = breakpointTimes(next, nextGradient, box, along!.times);
    const taken = matrix.update(
      x,
      gradient,
      next,
      nextGradient,
      () => startFilling(along!, matrix, next, nextGradient, box, pinned, false),
    );
    assert.ok(taken);
    fillBuckets(after!, matrix, next, nextGradient, box, false);
    assert.deepEqual(along, after);
    x = next;
  }
  const zero = new Float64Array(n);
  const none = () => assert.fail("no pass without a pair");
  assert.equal(matrix.update(x, zero, x, zero, none), false);
});
