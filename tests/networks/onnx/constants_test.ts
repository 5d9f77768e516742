import assert from "node:assert/strict";
import { importOnnx } from "../../../lib/networks/onnx/onnx_network.ts";
import { floatTensor, linearModel, type OddNode } from "../../support/onnx_file.ts";

Deno.test("refuseOddConstants() says what to do about texts and sparse tensors in nodes", () => {
  const cases: [Pick<OddNode, "texts" | "tensors">, RegExp][] = [
    [{ texts: { "value_string": "a" } }, /node c \(Constant\) holds a text; export it as a tensor/],
    [
      { tensors: { "sparse_value": floatTensor("c", [1], [1]) } },
      /Cannot import a\.onnx: node c \(Constant\) holds a sparse tensor; export it as a tensor of numbers/,
    ],
  ];
  for (const [attributes, message] of cases) {
    const bytes = linearModel({
      nodes: [
        { op: "Constant", inputs: [], outputs: ["c"], ...attributes },
        { op: "Gemm", inputs: ["x", "w", "b"], outputs: ["h"] },
        { op: "Mul", inputs: ["h", "c"], outputs: ["y"] },
      ],
    });
    const attempt = () => importOnnx("a.onnx", bytes, { dataShape: [2] });
    assert.throws(attempt, { name: "RangeError", message });
  }
});
