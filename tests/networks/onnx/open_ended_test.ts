import assert from "node:assert/strict";
import { importOnnx } from "../../../lib/networks/onnx/onnx_network.ts";
import { floatTensor, type OddNode, onnxFile, wholeTensor } from "../../support/onnx_file.ts";

Deno.test("isOpenEnded() tells a linear layer at the end from what bounds the output", () => {
  const chain = (...ops: [string, string[]?, OddNode["ints"]?][]): OddNode[] =>
    ops.map(([op, more = [], ints = {}], i) => ({
      op,
      inputs: [i === 0 ? "x" : `v${i}`, ...more],
      outputs: [i === ops.length - 1 ? "y" : `v${i + 1}`],
      ints,
    }));
  const open: OddNode[][] = [
    chain(["MatMul", ["w"]]),
    chain(["Gemm", ["w", "b"]], ["Flatten"]),
    chain(["MatMul", ["w"]], ["Add", ["b"]], ["Identity"], ["Mul", ["half"]]),
    chain(["MatMul", ["w"]], ["Unsqueeze", ["last"]], ["ReduceSum", ["last"], { keepdims: 0 }]),
    chain(["MatMul", ["w"]], ["Neg"]),
  ];
  const bounded: OddNode[][] = [
    chain(["MatMul", ["w"]], ["HardSigmoid"]),
    chain(["MatMul", ["w"]], ["Tanh"], ["Mul", ["half"]], ["Add", ["half"]]),
    chain(["MatMul", ["w"]], ["Softmax"], ["Slice", ["first", "last", "first"]]),
    chain(["MatMul", ["w"]], ["Exp"]),
  ];
  for (const [models, expected] of [[open, true], [bounded, false]] as const) {
    for (const nodes of models) {
      const bytes = onnxFile({
        nodes,
        tensors: [
          floatTensor("w", [2, 2], [1, 2, 3, 4]),
          floatTensor("b", [2], [1, 2]),
          floatTensor("half", [], [0.5]),
          wholeTensor("last", [1], [-1]),
          wholeTensor("first", [1], [1]),
        ],
        inputs: [{ name: "x", shape: ["N", 2] }],
        outputs: [{ name: "y", shape: ["N"] }],
      });
      const { isOpenEnded } = importOnnx("a.onnx", bytes, { dataShape: [2] });
      assert.equal(isOpenEnded, expected, nodes.map(({ op }) => op).join());
    }
  }
});
