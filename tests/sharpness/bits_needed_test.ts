import assert from "node:assert/strict";
import { stream } from "../../lib/random/stream.ts";
import { bitsNeeded } from "../../lib/sharpness/bits_needed.ts";
import { quantise } from "../../lib/sharpness/quantise.ts";
import { assertClose } from "../support/assert_close.ts";
import { counted, diagonal, quadratic, smooth } from "./functions.ts";

/** Uniform weights in [−1, 1] with both ends among them. */
const X = Float64Array.from({ length: 4096 }, (_, i) => i < 2 ? 2 * i - 1 : 0);
stream(1, "weights").fillUniform(X.subarray(2), 0);
for (let i = 2; i < X.length; i++) X[i] = 2 * X[i]! - 1;
const BOWL = smooth(
  X.length,
  (y) => y.reduce((sum, yi, i) => sum + 0.5 * (yi - X[i]!) ** 2, 0),
  (y) => [...y.map((yi, i) => yi - X[i]!)],
);

Deno.test("quantise() has 2ᵇ levels with both ends, and moves nothing by more than half a step", () => {
  for (const bits of [1, 2, 5]) {
    const rounded = quantise(X, [{ offset: 0, length: X.length }], bits);
    const levels = new Set(rounded);
    assert.equal(levels.size, 2 ** bits);
    assert.deepEqual([Math.min(...levels), Math.max(...levels)], [-1, 1]);
    const half = 1 / (2 ** bits - 1);
    rounded.forEach((yi, i) => assert.ok(Math.abs(yi - X[i]!) <= half * (1 + 1e-12)));
  }
});

Deno.test("quantise() gives each group its own range, and leaves constants alone", () => {
  const x = Float64Array.of(0, 1, 0.4, 7, 7, 100, 300, 190);
  const groups = [[0, 3], [3, 2], [5, 3]].map(([offset, length]) => ({
    offset: offset!,
    length: length!,
  }));
  assert.deepEqual([...quantise(x, groups, 1)], [0, 1, 0, 7, 7, 100, 300, 100]);
  assert.deepEqual([...x], [0, 1, 0.4, 7, 7, 100, 300, 190]);
});

Deno.test("bitsNeeded() follows s² tr(H)/24 on uniform weights", async () => {
  for (const allowedRise of [1e-4, 1e-2, 1, 100]) {
    const measured = await bitsNeeded(BOWL, X, { allowedRise });
    const expected = (bits: number) => (2 / (2 ** bits - 1)) ** 2 * X.length / 24;
    // The mean of 4096 uniform squares is known to 0.9 √(1/4096) = 1.4 %; no level is that near.
    assert.ok(expected(measured.bits) <= allowedRise && allowedRise < expected(measured.bits - 1));
    for (const { bits, rise } of measured.probes) {
      if (bits > 4) assertClose([rise], [expected(bits)], { relative: 0.05 });
    }
    assert.equal(measured.stopReason, "loss-rose");
    assert.equal(measured.descriptionBits, X.length * measured.bits + 64);
    assert.equal(measured.evaluations, 3 + 16 - measured.bits);
  }
});

Deno.test("bitsNeeded() does not rise with the allowed rise, and counts evaluations", async () => {
  let last = Infinity;
  for (const allowedRise of [1e-6, 1e-4, 1e-2, 1]) {
    const objective = counted(BOWL);
    const { bits, evaluations } = await bitsNeeded(objective, X, { allowedRise });
    assert.ok(bits < last);
    last = bits;
    assert.equal(evaluations, objective.evaluations);
  }
});

Deno.test("bitsNeeded() names why it stopped", async () => {
  const flat = await bitsNeeded(
    quadratic({ hessian: diagonal(0, 0), x: X.slice(0, 2) }),
    X.slice(0, 2),
  );
  assert.deepEqual([flat.bits, flat.stopReason, flat.evaluations], [1, "one-bit-suffices", 17]);
  const spike = smooth(X.length, (y) => y.every((yi, i) => yi === X[i]) ? 0 : NaN, () => []);
  const sharp = await bitsNeeded(spike, X, { mostBits: 8 });
  assert.equal(sharp.stopReason, "most-bits-insufficient");
  assert.ok([sharp.bits, sharp.rise, sharp.descriptionBits].every(Number.isNaN));
  assert.equal(sharp.evaluations, 2);
});

Deno.test("bitsNeeded() stops at the first failure although fewer bits would do again", async () => {
  // The levels of 2 bits miss the middle, that of 3 levels would not; f counts what is off a grid.
  const x = Float64Array.of(0, 7, 2, 5);
  const grid = smooth(
    4,
    (y) => y.some((yi) => yi % 7 !== 0 && yi % 7 !== 2 && yi % 7 !== 5) ? 1 : 0,
    () => [],
  );
  const { probes, bits } = await bitsNeeded(grid, x, { mostBits: 3, allowedRise: 0.5 });
  // Three bits are the grid of whole numbers; two are 0, 7/3, 14/3, 7; one would be 0 and 7 again.
  assert.deepEqual([bits, ...probes.map(({ rise }) => rise)], [3, 0, 1]);
});

Deno.test("bitsNeeded() by groups is invariant under rescaling of a group", async () => {
  const groups = [{ offset: 0, length: 2 }, { offset: 2, length: 2 }];
  const f = smooth(4, (y) => (y[0]! * y[2]! + y[1]! * y[3]!) ** 2, () => []);
  const measure = (alpha: number) =>
    bitsNeeded(f, Float64Array.of(alpha * 1.3, alpha * 0.4, 0.7 / alpha, -0.2 / alpha), { groups });
  assert.deepEqual(await measure(1024), await measure(1));
});

Deno.test("bitsNeeded() refuses what it cannot measure", async () => {
  await assert.rejects(bitsNeeded(BOWL, X, { allowedRise: 0 }), /with allowedRise = 0/);
  await assert.rejects(bitsNeeded(BOWL, X, { mostBits: 53 }), /from 53 bits/);
  for (const groups of [[], [{ offset: 0, length: 3 }], [{ offset: 1, length: 4095 }]]) {
    await assert.rejects(bitsNeeded(BOWL, X, { groups }), /do not divide them/);
  }
});
