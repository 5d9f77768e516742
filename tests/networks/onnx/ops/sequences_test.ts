import assert from "node:assert/strict";
import { importOnnx } from "../../../../lib/networks/onnx/onnx_network.ts";
import { floatTensor, type OddNode, onnxFile, wholeTensor } from "../../../support/onnx_file.ts";
import { onnxOutputs } from "../../../support/onnx_outputs.ts";

/** y of x [N, 2, 3], in a shape that nodes compute from x's own. */
async function reshaped(nodes: readonly OddNode[], shape: readonly number[]): Promise<number[]> {
  const bytes = onnxFile({
    nodes: [
      { op: "Mul", inputs: ["x", "w"], outputs: ["h"] },
      { op: "Shape", inputs: ["h"], outputs: ["s"] },
      ...nodes,
      { op: "Reshape", inputs: ["h", "wanted"], outputs: ["y"] },
    ],
    tensors: [
      floatTensor("w", [2, 3], [1, 2, 3, 4, 5, 6]),
      wholeTensor("ones", [3], [1, 1, 1]),
      wholeTensor("zero", [], [0]),
      wholeTensor("two", [], [2]),
      wholeTensor("last", [1], [2]),
    ],
    inputs: [{ name: "x", shape: ["N", 2, 3] }],
    outputs: [{ name: "y", shape: ["N", ...shape] }],
  });
  const imported = importOnnx("a.onnx", bytes, { dataShape: [2, 3] });
  assert.deepEqual(imported.network.outputShape, shape);
  return await onnxOutputs(imported, [1, 1, 1, 1, 1, 1], 1);
}

Deno.test("importOnnx() follows a shape through Split, or a list, and Concat", async () => {
  const entries = [1, 2, 3, 4, 5, 6];
  const cases: [OddNode[], number[]][] = [
    [[
      { op: "Split", inputs: ["s", "ones"], outputs: ["n", "a", "b"], ints: { axis: 0 } },
      { op: "Concat", inputs: ["n", "b", "a"], outputs: ["wanted"], ints: { axis: 0 } },
    ], [3, 2]],
    [[
      { op: "SplitToSequence", inputs: ["s"], outputs: ["l"] },
      { op: "SequenceAt", inputs: ["l", "zero"], outputs: ["n"] },
      { op: "SequenceAt", inputs: ["l", "two"], outputs: ["b"] },
      { op: "SequenceConstruct", inputs: ["n", "b", "last"], outputs: ["m"] },
      { op: "ConcatFromSequence", inputs: ["m"], outputs: ["wanted"], ints: { axis: 0 } },
    ], [3, 2]],
    [[
      {
        op: "SplitToSequence",
        inputs: ["s"],
        outputs: ["l"],
        ints: { keepdims: 0 },
      },
      {
        op: "ConcatFromSequence",
        inputs: ["l"],
        outputs: ["wanted"],
        ints: { axis: 0, "new_axis": 1 },
      },
    ], [2, 3]],
  ];
  for (const [nodes, shape] of cases) {
    assert.deepEqual(await reshaped(nodes, shape), entries);
  }
});
