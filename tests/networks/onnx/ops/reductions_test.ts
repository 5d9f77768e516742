import assert from "node:assert/strict";
import { referenceEngine } from "../../../../lib/engine/reference/engine.ts";
import { lossNamed } from "../../../../lib/losses/losses.ts";
import { importOnnx } from "../../../../lib/networks/onnx/onnx_network.ts";
import { objectiveOf } from "../../../../lib/objective/objective_of.ts";
import { assertClose } from "../../../support/assert_close.ts";
import { floatTensor, type OddNode, onnxFile, wholeTensor } from "../../../support/onnx_file.ts";
import { onnxOutputs } from "../../../support/onnx_outputs.ts";

/** h = x w, three numbers of one, then some nodes from h to y; `many` is 0, 1, … 199 999. */
const modelOf = (nodes: readonly OddNode[], w: readonly number[] = [1, 2, 3]) =>
  importOnnx(
    "a.onnx",
    onnxFile({
      opset: 18,
      nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["h"] }, ...nodes],
      tensors: [
        floatTensor("w", [1, 3], w),
        floatTensor("many", [200_000], [...Array(200_000).keys()]),
        floatTensor("far", [3], [-1000, -1001, -1002]),
        wholeTensor("last", [1], [-1]),
        wholeTensor("first", [1], [0]),
      ],
      inputs: [{ name: "x", shape: ["N", 1] }],
      outputs: [{ name: "y", shape: ["N", 1] }],
    }),
    { dataShape: [1], loss: lossNamed("mean-squared-error") },
  );

const peakOf = (entries: readonly number[]) => entries.reduce((a, b) => Math.max(a, b));

function logSumExp(entries: readonly number[]): number {
  const peak = peakOf(entries);
  return peak + Math.log(entries.reduce((sum, entry) => sum + Math.exp(entry - peak), 0));
}

Deno.test("REDUCTION_RULES ReduceLogSumExp does not overflow, nor do its derivatives", async () => {
  for (const keepdims of [0, 1]) {
    const model = modelOf([
      { op: "ReduceLogSumExp", inputs: ["h", "last"], outputs: ["y"], ints: { keepdims } },
    ]);
    const outputs = await onnxOutputs(model, [1, 0, 400, -400], 4);
    const expected = [1, 0, 400, -400].map((x) => logSumExp([x, 2 * x, 3 * x]));
    assertClose(outputs, expected, { relative: 1e-12 });
  }
  const { fresh, x } = modelOf([
    { op: "ReduceLogSumExp", inputs: ["h", "last"], outputs: ["y"] },
  ], [1000, 1001, 1002]);
  const data = {
    name: "one example",
    count: 1,
    features: Float32Array.of(1),
    featureShape: [1],
    labels: new Int32Array(),
    classes: 0,
    targets: { values: Float32Array.of(0), shape: [1] },
  };
  await using f = await objectiveOf(fresh(), data, { engine: referenceEngine() });
  // f = s² with ∂s/∂w the softmax p, and ∂²s/∂w² = diag(p) − p pᵀ.
  const s = logSumExp([...x]);
  const p = [...x].map((entry) => Math.exp(entry - s));
  const { gradient } = await f.evaluate(x);
  assertClose([...gradient], p.map((each) => 2 * s * each), { relative: 1e-9 });
  const product = await f.hessian(x).apply(Float64Array.of(1, 0, 0));
  const expected = p.map((each, i) =>
    2 * p[0]! * each + 2 * s * ((i === 0 ? p[0]! : 0) - p[0]! * each)
  );
  assertClose([...product], expected, { relative: 1e-9 });
});

Deno.test("REDUCTION_RULES reduce constants of many entries, and far from 0", async () => {
  const all = [...Array(200_000).keys()];
  const sumOf = (of: (entry: number) => number) => all.reduce((sum, entry) => sum + of(entry), 0);
  const cases: [string, string, number][] = [
    ["ReduceMax", "many", 199_999],
    ["ReduceMin", "many", 0],
    ["ReduceL2", "many", Math.sqrt(sumOf((entry) => entry ** 2))],
    ["ReduceL1", "many", sumOf((entry) => entry)],
    ["ReduceLogSumExp", "many", 199_999 - Math.log(1 - Math.exp(-1))],
    ["ReduceLogSumExp", "far", logSumExp([-1000, -1001, -1002])],
  ];
  for (const [op, constant, expected] of cases) {
    const model = modelOf([
      { op, inputs: [constant, "first"], outputs: ["r"] },
      { op: "Add", inputs: ["h", "r"], outputs: ["y"] },
    ]);
    assertClose(await onnxOutputs(model, [0], 1), [expected, expected, expected], {
      relative: 1e-10,
    });
    assert.deepEqual(model.network.parameters.map(({ name }) => name), ["w"]);
  }
});
