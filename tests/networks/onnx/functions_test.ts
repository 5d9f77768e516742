import assert from "node:assert/strict";
import { importOnnx } from "../../../lib/networks/onnx/onnx_network.ts";
import {
  floatTensor,
  linearModel,
  type OddFunction,
  type OddNode,
} from "../../support/onnx_file.ts";
import { onnxOutputs } from "../../support/onnx_outputs.ts";

/** (1, 2, 3) of x = 1 through some calls from h to y. */
async function outputsOf(nodes: readonly OddNode[], functions: readonly OddFunction[]) {
  const bytes = linearModel({
    nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["h"] }, ...nodes],
    tensors: [floatTensor("w", [1, 3], [1, 2, 3])],
    inputs: [{ name: "x", shape: ["N", 1] }],
    functions,
  });
  return await onnxOutputs(importOnnx("a.onnx", bytes, { dataShape: [1] }), [1], 1);
}

const own = (op: string, input: string, outputs: string[], overload = ""): OddNode => ({
  op,
  inputs: [input],
  outputs,
  domain: "own",
  overload,
});
const one = (op: string, input: string, output: string): OddNode => ({
  op,
  inputs: [input],
  outputs: [output],
});

Deno.test("withoutFunctions() takes the overload that a call names, also within functions", async () => {
  const unary = (overload: string, nodes: OddNode[]): OddFunction => ({
    name: "F",
    overload,
    inputs: ["a"],
    outputs: ["b"],
    nodes,
  });
  const functions = [
    unary("negative", [one("Neg", "a", "b")]),
    unary("", [one("Identity", "a", "b")]),
    unary("twice", [
      own("F", "a", ["m"], "negative"),
      { op: "Add", inputs: ["m", "m"], outputs: ["b"] },
    ]),
  ];
  for (const order of [functions, functions.toReversed()]) {
    for (const [overload, factor] of [["negative", -1], ["", 1], ["twice", -2]] as const) {
      const outputs = await outputsOf([own("F", "h", ["y"], overload)], order);
      assert.deepEqual(outputs, [1, 2, 3].map((entry) => factor * entry), overload);
    }
  }
});

Deno.test("withoutFunctions() hands on an output that is an input, or another output", async () => {
  const both: OddFunction = {
    name: "Both",
    inputs: ["a"],
    outputs: ["a", "b", "b"],
    nodes: [one("Neg", "a", "b")],
  };
  const sum: OddNode = { op: "Sum", inputs: ["p", "q", "r"], outputs: ["y"] };
  // a − a − a.
  assert.deepEqual(await outputsOf([own("Both", "h", ["p", "q", "r"]), sum], [both]), [-1, -2, -3]);
  assert.deepEqual(await outputsOf([own("Both", "h", ["y"])], [both]), [1, 2, 3]);
  assert.deepEqual(await outputsOf([own("Both", "h", ["", "", "y"])], [both]), [-1, -2, -3]);
  const empty: OddFunction = { name: "Same", inputs: ["a"], outputs: ["a"], nodes: [] };
  assert.deepEqual(await outputsOf([own("Same", "h", ["y"])], [empty]), [1, 2, 3]);
});
