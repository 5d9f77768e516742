import assert from "node:assert/strict";
import { filterNormalised } from "../../../lib/landscape/filter_normalised.ts";
import { importOnnx } from "../../../lib/networks/onnx/onnx_network.ts";
import { floatTensor, linearModel } from "../../support/onnx_file.ts";

/** A linear model of two features and three classes whose matrix is read in a way. */
function directionsOf(options: Parameters<typeof linearModel>[0]): Float64Array {
  const { x, filters } = importOnnx("filters.onnx", linearModel(options), { dataShape: [2] });
  return filterNormalised(new Float64Array(x.length).fill(1), x, filters);
}

/** What leads to class 0, 1 and 2, of lengths 5, 13 and 17. */
const FILTERS = [[3, 4], [5, 12], [8, 15]] as const;
/** A direction (1, 1) as long as each of them. */
const LENGTHS = FILTERS.map(([a, b]) => Math.hypot(a, b) / Math.SQRT2);

const inputsFirst = floatTensor("w", [2, 3], [3, 5, 8, 4, 12, 15]);
const outputsFirst = floatTensor("w", [3, 2], FILTERS.flat());

Deno.test("importOnnx() finds the filters of a matrix, however a node reads it", () => {
  const bias = floatTensor("b", [3], [1, 2, 3]);
  const product = { op: "MatMul", inputs: ["x", "w"], outputs: ["y"] };
  const gemm = { op: "Gemm", inputs: ["x", "w", "b"], outputs: ["y"] };
  const byOutputs = [...LENGTHS, ...LENGTHS];
  const byRows = LENGTHS.flatMap((length) => [length, length]);
  const none = [0, 0, 0];
  const cases: [string, Parameters<typeof linearModel>[0], number[]][] = [
    ["MatMul", { nodes: [product], tensors: [inputsFirst] }, byOutputs],
    ["Gemm", { nodes: [gemm], tensors: [inputsFirst, bias] }, [...byOutputs, ...none]],
    ["Gemm, transposed", {
      nodes: [{ ...gemm, ints: { transB: 1 } }],
      tensors: [outputsFirst, bias],
    }, [...byRows, ...none]],
    ["MatMul of a Transpose", {
      nodes: [
        { op: "Transpose", inputs: ["w"], outputs: ["t"] },
        { op: "Identity", inputs: ["t"], outputs: ["i"] },
        { op: "MatMul", inputs: ["x", "i"], outputs: ["y"] },
      ],
      tensors: [outputsFirst],
    }, byRows],
  ];
  for (const [what, options, expected] of cases) {
    const direction = [...directionsOf(options)];
    assert.equal(direction.length, expected.length, what);
    // Square roots and quotients round some times.
    direction.forEach((entry, i) => assert.ok(Math.abs(entry - expected[i]!) < 1e-12, what));
  }
});
