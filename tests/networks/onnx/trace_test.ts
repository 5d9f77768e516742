import assert from "node:assert/strict";
import { lossNamed } from "../../../lib/losses/losses.ts";
import { importOnnx } from "../../../lib/networks/onnx/onnx_network.ts";
import { floatTensor, linearModel, type OddNode } from "../../support/onnx_file.ts";

/** Some nodes from h = x w + b to y. */
const traced = (nodes: readonly OddNode[], output?: string) => () =>
  importOnnx(
    "a.onnx",
    linearModel({
      nodes: [{ op: "Gemm", inputs: ["x", "w", "b"], outputs: ["h"] }, ...nodes],
      tensors: [
        floatTensor("w", [2, 3], [1, 2, 3, 4, 5, 6]),
        floatTensor("b", [3], [0.5, 0, -0.5]),
        floatTensor("gain", [3], [1, 2, 3]),
      ],
    }),
    {
      dataShape: [2],
      loss: lossNamed("mean-squared-error"),
      ...(output !== undefined && { output }),
    },
  );

const NORM: OddNode = {
  op: "LayerNormalization",
  inputs: ["h", "gain"],
  outputs: ["n", "mean", "deviation"],
  name: "norm",
};
const DROP: OddNode = { op: "Dropout", inputs: ["h"], outputs: ["d", "kept"], name: "drop" };

Deno.test("traceModel() names an output that Basin does not make, and the node that would", () => {
  const norm = /does not make mean, output 2 of node norm \(LayerNormalization\); write out what/;
  const cases: [OddNode[], RegExp][] = [
    [[NORM, { op: "Sub", inputs: ["h", "mean"], outputs: ["y"], name: "less" }], norm],
    [[NORM, { op: "Reshape", inputs: ["mean", "gain"], outputs: ["y"] }], norm],
    // An input that may be left out is not left out.
    [[NORM, { op: "Clip", inputs: ["n", "mean"], outputs: ["y"] }], norm],
    [
      [DROP, { op: "Cast", inputs: ["kept"], outputs: ["y"], ints: { to: 1 } }],
      /node y \(Cast of nothing\): Basin does not make kept, output 2 of node drop \(Dropout\)/,
    ],
  ];
  for (const [nodes, message] of cases) {
    assert.throws(traced(nodes), { name: "RangeError", message });
  }
  assert.throws(
    traced([NORM, { op: "Add", inputs: ["n", "deviation"], outputs: ["y"] }], "deviation"),
    /Cannot import a\.onnx: Basin does not make deviation, output 3 of node norm/,
  );
});

Deno.test("traceModel() has words of its own for nodes without what their op wants", () => {
  const ops = [
    "Relu",
    "Add",
    "Mul",
    "Sub",
    "Reshape",
    "Transpose",
    "Squeeze",
    "ReduceMean",
    "Concat",
  ];
  for (const op of ops) {
    for (const inputs of [[], [""], ["", "h"], ["h", ""]]) {
      const nodes = [{ op, inputs, outputs: ["g"] }, {
        op: "Add",
        inputs: ["g", "h"],
        outputs: ["y"],
      }];
      try {
        traced(nodes)();
      } catch (error) {
        const { name, message } = error as Error;
        assert.equal(name, "RangeError", `${op} of [${inputs}]: ${message}`);
        assert.match(message, /^Cannot (import|measure) a\.onnx: /, op);
        assert.doesNotMatch(
          message,
          /undefined|destructure|properties|not iterable|call stack/,
          op,
        );
      }
    }
  }
});
