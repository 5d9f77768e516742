import assert from "node:assert/strict";
import {
  gapDeviation,
  meanInterval,
  meanOf,
  overPairs,
  settledSign,
} from "../../lib/report/interval.ts";

Deno.test("settledSign() is the mean's where its interval excludes 0", () => {
  // 12.706 · 0.5/√2 · √2 = 6.353: of 8 and 9 the interval is 2.1 to 14.9, of 6 and 7 it is 0.1 to 12.9.
  assert.equal(settledSign([8, 9]), 1);
  assert.equal(settledSign([-8, -9]), -1);
  assert.equal(settledSign([1, 9]), 0);
  assert.equal(settledSign([5]), 0);
  assert.equal(settledSign([]), 0);
});

Deno.test("settledSign() settles nothing where an infinite value, or none, contradicts the interval", () => {
  assert.equal(settledSign([4.6, 4.61, Infinity]), 1);
  assert.equal(settledSign([4.6, 4.61, -Infinity]), 0);
  assert.equal(settledSign([4.6, 4.61, NaN]), 0);
  assert.equal(settledSign([Infinity, Infinity]), 0, "no spread is known");
});

Deno.test("gapDeviation() keeps equal differences of counts from being certain", () => {
  // One of 2 000 is 0.05 points: 0.05/√6 = 0.0204; t · sd/√2 = 12.706 · 0.01443 = 0.1834.
  const least = gapDeviation([{ testCount: 2000 }, { testCount: 10000 }]);
  const { mean, low, high } = meanInterval([0.1, 0.1], least)!;
  assert.equal(mean, 0.1);
  assert.ok(Math.abs(high - 0.28340) < 1e-5 && Math.abs(low + 0.08340) < 1e-5, `${low} to ${high}`);
  assert.equal(settledSign([0.1, 0.1], least), 0);
  assert.equal(settledSign([0.1, 0.1]), 1);
  assert.deepEqual(meanInterval([1, 3], least), meanInterval([1, 3]), "the larger spread counts");
  assert.equal(gapDeviation([]), 0);
});

Deno.test("overPairs() pairs no trial that a list has more than once", () => {
  const of = (...runs: readonly [trial: number, value: number][]) =>
    runs.map(([trial, value]) => ({ trial, value }));
  const both = (a: { value: number }, b: { value: number }) => [a.value, b.value];
  assert.deepEqual(overPairs(of([0, 1], [2, 3]), of([2, 5], [0, 7], [1, 9]), both), [[1, 7], [
    3,
    5,
  ]]);
  assert.deepEqual(overPairs(of([0, 1], [0, 2], [1, 3]), of([0, 5], [1, 7]), both), [[3, 7]]);
  assert.deepEqual(overPairs(of([0, 1]), of([0, 5], [0, 7]), both), []);
  assert.deepEqual(overPairs(of([0, 1]), of([1, 5]), both), []);
});

Deno.test("meanOf() is absent of nothing", () => {
  assert.equal(meanOf([]), undefined);
  assert.equal(meanOf([1, 4]), 2.5);
});
