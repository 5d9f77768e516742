import assert from "node:assert/strict";
import { add } from "../../../lib/graph/ops/add.ts";
import { constant } from "../../../lib/graph/ops/constant.ts";
import { div } from "../../../lib/graph/ops/div.ts";
import { exp } from "../../../lib/graph/ops/exp.ts";
import { placeholder, variable } from "../../../lib/graph/ops/leaf.ts";
import { log } from "../../../lib/graph/ops/log.ts";
import { matMul } from "../../../lib/graph/ops/mat_mul.ts";
import { mul, scale } from "../../../lib/graph/ops/mul.ts";
import { reshape } from "../../../lib/graph/ops/reshape.ts";
import { softmax } from "../../../lib/graph/ops/softmax.ts";
import { sqrt } from "../../../lib/graph/ops/sqrt.ts";
import { importOnnx } from "../../../lib/networks/onnx/onnx_network.ts";
import { mayBeSingular } from "../../../lib/networks/onnx/singular_values.ts";
import { floatTensor, type OddNode, onnxFile } from "../../support/onnx_file.ts";
import { onnxOutputs } from "../../support/onnx_outputs.ts";

const x = placeholder("x", [2, 2]);

Deno.test("mayBeSingular() finds what has no finite value for some numbers, behind other ops", () => {
  const found = [
    log(x),
    reshape(sqrt(x), [4]),
    mul(add(x, exp(x)), x),
    div(constant(1), x),
    scale(div(x, matMul(x, x)), 2),
  ];
  found.forEach((value, i) => assert.ok(mayBeSingular(value), `${i}`));
});

Deno.test("mayBeSingular() passes over scores of attention, and what products have mixed", () => {
  const scores = div(matMul(x, x), variable("fixed", []));
  const finite = [x, scores, div(x, constant(3)), matMul(log(x), x), softmax(x), add(x, x)];
  finite.forEach((value, i) => assert.ok(!mayBeSingular(value), `${i}`));
});

/** y of h = w x, by some nodes, of the examples −1, 0, 2 with the weight 2. */
async function outputs(nodes: readonly OddNode[]): Promise<number[]> {
  const bytes = onnxFile({
    nodes: [{ op: "Mul", inputs: ["x", "w"], outputs: ["h"] }, ...nodes],
    tensors: [
      floatTensor("w", [3], [2, 2, 2]),
      floatTensor("zero", [], [0]),
      floatTensor("five", [], [5]),
      { ...floatTensor("mask", [3], []), type: 9, parts: [[9, Uint8Array.of(0, 0, 1)]] },
    ],
    inputs: [{ name: "x", shape: ["N", 3] }],
    outputs: [{ name: "y", shape: ["N", 3] }],
  });
  return await onnxOutputs(importOnnx("a.onnx", bytes, { dataShape: [3] }), [-1, 0, 2], 1);
}

Deno.test("importOnnx() Where leaves out a branch that is infinite or NaN, by any condition", async () => {
  const greater: OddNode = { op: "Greater", inputs: ["h", "zero"], outputs: ["m"] };
  for (const [op, value] of [["Sqrt", 2], ["Log", Math.log(4)], ["Reciprocal", 0.25]] as const) {
    for (const condition of ["m", "mask"]) {
      const y = await outputs([
        greater,
        { op, inputs: ["h"], outputs: ["s"] },
        { op: "Where", inputs: [condition, "s", "five"], outputs: ["y"] },
      ]);
      assert.deepEqual(y, [5, 5, value], `${op} by ${condition}`);
    }
  }
});
