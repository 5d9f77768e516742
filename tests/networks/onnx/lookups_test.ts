import assert from "node:assert/strict";
import { lossNamed } from "../../../lib/losses/losses.ts";
import { importOnnx } from "../../../lib/networks/onnx/onnx_network.ts";
import { floatTensor, onnxFile, TYPE, wholeTensor } from "../../support/onnx_file.ts";

Deno.test("tablesByEntry() finds which entries of an example look up which tables", () => {
  // Entries 0 and 1 in a table of 3 rows, entries 1 and 2 in one of 5, entry 3 in none.
  const bytes = onnxFile({
    nodes: [
      { op: "Slice", inputs: ["x", "zero", "two", "one"], outputs: ["a"] },
      { op: "Transpose", inputs: ["x"], outputs: ["t"] },
      { op: "Slice", inputs: ["t", "one", "three", "zero"], outputs: ["b"] },
      { op: "Gather", inputs: ["small", "a"], outputs: ["p"] },
      { op: "Gather", inputs: ["large", "b"], outputs: ["q"] },
      { op: "ReduceSum", inputs: ["p", "one"], outputs: ["r"] },
      { op: "ReduceSum", inputs: ["q", "zero"], outputs: ["s"] },
      { op: "Squeeze", inputs: ["r", "one"], outputs: ["u"] },
      { op: "Squeeze", inputs: ["s", "zero"], outputs: ["v"] },
      { op: "Add", inputs: ["u", "v"], outputs: ["y"] },
    ],
    tensors: [
      floatTensor("small", [3, 2], [1, 2, 3, 4, 5, 6]),
      floatTensor("large", [5, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
      ...[0, 1, 2, 3].map((n, i) => wholeTensor(["zero", "one", "two", "three"][i]!, [1], [n])),
    ],
    inputs: [{ name: "x", shape: ["N", 4], type: TYPE.int64 }],
    outputs: [{ name: "y", shape: ["N", 2] }],
  });
  const { tables } = importOnnx("a.onnx", bytes, {
    dataShape: [4],
    loss: lossNamed("mean-squared-error"),
  });
  assert.deepEqual(tables, [[3], [3, 5], [5], []]);
});
