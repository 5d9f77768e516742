import assert from "node:assert/strict";
import type { Shape } from "../../../lib/graph/shape.ts";
import { lossNamed } from "../../../lib/losses/losses.ts";
import { importOnnx } from "../../../lib/networks/onnx/onnx_network.ts";
import { floatTensor, type OddNode, onnxFile } from "../../support/onnx_file.ts";

/** Logits of 3 classes from examples of a shape, by one op, and a softmax of these. */
function softmaxModel(shape: Shape, op: OddNode, opset: number, ints: OddNode["ints"] = {}) {
  const weights: Shape = op.op === "Conv" ? [3, 3, 1, 1] : [3, 3];
  return onnxFile({
    opset,
    nodes: [op, { op: "Softmax", inputs: ["z"], outputs: ["p"], ints }],
    tensors: [floatTensor("w", weights, [1, 2, 3, 4, 5, 6, 7, 8, 9])],
    inputs: [{ name: "x", shape: ["N", ...shape] }],
    outputs: [{ name: "p", shape: ["N", ...shape] }],
  });
}

const PRODUCT: OddNode = { op: "MatMul", inputs: ["x", "w"], outputs: ["z"] };
const FILTERS: OddNode = { op: "Conv", inputs: ["x", "w"], outputs: ["z"] };

Deno.test("importOnnx() takes the logits of a softmax over the classes, on whichever axis they are", () => {
  const cases: [Shape, OddNode, number, number | undefined][] = [
    [[3], PRODUCT, 17, undefined],
    [[3], PRODUCT, 17, 1],
    [[3], PRODUCT, 11, undefined],
    [[4, 3], PRODUCT, 17, -1],
    [[4, 3], PRODUCT, 17, 2],
    [[4, 3], PRODUCT, 11, 2],
    [[3, 2, 2], FILTERS, 17, 1],
    // Before opset 13 over an axis and all that follow, which are of extent 1 here.
    [[3, 1, 1], FILTERS, 11, 1],
  ];
  for (const [shape, op, opset, axis] of cases) {
    const ints = axis === undefined ? {} : { axis };
    const model = softmaxModel(shape, op, opset, ints);
    const { understood } = importOnnx("a.onnx", model, { dataShape: shape });
    const what = `[${shape}], opset ${opset}, axis ${axis}`;
    assert.ok(understood.some((line) => /probabilities, by a softmax/.test(line)), what);
  }
});

Deno.test("importOnnx() refuses a softmax over another axis than the classes', which no logits make", () => {
  const cases: [Shape, OddNode, number, number | undefined, RegExp][] = [
    [[3], PRODUCT, 17, 0, /output \[2, 3\] ends in a softmax over axis 0, .* classes are axis 1/],
    [[4, 3], PRODUCT, 17, 1, /softmax over axis 1, and its classes are axis 2/],
    [[4, 3], PRODUCT, 11, undefined, /softmax over axes 1 and 2, and its classes are axis 2/],
    [[3, 2, 2], FILTERS, 17, -1, /softmax over axis 3, and its classes are axis 1/],
    [[3, 2, 2], FILTERS, 11, 1, /softmax over axes 1 and 2 and 3, and its classes are axis 1/],
  ];
  for (const [shape, op, opset, axis, message] of cases) {
    const model = softmaxModel(shape, op, opset, axis === undefined ? {} : { axis });
    const options = { dataShape: shape };
    assert.throws(() => importOnnx("a.onnx", model, options), { name: "RangeError", message });
    // As real numbers it is taken as it stands.
    importOnnx("a.onnx", model, { ...options, loss: lossNamed("mean-squared-error") });
  }
});
