import assert from "node:assert/strict";
import { decodeDataset, encodeFrames } from "../../lib/data/dataset_file.ts";
import { type LabelledFrames, selectFrames } from "../../lib/data/frames.ts";
import { decodeSafetensors, encodeSafetensors } from "../../lib/data/safetensors.ts";

const DESCRIPTION = { name: "speech", source: "none" };

/** Six frames of two features, windows of three. */
const windows: LabelledFrames = {
  frames: Float32Array.from({ length: 12 }, (_, i) => i),
  width: 2,
  context: 3,
  starts: Int32Array.of(0, 1, 3, 2),
  labels: Int32Array.of(5, 300, 0, 1),
  classes: 400,
};

Deno.test("encodeFrames() and decodeDataset() give the windows", () => {
  const { features, labels, ...rest } = decodeDataset(encodeFrames(windows, DESCRIPTION));
  assert.deepEqual(rest, { name: "speech", count: 4, featureShape: [6], classes: 400 });
  assert.deepEqual(labels, windows.labels);
  assert.deepEqual([...features], [
    ...[0, 1, 2, 3, 4, 5],
    ...[2, 3, 4, 5, 6, 7],
    ...[6, 7, 8, 9, 10, 11],
    ...[4, 5, 6, 7, 8, 9],
  ]);
});

Deno.test("selectFrames() keeps the examples, whether it shares their frames or copies them", () => {
  const whole = decodeDataset(encodeFrames(windows, DESCRIPTION));
  for (const indices of [[2], [3, 0], [1, 1, 2, 3, 0]]) {
    const chosen = selectFrames(windows, Uint32Array.from(indices));
    const { features, labels } = decodeDataset(encodeFrames(chosen, DESCRIPTION));
    assert.deepEqual([...labels], indices.map((i) => whole.labels[i]));
    assert.deepEqual(
      [...features],
      indices.flatMap((i) => [...whole.features.subarray(i * 6, (i + 1) * 6)]),
    );
  }
  assert.equal(selectFrames(windows, Uint32Array.of(2)).frames.length, 6); // not all twelve
});

Deno.test("decodeDataset() refuses windows that leave the frames, and lost parts", () => {
  const { tensors, metadata } = decodeSafetensors(encodeFrames(windows, DESCRIPTION));
  const { starts, ...rest } = tensors;
  const outside = { ...starts!, data: Int32Array.of(0, 1, 4, 2) };
  assert.throws(
    () => decodeDataset(encodeSafetensors({ ...rest, starts: outside }, metadata)),
    /window 2 begins at frame 4 of 6/,
  );
  assert.throws(() => decodeDataset(encodeSafetensors(rest, metadata)), SyntaxError);
  assert.throws(() => decodeDataset(encodeSafetensors(tensors, { classes: "400" })), SyntaxError);
});
