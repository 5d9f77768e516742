import assert from "node:assert/strict";
import { given, made } from "../../../support/onnx_rule.ts";
import { floats } from "../../../../lib/networks/onnx/tensor.ts";

const FLOAT_MAX = 3.4028234663852886e38;
const X = [-1.25, 1e-7, 0.1, 3];

const scalar = (entry: number) => floats([], Float64Array.of(entry));

Deno.test("Max and Min with a far bound leave x and its derivative as they are", async () => {
  for (const far of [1e30, 1e35, FLOAT_MAX, Infinity]) {
    for (const [op, bound] of [["Max", -far], ["Min", far]] as const) {
      for (const inputs of [[given(X), scalar(bound)], [scalar(bound), given(X)]]) {
        const [y] = await made({ op, inputs });
        assert.deepEqual(y!.data, X, `${op} ${bound}`);
        assert.deepEqual(y!.gradients, [[1, 1, 1, 1]]);
      }
    }
  }
});

Deno.test("Max with a far bound of larger shape has that shape", async () => {
  const bound = floats([2, 4], new Float64Array(8).fill(-Infinity));
  const [y] = await made({ op: "Max", inputs: [given(X), bound] });
  assert.deepEqual(y!.shape, [2, 4]);
  assert.deepEqual(y!.data, [...X, ...X]);
});

Deno.test("Max and Min of several, some of them far in places, take one entry each", async () => {
  const mask = floats([4], Float64Array.of(-Infinity, 5, -FLOAT_MAX, -1e9));
  const [larger] = await made({ op: "Max", inputs: [given(X), mask, given([0, 0, 0, 4])] });
  assert.deepEqual(larger!.data, [0, 5, 0.1, 4]);
  assert.deepEqual(larger!.gradients, [[0, 0, 1, 0], [1, 0, 0, 1]]);
  const [smaller] = await made({
    op: "Min",
    inputs: [given(X), scalar(65504), given([0, 0, 0, 4])],
  });
  assert.deepEqual(smaller!.data, [-1.25, 0, 0, 3]);
});

Deno.test("Max and Min of a value the far side of a far bound are the bound", async () => {
  // Masks stand for it: no float32 of a network gets there.
  const [y] = await made({ op: "Max", inputs: [given(X), scalar(1e30)] });
  assert.deepEqual(y!.data, [1e30, 1e30, 1e30, 1e30]);
});

Deno.test("Clip leaves x as it is between far bounds, by inputs and by attributes", async () => {
  for (const far of [65504, 1e9, 1e30, FLOAT_MAX, Infinity]) {
    const bounds = [scalar(-far), scalar(far)];
    for (const [low, high] of [[bounds[0], bounds[1]], [bounds[0]], [undefined, bounds[1]]]) {
      const [y] = await made({ op: "Clip", inputs: [given(X), low, high] });
      assert.deepEqual(y!.data, X);
      assert.deepEqual(y!.gradients, [[1, 1, 1, 1]]);
    }
    const attributes = { min: -far, max: far };
    const [y] = await made({ op: "Clip", opset: 6, attributes, inputs: [given(X)] });
    assert.deepEqual(y!.data, X);
  }
});

Deno.test("Clip of infinities is the bound, as of a logarithm of 0", async () => {
  const x = given([-Infinity, Infinity, 0.5]);
  const [y] = await made({ op: "Clip", inputs: [x, scalar(-100), scalar(6)] });
  assert.deepEqual(y!.data, [-100, 6, 0.5]);
  assert.deepEqual(y!.gradients, [[0, 0, 1]]);
});

Deno.test("Clip from 0 on is ReLU, also in its derivative, and takes no digit off x", async () => {
  const x = given([-1, 0, 1e-7, 5.9999999, 6, 1e9, 1e30]);
  const [y] = await made({ op: "Clip", inputs: [x, scalar(0), scalar(6)] });
  assert.deepEqual(y!.data, [0, 0, 1e-7, 5.9999999, 6, 6, 6]);
  assert.deepEqual(y!.gradients, [[0, 0, 1, 1, 0, 0, 0]]);
  const [open] = await made({ op: "Clip", inputs: [x, scalar(0)] });
  assert.deepEqual(open!.data, [0, 0, 1e-7, 5.9999999, 6, 1e9, 1e30]);
  const [upper] = await made({ op: "Clip", inputs: [x, scalar(3), scalar(2)] });
  assert.deepEqual(upper!.data, [2, 2, 2, 2, 2, 2, 2]);
});
