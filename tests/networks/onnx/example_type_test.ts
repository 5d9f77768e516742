import assert from "node:assert/strict";
import { MEAN_SQUARED_ERROR } from "../../../lib/losses/mean_squared_error.ts";
import { importOnnx } from "../../../lib/networks/onnx/onnx_network.ts";
import { floatTensor, type OddNode, onnxFile, TYPE, wholeTensor } from "../../support/onnx_file.ts";
import { onnxOutputs } from "../../support/onnx_outputs.ts";

const UINT8 = 2;
const CAST: OddNode = { op: "Cast", inputs: ["x"], outputs: ["f"], ints: { to: 1 } };
const PRODUCT: OddNode = { op: "MatMul", inputs: ["f", "w"], outputs: ["y"] };

function imported(nodes: readonly OddNode[], type: number = TYPE.int64) {
  const bytes = onnxFile({
    nodes,
    tensors: [
      floatTensor("w", [2, 1], [0.5, 3]),
      floatTensor("table", [4, 1], [1, 2, 3, 4]),
      wholeTensor("one", [], [1]),
      wholeTensor("turned", [2], [-1, 2]),
    ],
    inputs: [{ name: "x", shape: ["N", 2], type }],
    outputs: [{ name: "y", shape: ["N", 1] }],
  });
  return importOnnx("a.onnx", bytes, { dataShape: [2], loss: MEAN_SQUARED_ERROR });
}

Deno.test("importOnnx() feeds whole numbers that the model turns into real ones as real ones", async () => {
  const cases: [OddNode[], number, number[]][] = [
    [[CAST, PRODUCT], TYPE.int64, [6.5, 215]],
    [[CAST, PRODUCT], UINT8, [6.5, 215]],
    [
      [
        { op: "Reshape", inputs: ["x", "turned"], outputs: ["r"] },
        { ...CAST, inputs: ["r"] },
        PRODUCT,
      ],
      TYPE.int64,
      [6.5, 215],
    ],
    [
      [
        { op: "Greater", inputs: ["x", "one"], outputs: ["g"] },
        { ...CAST, inputs: ["g"] },
        PRODUCT,
      ],
      TYPE.int64,
      [3, 3.5],
    ],
    [
      [{ op: "Cast", inputs: ["x"], outputs: ["b"], ints: { to: 9 } }, {
        ...CAST,
        inputs: ["b"],
      }, PRODUCT],
      TYPE.int64,
      [3.5, 3.5],
    ],
  ];
  for (const [nodes, type, wanted] of cases) {
    const model = imported(nodes, type);
    assert.equal(model.network.inputType, "float32");
    assert.deepEqual(await onnxOutputs(model, [1, 2, 4, 71], 2), wanted);
  }
});

Deno.test("importOnnx() feeds tokens as whole numbers", async () => {
  const lookUp: OddNode = { op: "Gather", inputs: ["table", "x"], outputs: ["e"] };
  const flat: OddNode = { op: "Reshape", inputs: ["e", "turned"], outputs: ["f"] };
  const model = imported([lookUp, flat, PRODUCT]);
  assert.equal(model.network.inputType, "int32");
  assert.deepEqual(await onnxOutputs(model, [0, 1, 2, 3], 2), [6.5, 13.5]);
});

Deno.test("importOnnx() refuses arithmetic with whole numbers, which wrap and are cut off", () => {
  const message =
    /whole numbers, by which Basin looks up rows alone; export the model with an input/;
  for (const op of ["Add", "Div", "Mul", "Max"]) {
    const nodes = [
      { op, inputs: ["x", "one"], outputs: ["q"] },
      { ...CAST, inputs: ["q"] },
      PRODUCT,
    ];
    assert.throws(() => imported(nodes), { name: "RangeError", message }, op);
  }
});

Deno.test("importOnnx() feeds tokens as whole numbers also where they are cast to other whole ones", async () => {
  const wider: OddNode = { op: "Cast", inputs: ["x"], outputs: ["i"], ints: { to: 7 } };
  const lookUp: OddNode = { op: "Gather", inputs: ["table", "i"], outputs: ["e"] };
  const flat: OddNode = { op: "Reshape", inputs: ["e", "turned"], outputs: ["f"] };
  const model = imported([wider, lookUp, flat, PRODUCT], UINT8);
  assert.equal(model.network.inputType, "int32");
  assert.deepEqual(await onnxOutputs(model, [0, 1, 2, 3], 2), [6.5, 13.5]);
});
