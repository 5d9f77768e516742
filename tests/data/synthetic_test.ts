import assert from "node:assert/strict";
import { decodeDataset } from "../../lib/data/dataset_file.ts";
import { encodeExamples } from "../../lib/data/examples.ts";
import { STAND_IN_NAMES, standIn } from "../../lib/data/stand_ins.ts";
import { syntheticFrames, syntheticImages } from "../../lib/data/synthetic.ts";

Deno.test("standIn() has the shapes and classes of the data sets, and says what it is", () => {
  const shapes = STAND_IN_NAMES.map((name) => {
    const { make, source } = standIn(name, 1, { train: 20, test: 5 });
    assert.match(source, /^synthetic/);
    assert.match(name, /^synthetic-/);
    const { count, featureShape, classes } = decodeDataset(
      encodeExamples(make("train"), { name, source }),
    );
    assert.equal(make("test").labels.length, 5);
    return [count, featureShape, classes];
  });
  assert.deepEqual(shapes, [
    [20, [28, 28, 1], 10],
    [20, [32, 32, 3], 10],
    [20, [32, 32, 3], 100],
    [20, [360], 1973],
  ]);
});

Deno.test("standIn() gives the same by the same seed, and a smaller part begins a larger one", () => {
  const images = (seed: number, count: number) =>
    syntheticImages([8, 8, 1], 4, { seed, part: "train", count });
  assert.deepEqual(images(1, 9), images(1, 9));
  assert.notDeepEqual(images(2, 9).pixels, images(1, 9).pixels);
  assert.deepEqual(images(1, 9).pixels.subarray(0, 128), images(1, 2).pixels);
  const frames = (count: number) => syntheticFrames(6, 4, { seed: 1, part: "train", count });
  assert.deepEqual(frames(9).frames.subarray(0, 12), frames(2).frames);
  assert.deepEqual(frames(9).labels.subarray(0, 2), frames(2).labels);
});

Deno.test("syntheticImages() can be told apart by the nearest class mean, on other examples", () => {
  const part = (part: string, count: number) =>
    syntheticImages([28, 28, 1], 10, { seed: 3, part, count });
  const train = part("train", 1000);
  const test = part("test", 300);
  const means = Array.from({ length: 10 }, () => new Float64Array(784));
  const counts = new Array<number>(10).fill(0);
  train.labels.forEach((label, row) => {
    counts[label]!++;
    const mean = means[label]!;
    for (let i = 0; i < 784; i++) mean[i] = mean[i]! + train.pixels[row * 784 + i]!;
  });
  assert.ok(counts.every((count) => Math.abs(count - 100) < 40), `${counts}`); // 4 sd = 38
  means.forEach((mean, label) => mean.forEach((sum, i) => mean[i] = sum / counts[label]!));
  let hits = 0;
  test.labels.forEach((label, row) => {
    const distances = means.map((mean) =>
      mean.reduce((sum, value, i) => sum + (value - test.pixels[row * 784 + i]!) ** 2, 0)
    );
    if (distances.indexOf(Math.min(...distances)) === label) hits++;
  });
  assert.ok(hits > 270, `${hits} of 300`);
});

Deno.test("syntheticFrames() has a prior ∝ 1/(c + 1), and a third of labels that nobody can know", () => {
  const classes = 5;
  const width = 360;
  const { frames, labels } = syntheticFrames(width, classes, {
    seed: 5,
    part: "train",
    count: 4000,
  });
  const total = 1 + 1 / 2 + 1 / 3 + 1 / 4 + 1 / 5;
  for (let c = 0; c < classes; c++) {
    const share = labels.filter((label) => label === c).length / 4000;
    const prior = 1 / (c + 1) / total;
    assert.ok(
      Math.abs(share - prior) < 4 * Math.sqrt(prior * (1 - prior) / 4000),
      `${c}: ${share}`,
    );
  }
  // Means from the labels themselves: mixed with others', but nearest to their own.
  const means = Array.from({ length: classes }, () => new Float64Array(width));
  labels.forEach((label, row) => {
    for (let i = 0; i < width; i++) means[label]![i] = means[label]![i]! + frames[row * width + i]!;
  });
  means.forEach((mean, c) => {
    const count = labels.filter((label) => label === c).length;
    mean.forEach((sum, i) => mean[i] = sum / count);
  });
  let hits = 0;
  labels.forEach((label, row) => {
    const distances = means.map((mean) =>
      mean.reduce((sum, value, i) => sum + (value - frames[row * width + i]!) ** 2, 0)
    );
    if (distances.indexOf(Math.min(...distances)) === label) hits++;
  });
  // 0.65 + 0.35 Σ p² = 0.745, where p is the prior; four standard deviations are 0.028.
  const expected = 0.65 + 0.35 * [1, 4, 9, 16, 25].reduce((sum, d) => sum + 1 / d, 0) / total ** 2;
  assert.ok(Math.abs(hits / 4000 - expected) < 0.03, `${hits / 4000}, want ${expected}`);
});
