import assert from "node:assert/strict";
import { stratifiedSample, stratifiedSplit } from "../../lib/data/split.ts";

/** 10 classes of unequal sizes, 1 000 examples. */
const LABELS = Array.from({ length: 1000 }, (_, i) => Math.floor(10 * (i / 1000) ** 1.5));

function perClass(indices: Uint32Array): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const i of indices) counts[LABELS[i]!]!++;
  return counts;
}

Deno.test("stratifiedSplit() gives each class its share, to within one example", () => {
  const { train, test } = stratifiedSplit(LABELS, { train: 800, test: 200 }, 7);
  const all = perClass(Uint32Array.from(LABELS.keys()));
  for (const [part, size] of [[train, 800], [test, 200]] as const) {
    perClass(part).forEach((count, k) => {
      assert.ok(Math.abs(count - all[k]! * size / 1000) <= 1, `class ${k}: ${count}`);
    });
  }
});

Deno.test("stratifiedSplit() puts each example into at most one part", () => {
  const { train, test } = stratifiedSplit(LABELS, { train: 700, test: 250 }, 7);
  assert.equal(train.length, 700);
  assert.equal(test.length, 250);
  assert.equal(new Set([...train, ...test]).size, 950);
});

Deno.test("stratifiedSplit() mixes the classes, since a chunk is normalised by itself", () => {
  const { train } = stratifiedSplit(LABELS, { train: 800, test: 200 }, 7);
  const [half, whole] = [perClass(train.subarray(0, 400)), perClass(train)];
  half.forEach((count, k) => {
    // Hypergeometric: four standard deviations of half a class.
    assert.ok(Math.abs(count - whole[k]! / 2) <= 4 * Math.sqrt(whole[k]! / 4) + 1, `class ${k}`);
  });
});

Deno.test("stratifiedSplit() is the same for a seed and another for another", () => {
  const split = (seed: number) => stratifiedSplit(LABELS, { train: 80, test: 20 }, seed);
  assert.deepEqual(split(7), split(7));
  assert.notDeepEqual(split(7).train, split(8).train);
});

Deno.test("stratifiedSplit() refuses sizes that cannot be had", () => {
  for (const sizes of [{ train: 900, test: 200 }, { train: 0, test: 1 }, { train: 1.5, test: 1 }]) {
    assert.throws(() => stratifiedSplit(LABELS, sizes, 7), RangeError);
  }
});

Deno.test("stratifiedSample() gives each class its share, in mixed order, each example once", () => {
  const sample = stratifiedSample(LABELS, 500, 7, "train");
  const all = perClass(Uint32Array.from(LABELS.keys()));
  assert.equal(new Set(sample).size, 500);
  perClass(sample).forEach((count, k) => assert.ok(Math.abs(count - all[k]! / 2) <= 1, `${count}`));
  const [half, whole] = [perClass(sample.subarray(0, 250)), perClass(sample)];
  half.forEach((count, k) => {
    // Hypergeometric: four standard deviations of half a class.
    assert.ok(Math.abs(count - whole[k]! / 2) <= 2 * Math.sqrt(whole[k]!), `class ${k}: ${count}`);
  });
});

Deno.test("stratifiedSample() draws by seed and part, takes all, and small parts lie in large ones", () => {
  const sorted = (size: number, seed = 7, part = "train") =>
    [...stratifiedSample(LABELS, size, seed, part)].sort((a, b) => a - b);
  assert.deepEqual(sorted(1000), [...LABELS.keys()]);
  assert.deepEqual(sorted(100), sorted(100));
  assert.notDeepEqual(sorted(100, 8), sorted(100));
  assert.notDeepEqual(sorted(100, 7, "test"), sorted(100));
  const large = new Set(sorted(500));
  assert.ok(sorted(100).filter((i) => large.has(i)).length >= 90); // up to rounding, ten classes
  assert.throws(() => stratifiedSample(LABELS, 1001, 7, "train"), /draw 1001 of 1000 examples/);
  assert.throws(() => stratifiedSample(LABELS, 0, 7, "train"), RangeError);
});
