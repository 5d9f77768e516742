import assert from "node:assert/strict";
import type { Shape } from "../../../lib/graph/shape.ts";
import { lossNamed } from "../../../lib/losses/losses.ts";
import { importOnnx, type OnnxOptions } from "../../../lib/networks/onnx/onnx_network.ts";
import { assertClose } from "../../support/assert_close.ts";
import { floatTensor, type OddNode, onnxFile, wholeTensor } from "../../support/onnx_file.ts";
import { onnxOutputs } from "../../support/onnx_outputs.ts";

/** Logits of 3 classes from examples of a shape, by one op, and a softmax of these. */
function softmaxModel(shape: Shape, op: OddNode, opset: number, ints: OddNode["ints"] = {}) {
  const weights: Shape = op.op === "Conv" ? [3, 3, 1, 1] : [3, 3];
  return onnxFile({
    opset,
    nodes: [op, { op: "Softmax", inputs: ["z"], outputs: ["p"], ints }],
    tensors: [floatTensor("w", weights, [1, 2, 3, 4, 5, 6, 7, 8, 9])],
    inputs: [{ name: "x", shape: ["N", ...shape] }],
    outputs: [{ name: "p", shape: ["N", ...shape] }],
  });
}

const PRODUCT: OddNode = { op: "MatMul", inputs: ["x", "w"], outputs: ["z"] };
const FILTERS: OddNode = { op: "Conv", inputs: ["x", "w"], outputs: ["z"] };

Deno.test("importOnnx() takes the logits of a softmax over the classes, on whichever axis they are", () => {
  const cases: [Shape, OddNode, number, number | undefined][] = [
    [[3], PRODUCT, 17, undefined],
    [[3], PRODUCT, 17, 1],
    [[3], PRODUCT, 11, undefined],
    [[4, 3], PRODUCT, 17, -1],
    [[4, 3], PRODUCT, 17, 2],
    [[4, 3], PRODUCT, 11, 2],
    [[3, 2, 2], FILTERS, 17, 1],
    // Before opset 13 over an axis and all that follow, which are of extent 1 here.
    [[3, 1, 1], FILTERS, 11, 1],
  ];
  for (const [shape, op, opset, axis] of cases) {
    const ints = axis === undefined ? {} : { axis };
    const model = softmaxModel(shape, op, opset, ints);
    const { understood } = importOnnx("a.onnx", model, { dataShape: shape });
    const what = `[${shape}], opset ${opset}, axis ${axis}`;
    assert.ok(understood.some((line) => /probabilities, by a softmax/.test(line)), what);
  }
});

Deno.test("importOnnx() refuses a softmax over another axis than the classes', which no logits make", () => {
  const cases: [Shape, OddNode, number, number | undefined, RegExp][] = [
    [[3], PRODUCT, 17, 0, /output \[2, 3\] ends in a softmax over axis 0, .* classes are axis 1/],
    [[4, 3], PRODUCT, 17, 1, /softmax over axis 1, and its classes are axis 2/],
    [[4, 3], PRODUCT, 11, undefined, /softmax over axes 1 and 2, and its classes are axis 2/],
    [[3, 2, 2], FILTERS, 17, -1, /softmax over axis 3, and its classes are axis 1/],
    [[3, 2, 2], FILTERS, 11, 1, /softmax over axes 1 and 2 and 3, and its classes are axis 1/],
  ];
  for (const [shape, op, opset, axis, message] of cases) {
    const model = softmaxModel(shape, op, opset, axis === undefined ? {} : { axis });
    const options = { dataShape: shape };
    assert.throws(() => importOnnx("a.onnx", model, options), { name: "RangeError", message });
    // As real numbers it is taken as it stands.
    importOnnx("a.onnx", model, { ...options, loss: lossNamed("mean-squared-error") });
  }
});

/** z = w · x of 2 features, as many as there are weights, then some nodes from z to y. */
function endingIn(nodes: readonly OddNode[], weights = [1, 2], opset = 17) {
  const numbers = { one: 1, zero: 0, tiny: 1e-7, nearOne: 1 - 1e-7, hundredth: 0.01 };
  const lists = {
    last: [-1],
    second: [1],
    many: [-1],
    rows: [0, 3],
    pairs: [-1, 2],
    threes: [-1, 3],
  };
  return onnxFile({
    opset,
    nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["z"] }, ...nodes],
    tensors: [
      floatTensor("w", [2, weights.length / 2], weights),
      ...Object.entries(numbers).map(([name, number]) => floatTensor(name, [], [number])),
      ...Object.entries(lists).map(([name, list]) => wholeTensor(name, [list.length], list)),
      wholeTensor("first", [], [0]),
    ],
    inputs: [{ name: "x", shape: ["N", 2] }],
    outputs: [{ name: "y", shape: ["N"] }],
  });
}

/** Nodes of one input and one output each, one after the other, from z to y. */
function chained(...ops: readonly [string, string[]?, OddNode["ints"]?][]): OddNode[] {
  return ops.map(([op, more = [], ints = {}], i) => ({
    op,
    inputs: [i === 0 ? "z" : `v${i}`, ...more],
    outputs: [i === ops.length - 1 ? "y" : `v${i + 1}`],
    ints,
  }));
}

const understoodOf = (bytes: Uint8Array) =>
  importOnnx("a.onnx", bytes, { dataShape: [2] }).understood.join("\n");

Deno.test("importOnnx() sees a sigmoid through nodes that leave its values as they are", async () => {
  const cases: OddNode[][] = [
    chained(["Sigmoid"], ["Squeeze", ["last"]]),
    chained(["Sigmoid"], ["Reshape", ["many"]]),
    chained(["Sigmoid"], ["Flatten"]),
    chained(["Sigmoid"], ["Unsqueeze", ["second"]], ["Squeeze", ["last"]], ["Identity"]),
    chained(["Sigmoid"], ["Unsqueeze", ["last"]], ["Transpose", [], {}], ["Reshape", ["many"]]),
    chained(["Sigmoid"], ["Clip", ["tiny", "nearOne"]]),
    chained(["Sigmoid"], ["Clip", ["tiny"]], ["Squeeze", ["last"]]),
    chained(["Sigmoid"], ["Mul", ["one"]]),
    chained(["Sigmoid"], ["Div", ["one"]], ["Add", ["zero"]], ["Sub", ["zero"]]),
    chained(["Sigmoid"], ["Cast", [], { to: 1 }], ["Dropout"]),
    chained(["Sigmoid"], ["Gather", ["first"], { axis: 1 }]),
    chained(["Sigmoid"], ["Log"]),
    chained(["Sigmoid"], ["Squeeze", ["last"]], ["Log"], ["Identity"]),
  ];
  for (const nodes of cases) {
    const what = nodes.map(({ op }) => op).join(", ");
    const bytes = endingIn(nodes);
    assert.match(understoodOf(bytes), /probabilities, by a sigmoid; f is the binary/, what);
    const imported = importOnnx("a.onnx", bytes, { dataShape: [2] });
    // What goes into the sigmoid, also where its probabilities are 0 or 1 to all digits.
    const logits = await onnxOutputs(imported, [1, 1, -40, -20, 40, 0.5], 3);
    assertClose(logits, [3, -80, 41], { relative: 1e-12 });
    // As real numbers the output is taken as it stands.
    const loss = lossNamed("mean-squared-error");
    const own = importOnnx("a.onnx", bytes, { dataShape: [2], loss });
    const [first] = await onnxOutputs(own, [0, 0, 1, 1], 2);
    const isLog = nodes.some(({ op }) => op === "Log");
    assertClose([first!], [isLog ? Math.log(0.5) : 0.5], { relative: 1e-12 });
  }
});

Deno.test("importOnnx() sees sigmoids through joins, cuts and differences from 1", async () => {
  const sigmoid: OddNode = { op: "Sigmoid", inputs: ["z"], outputs: ["p"] };
  const cases: [OddNode[], number[]][] = [
    [[sigmoid, { op: "Sub", inputs: ["one", "p"], outputs: ["y"] }], [-2, -4]],
    [[sigmoid, { op: "Concat", inputs: ["p", "p"], outputs: ["y"], ints: { axis: 1 } }], [
      ...[2, 4, 2, 4],
    ]],
    [[
      sigmoid,
      { op: "Split", inputs: ["p"], outputs: ["a", "b"], ints: { axis: 1 } },
      { op: "Squeeze", inputs: ["b", "last"], outputs: ["y"] },
    ], [4]],
  ];
  for (const [nodes, logits] of cases) {
    const bytes = endingIn(nodes, [1, 2, 1, 2]);
    assert.match(understoodOf(bytes), /by a sigmoid/);
    const imported = importOnnx("a.onnx", bytes, { dataShape: [2] });
    assert.deepEqual(await onnxOutputs(imported, [1, 1], 1), logits);
  }
});

Deno.test("importOnnx() sees no sigmoid through nodes that change its values", () => {
  const cases: OddNode[][] = [
    chained(["Sigmoid"], ["Clip", ["hundredth"]]),
    chained(["Sigmoid"], ["Mul", ["hundredth"]]),
    chained(["Sigmoid"], ["Add", ["one"]]),
    chained(["Sigmoid"], ["Exp"]),
    chained(["Sigmoid"], ["Log"], ["Log"]),
    [
      { op: "Sigmoid", inputs: ["z"], outputs: ["p"] },
      { op: "Concat", inputs: ["p", "z"], outputs: ["y"], ints: { axis: 1 } },
    ],
  ];
  for (const nodes of cases) {
    assert.match(
      understoodOf(endingIn(nodes)),
      /counts as logits/,
      nodes.map(({ op }) => op).join(),
    );
  }
});

Deno.test("importOnnx() sees a softmax through reshapes, and checks its axis behind them", async () => {
  const weights = [1, 2, 3, 4, 5, 6];
  const cases: OddNode[][] = [
    chained(["Softmax", [], { axis: -1 }], ["Reshape", ["rows"]]),
    chained(["Softmax", [], { axis: 1 }], ["Clip", ["tiny"]]),
    chained(["Softmax", [], { axis: 1 }], ["Log"]),
    chained(["Unsqueeze", ["second"]], ["Softmax", [], { axis: 2 }], ["Squeeze", ["second"]]),
    chained(["Unsqueeze", ["last"]], ["Softmax", [], { axis: 1 }], ["Flatten"]),
    chained(["Transpose"], ["Softmax", [], { axis: 0 }], ["Transpose"]),
    chained(["LogSoftmax", [], { axis: 1 }], ["Unsqueeze", ["second"]], ["Squeeze", ["second"]]),
  ];
  for (const nodes of cases) {
    const bytes = endingIn(nodes, weights);
    const what = nodes.map(({ op }) => op).join();
    assert.match(understoodOf(bytes), /probabilities(, by a softmax)?; f is the cross/, what);
    const imported = importOnnx("a.onnx", bytes, { dataShape: [2] });
    assertClose(await onnxOutputs(imported, [100, 200], 1), [900, 1200, 1500], { relative: 1e-9 });
  }
  const wrong: [OddNode[], RegExp][] = [
    [chained(["Transpose"], ["Softmax", [], { axis: 1 }], ["Transpose"]), /softmax over axis 0/],
    [
      chained(["Reshape", ["pairs"]], ["Softmax", [], { axis: -1 }], ["Reshape", ["threes"]]),
      /softmax over no whole axis of it, and its classes are axis 1/,
    ],
  ];
  for (const [nodes, message] of wrong) {
    const attempt = () => understoodOf(endingIn(nodes, weights));
    assert.throws(attempt, { name: "RangeError", message });
  }
});

Deno.test("importOnnx() takes the logarithm of a sigmoid for a number where the targets are", () => {
  const bytes = endingIn(chained(["Sigmoid"], ["Log"], ["Squeeze", ["last"]]));
  const facts = { entries: 1, labels: 0, areWhole: false, areBinary: false };
  const saidFor = (options: Partial<OnnxOptions>) =>
    importOnnx("a.onnx", bytes, { dataShape: [2], ...options }).understood.join("\n");
  assert.match(saidFor({ targets: facts }), /taken as it is; f is the mean squared error/);
  const binary = /log-probabilities, by a sigmoid; f is the binary cross-entropy/;
  assert.match(saidFor({ targets: { ...facts, areWhole: true, areBinary: true } }), binary);
  // Soft targets are numbers from 0 to 1, too.
  assert.match(saidFor({ targets: facts, loss: lossNamed("binary-cross-entropy") }), binary);
});
