import assert from "node:assert/strict";
import { changedExamples, changedName } from "../../lib/data/changed_examples.ts";
import type { LabelledFrames } from "../../lib/data/frames.ts";
import type { LabelledImages } from "../../lib/data/images.ts";
import { randomLabels } from "../../lib/data/random_labels.ts";
import { turnImages } from "../../lib/data/turn_images.ts";

const LABELS = Uint8Array.from({ length: 1000 }, (_, i) => i % 10);

/** How many entries are as before. */
function kept(before: Uint8Array, after: Uint8Array): number {
  return before.filter((label, i) => label === after[i]).length;
}

Deno.test("randomLabels() keeps the classes' sizes and leaves a tenth of ten classes as it was", () => {
  const random = randomLabels(LABELS, { share: 1, seed: 1 });
  assert.deepEqual(random.toSorted(), LABELS.toSorted());
  // Binomial with p = 0.1: 100 ± 9.5; five standard deviations.
  assert.ok(Math.abs(kept(LABELS, random) - 100) < 48, `${kept(LABELS, random)} kept`);
  assert.deepEqual(randomLabels(LABELS, { share: 1, seed: 1 }), random);
  assert.notDeepEqual(randomLabels(LABELS, { share: 1, seed: 2 }), random);
});

Deno.test("randomLabels() changes no more than its share, anywhere in the set", () => {
  const some = randomLabels(LABELS, { share: 0.2, seed: 1 });
  const changed = 1000 - kept(LABELS, some);
  // 200 are chosen, of which 0.1 keep their label by chance: 180 ± 4.2.
  assert.ok(changed <= 200 && Math.abs(changed - 180) < 21, `${changed} changed`);
  const early = 500 - kept(LABELS.subarray(0, 500), some.subarray(0, 500));
  assert.ok(Math.abs(early - changed / 2) < 35, `${early} of ${changed} in the first half`);
  assert.deepEqual(randomLabels(LABELS, { share: 0, seed: 1 }), LABELS);
  assert.throws(() => randomLabels(LABELS, { share: 1.1, seed: 1 }), RangeError);
  assert.throws(() => randomLabels(LABELS, { share: NaN, seed: 1 }), /share of NaN/);
});

const IMAGES: LabelledImages = {
  pixels: Uint8Array.from({ length: 2 * 2 * 3 * 2 }, (_, i) => i),
  labels: Uint8Array.of(0, 1),
  shape: [2, 3, 2],
  classes: 2,
};

Deno.test("turnImages() turns each image by itself, channels together", () => {
  const square: LabelledImages = { ...IMAGES, shape: [2, 2, 3] };
  const turned = turnImages(square, 90);
  // Top row of the first image: bottom left pixel, then top left.
  assert.deepEqual(turned.pixels.slice(0, 6), Uint8Array.of(6, 7, 8, 0, 1, 2));
  assert.deepEqual(turned.pixels.slice(12, 18), Uint8Array.of(18, 19, 20, 12, 13, 14));
  assert.deepEqual(turnImages(turned, 270), square);
  assert.deepEqual(turnImages(square, 0), square);
  assert.deepEqual(turnImages(turned, 90), turnImages(square, 180));
});

Deno.test("turnImages() turns what is not square by half turns only", () => {
  const turned = turnImages(IMAGES, 180);
  assert.deepEqual(turned.shape, [2, 3, 2]);
  assert.deepEqual(turned.pixels.slice(0, 4), Uint8Array.of(10, 11, 8, 9));
  assert.throws(() => turnImages(IMAGES, 90), /2 × 3 pixels by 90°/);
});

Deno.test("changedExamples() leaves the labels of the test set true", () => {
  const images = { ...IMAGES, pixels: new Uint8Array(1000 * 12), labels: LABELS, classes: 10 };
  const changes = { turn: 0, randomShare: 1 } as const;
  assert.deepEqual(changedExamples(images, "test", changes, 1).labels, LABELS);
  assert.notDeepEqual(changedExamples(images, "train", changes, 1).labels, LABELS);
});

Deno.test("changedExamples() makes labels of frames random, and turns none", () => {
  const frames: LabelledFrames = {
    frames: new Float32Array(1000),
    width: 1,
    context: 1,
    starts: Int32Array.from(LABELS.keys()),
    labels: Int32Array.from(LABELS),
    classes: 10,
  };
  const { labels } = changedExamples(frames, "train", { turn: 0, randomShare: 1 }, 1);
  assert.notDeepEqual(labels, frames.labels);
  assert.throws(
    () => changedExamples(frames, "train", { turn: 90, randomShare: 0 }, 1),
    /no images/,
  );
});

Deno.test("changedName() says what was changed", () => {
  const name = (turn: 0 | 90, randomShare: number) =>
    changedName("mnist-10k", { turn, randomShare });
  assert.equal(name(0, 0), "mnist-10k");
  assert.equal(name(0, 1), "mnist-10k, random labels");
  assert.equal(name(90, 0.07), "mnist-10k, turned by 90°, 7 % random labels");
});
