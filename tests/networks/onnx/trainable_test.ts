import assert from "node:assert/strict";
import { lossNamed } from "../../../lib/losses/losses.ts";
import { importOnnx } from "../../../lib/networks/onnx/onnx_network.ts";
import {
  floatTensor,
  linearModel,
  type OddNode,
  type OddTensor,
  TYPE,
} from "../../support/onnx_file.ts";
import { assertClose } from "../../support/assert_close.ts";
import { onnxOutputs } from "../../support/onnx_outputs.ts";

const imported = (nodes: readonly OddNode[], tensors: readonly OddTensor[]) =>
  importOnnx("a.onnx", linearModel({ nodes, tensors }), {
    dataShape: [2],
    loss: lossNamed("mean-squared-error"),
  });
const namesOf = (nodes: readonly OddNode[], tensors: readonly OddTensor[]) =>
  imported(nodes, tensors).network.parameters.map(({ name }) => name);

const W = floatTensor("w", [2, 3], [1, 2, 3, 4, 5, 6]);
const PRODUCT: OddNode = { op: "MatMul", inputs: ["x", "w"], outputs: ["h"] };

Deno.test("weightsOf() leaves out masks, whatever number stands for −∞", () => {
  const masks: [string, number[]][] = [
    ["Add", [0, -Infinity, 0]],
    ["Add", [0, -3.4028235e38, 0]],
    ["Add", [0.5, -1e30, 2]],
    ["Add", [0, -1e9, -1e9]],
    ["Add", [0, -65504, 0]],
    ["Add", [-10000, 0, 0]],
    ["Add", [-1e9, -1e9, -1e9]],
    ["Mul", [0, 1, 1]],
    ["Sub", [0, 1, 0]],
  ];
  for (const [op, entries] of masks) {
    // Behind a product as scores of attention are, and behind another op.
    const direct: OddNode[] = [PRODUCT, { op, inputs: ["h", "m"], outputs: ["y"] }];
    const later: OddNode[] = [
      PRODUCT,
      { op: "Tanh", inputs: ["h"], outputs: ["t"] },
      { op, inputs: ["m", "t"], outputs: ["y"] },
    ];
    for (const nodes of [direct, later]) {
      const names = namesOf(nodes, [W, floatTensor("m", [3], entries)]);
      assert.deepEqual(names, ["w"], `${op} ${entries}`);
    }
  }
});

Deno.test("weightsOf() takes no weights for masks", () => {
  const weights: [string, number[]][] = [
    ["Add", [0, -9999, 0]],
    ["Add", [0.5, -20000, 0]],
    ["Add", [-20000, -30000, 0]],
    ["Add", [0, 0, 0]],
    ["Add", [0, 1, 0]],
    ["Add", [0, 20000, 0]],
    ["Mul", [1, 1, 1]],
    ["Mul", [0, 1, 0.5]],
    ["Mul", [0, 1, -1]],
  ];
  for (const [op, entries] of weights) {
    const nodes: OddNode[] = [PRODUCT, { op, inputs: ["h", "b"], outputs: ["y"] }];
    const names = namesOf(nodes, [W, floatTensor("b", [3], entries)]);
    assert.deepEqual(names, ["w", "b"], `${op} ${entries}`);
  }
});

const held = (name: string, dims: number[], entries: number[]): OddNode => ({
  op: "Constant",
  inputs: [],
  outputs: [name],
  tensors: { value: floatTensor(name, dims, entries) },
});

Deno.test("weightsOf() finds weights in nodes beside others, and leaves numbers of the program there", () => {
  const nodes: OddNode[] = [
    held("k", [2, 3], [1, 2, 3, 4, 5, 6]),
    held("shift", [3], [1, 2, 3]),
    held("scale", [3], [2, 3, 4]),
    held("centre", [2], [0.5, 0.25]),
    { op: "Sub", inputs: ["x", "centre"], outputs: ["c"] },
    { op: "MatMul", inputs: ["c", "k"], outputs: ["h"] },
    { op: "Add", inputs: ["h", "shift"], outputs: ["g"] },
    { op: "Mul", inputs: ["g", "scale"], outputs: ["f"] },
    { op: "Add", inputs: ["f", "b"], outputs: ["y"] },
  ];
  const mixed = imported(nodes, [floatTensor("b", [3], [7, 8, 9])]);
  assert.deepEqual(mixed.network.parameters.map(({ name }) => name), ["k", "shift", "b"]);
  assert.match(mixed.understood.join("\n"), /fixed, as nodes hold them: centre, scale/);
  // A file that has all of its weights in nodes has its gains there, too.
  const all = imported(nodes.with(-1, { op: "Identity", inputs: ["f"], outputs: ["y"] }), []);
  assert.deepEqual(all.network.parameters.map(({ name }) => name), [
    "centre",
    "k",
    "shift",
    "scale",
  ]);
  assert.doesNotMatch(all.understood.join("\n"), /fixed/);
});

Deno.test("weightsOf() takes weights and moments through casts as they are", async () => {
  const half = (name: string, entries: number[]): OddTensor => ({
    name,
    dims: [entries.length],
    type: TYPE.float16,
    parts: entries.map((entry) => {
      const view = new DataView(new ArrayBuffer(2));
      view.setFloat16(0, entry, true);
      return [5, view.getUint16(0, true)] as const;
    }),
  });
  const names = ["gain", "shift", "mean", "variance"];
  const model = imported([
    PRODUCT,
    // The file has them in any order.
    {
      op: "BatchNormalization",
      inputs: ["h", ...names.map((name) => `${name}32`)],
      outputs: ["n"],
    },
    { op: "Identity", inputs: ["n"], outputs: ["y"] },
    { op: "Identity", inputs: ["mean16"], outputs: ["mean32"] },
    ...names.map((name): OddNode => ({
      op: "Cast",
      inputs: [name],
      outputs: [name === "mean" ? "mean16" : `${name}32`],
      ints: { to: 1 },
    })),
  ], [
    W,
    half("gain", [1, 2, 3]),
    half("shift", [0.5, 0, 0]),
    half("mean", [1, 0, -1]),
    half("variance", [4, 1, 1]),
  ]);
  assert.deepEqual(model.network.parameters.map(({ name }) => name), ["w", "gain", "shift"]);
  // x w is 5, 7 and 9.
  assertClose(await onnxOutputs(model, [1, 1], 1), [2.5, 14, 30], { relative: 1e-4 });
});
