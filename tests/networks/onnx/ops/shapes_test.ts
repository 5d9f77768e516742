import assert from "node:assert/strict";
import { importOnnx } from "../../../../lib/networks/onnx/onnx_network.ts";
import { vector, wholes } from "../../../../lib/networks/onnx/tensor.ts";
import { assertClose } from "../../../support/assert_close.ts";
import { floatTensor, type OddNode, onnxFile, wholeTensor } from "../../../support/onnx_file.ts";
import { onnxOutputs } from "../../../support/onnx_outputs.ts";
import { given, made } from "../../../support/onnx_rule.ts";

Deno.test("Split of a constant makes constants, in equal parts and others", async () => {
  const matrix = wholes([2, 5], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const cases = [
    { attributes: { axis: 1 }, inputs: [matrix, vector([2, 3])], outputs: 2 },
    { attributes: { axis: -1, "num_outputs": 2 }, inputs: [matrix], outputs: 2 },
    { attributes: { axis: 0 }, inputs: [matrix], outputs: 2 },
  ];
  const wanted = [
    [[0, 1, 5, 6], [2, 3, 4, 7, 8, 9]],
    [[0, 1, 2, 5, 6, 7], [3, 4, 8, 9]],
    [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]],
  ];
  for (const [i, each] of cases.entries()) {
    const parts = await made({ op: "Split", ...each });
    assert.ok(parts.every(({ isKnown }) => isKnown));
    assert.deepEqual(parts.map(({ data }) => data), wanted[i]);
    // Of the examples' values the same.
    const x = given([...matrix.data], [2, 5]);
    const own = await made({ op: "Split", ...each, inputs: [x, ...each.inputs.slice(1)] });
    assert.deepEqual(own.map(({ data }) => data), wanted[i]);
  }
});

Deno.test("Split refuses parts that are not the whole", async () => {
  for (const x of [wholes([4], [1, 2, 3, 4]), given([1, 2, 3, 4])]) {
    for (const sizes of [[1, 1], [3, 2], [5, -1]]) {
      await assert.rejects(made({ op: "Split", inputs: [x, vector(sizes)], outputs: 2 }), {
        name: "RangeError",
        message: /cuts axis 0 of \[4\] into parts of .*; want parts that add up to 4/,
      });
    }
  }
});

Deno.test("shapes that the examples' values decide are refused, with what to do", async () => {
  const tokens = given([2, 3], [2], "int32");
  const x = wholes([6], [1, 2, 3, 4, 5, 6]);
  for (const op of ["Reshape", "Expand", "Tile"]) {
    const message = /its (shape|repeats) is no constant: .*; export the model with a constant/;
    const [name, inputs] = ["RangeError", [given([...x.data]), tokens]];
    await assert.rejects(made({ op, inputs }), { name, message }, op);
  }
  for (const op of ["Range", "ConstantOfShape"]) {
    const message = /examples' values decide how large it is.*export the model with fixed extents/;
    await assert.rejects(made({ op, inputs: [tokens] }), { name: "RangeError", message }, op);
  }
});

/** y [N, 4, 2] of x [N, 4, 3], by branches that are added; the file's batch is fixed at 1. */
function fixedModel(branches: readonly string[]): Uint8Array {
  const nodes: Readonly<Record<string, readonly OddNode[]>> = {
    // Positions first: the rows have the examples as their inner part.
    positions: [
      { op: "Transpose", inputs: ["x"], outputs: ["t"], ints: { perm: [1, 0, 2] } },
      { op: "Reshape", inputs: ["t", "rows"], outputs: ["a"] },
      { op: "MatMul", inputs: ["a", "k"], outputs: ["b"] },
      { op: "Tanh", inputs: ["b"], outputs: ["c"] },
      { op: "Reshape", inputs: ["c", "back"], outputs: ["d"] },
      { op: "Transpose", inputs: ["d"], outputs: ["positions"], ints: { perm: [1, 0, 2] } },
    ],
    // Examples first.
    examples: [
      { op: "Reshape", inputs: ["x", "rows"], outputs: ["e"] },
      { op: "MatMul", inputs: ["e", "k"], outputs: ["f"] },
      { op: "Reshape", inputs: ["f", "whole"], outputs: ["examples"] },
    ],
    // Examples first, of what came from positions first.
    both: [
      { op: "Reshape", inputs: ["positions", "narrow"], outputs: ["g"] },
      { op: "MatMul", inputs: ["g", "q"], outputs: ["h"] },
      { op: "Reshape", inputs: ["h", "whole"], outputs: ["both"] },
    ],
  };
  return onnxFile({
    nodes: [
      ...branches.flatMap((branch) => nodes[branch]!),
      { op: "Sum", inputs: branches, outputs: ["y"] },
    ],
    tensors: [
      floatTensor("k", [3, 2], [1, -2, 3, 0.5, -1, 2]),
      floatTensor("q", [2, 2], [0.5, 1, -1, 2]),
      wholeTensor("rows", [2], [4, 3]),
      wholeTensor("narrow", [2], [4, 2]),
      wholeTensor("back", [3], [4, 1, 2]),
      wholeTensor("whole", [3], [1, 4, 2]),
    ],
    inputs: [{ name: "x", shape: [1, 4, 3] }],
    outputs: [{ name: "y", shape: [1, 4, 2] }],
  });
}

Deno.test("importOnnx() frees a fixed batch in branches that join it with positions on either side", async () => {
  const x = Array.from({ length: 36 }, (_, i) => Math.sin(1 + i));
  for (
    const branches of [
      ["positions"],
      ["examples"],
      ["positions", "examples"],
      ["examples", "positions"],
      ["positions", "both"],
      ["positions", "both", "examples"],
    ]
  ) {
    const imported = importOnnx("a.onnx", fixedModel(branches), { dataShape: [4, 3] });
    const together = await onnxOutputs(imported, x, 3);
    const alone = await Promise.all(
      [0, 1, 2].map((i) => onnxOutputs(imported, x.slice(12 * i, 12 * i + 12), 1)),
    );
    assertClose(together, alone.flat(), { absolute: 1e-12 });
  }
});
