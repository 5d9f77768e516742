import assert from "node:assert/strict";
import { referenceEngine } from "../../../lib/engine/reference/engine.ts";
import { lossNamed } from "../../../lib/losses/losses.ts";
import { importOnnx, type OnnxOptions } from "../../../lib/networks/onnx/onnx_network.ts";
import { objectiveOf } from "../../../lib/objective/objective_of.ts";
import { assertClose } from "../../support/assert_close.ts";
import { floatTensor, type OddNode, onnxFile, wholeTensor } from "../../support/onnx_file.ts";
import { onnxOutputs } from "../../support/onnx_outputs.ts";

/** z = x · w, then some nodes from z to y. */
function modelOf(nodes: readonly OddNode[], weights = [1]) {
  return onnxFile({
    opset: 13,
    nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["z"] }, ...nodes],
    tensors: [
      floatTensor("w", [1, weights.length], weights),
      floatTensor("one", [1], [1]),
      floatTensor("least", [], [1e-5]),
      wholeTensor("last", [1], [-1]),
      wholeTensor("begin", [1], [1]),
      wholeTensor("end", [1], [2]),
    ],
    inputs: [{ name: "x", shape: ["N", 1] }],
    outputs: [{ name: "y", shape: ["N"] }],
  });
}

const SIGMOID: OddNode = { op: "Sigmoid", inputs: ["z"], outputs: ["p"] };
const REST: OddNode = { op: "Sub", inputs: ["one", "p"], outputs: ["q"] };
const log = (input: string, output: string): OddNode => ({
  op: "Log",
  inputs: [input],
  outputs: [output],
});

const imported = (bytes: Uint8Array, options: Partial<OnnxOptions> = {}) =>
  importOnnx("a.onnx", bytes, { dataShape: [1], ...options });

const REAL = { loss: lossNamed("mean-squared-error") };

Deno.test("withLogarithms() keeps the logarithm of a sigmoid finite and precise, wherever it stands", async () => {
  const twice: OddNode = { op: "Add", inputs: ["l", "l"], outputs: ["y"] };
  const squeezed: OddNode = { op: "Squeeze", inputs: ["p", "last"], outputs: ["s"] };
  const cases: [OddNode[], (z: number) => number][] = [
    [[SIGMOID, log("p", "l"), twice], (z) => -2 * softplus(-z)],
    [[SIGMOID, squeezed, log("s", "l"), twice], (z) => -2 * softplus(-z)],
    [[SIGMOID, REST, log("q", "l"), twice], (z) => -2 * softplus(z)],
  ];
  for (const [nodes, expected] of cases) {
    const examples = [-800, -40, -12.3, 0, 12.3, 40];
    const outputs = await onnxOutputs(imported(modelOf(nodes), REAL), examples, 6);
    assertClose(outputs, examples.map(expected), { relative: 1e-12 });
  }
});

function softplus(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}

Deno.test("withLogarithms() takes the logarithm of a softmax in one", async () => {
  const nodes: OddNode[] = [
    { op: "Softmax", inputs: ["z"], outputs: ["p"], ints: { axis: 1 } },
    log("p", "l"),
    { op: "Neg", inputs: ["l"], outputs: ["y"] },
  ];
  const outputs = await onnxOutputs(imported(modelOf(nodes, [0, 900, 901]), REAL), [1], 1);
  const rest = Math.log1p(Math.exp(-1));
  assertClose(outputs, [901 + rest, 1 + rest, rest], { relative: 1e-12 });
});

Deno.test("withLogarithms() leaves a logarithm of clipped probabilities as it is", async () => {
  const nodes: OddNode[] = [
    SIGMOID,
    { op: "Clip", inputs: ["p", "least"], outputs: ["c"] },
    log("c", "l"),
    { op: "Neg", inputs: ["l"], outputs: ["y"] },
  ];
  const [large] = await onnxOutputs(imported(modelOf(nodes), REAL), [-40], 1);
  assertClose([large!], [-Math.log(1e-5)], { relative: 1e-6 });
});

Deno.test("importOnnx() takes logarithms of probabilities from before the ops that make them", async () => {
  const columns: OddNode = { op: "Concat", inputs: ["q", "p"], outputs: ["y"], ints: { axis: 1 } };
  const two = imported(modelOf([SIGMOID, REST, columns]), { areProbabilities: true });
  const [own, other] = await onnxOutputs(two, [50], 1);
  // ln(1 − σ(50)), which is 0 to sixteen digits, and ln σ(50).
  assertClose([own!, other!], [-softplus(50), -softplus(-50)], { relative: 1e-12 });
});

Deno.test("importOnnx() keeps f, its gradient and Hessian finite of probabilities that are 0", async () => {
  // e^z over its sum, of which no op says that they are probabilities.
  const nodes: OddNode[] = [
    { op: "Neg", inputs: ["z"], outputs: ["n"] },
    { op: "Exp", inputs: ["n"], outputs: ["e"] },
    { op: "ReduceSum", inputs: ["e", "last"], outputs: ["s"], ints: { keepdims: 1 } },
    { op: "Div", inputs: ["e", "s"], outputs: ["y"] },
  ];
  const part: OddNode[] = [
    { op: "Softmax", inputs: ["z"], outputs: ["p"], ints: { axis: 1 } },
    { op: "Slice", inputs: ["p", "begin", "end", "begin"], outputs: ["y"] },
  ];
  const cases: [Uint8Array, string][] = [
    [modelOf(nodes, [0, 300]), "cross-entropy"],
    [modelOf(part, [0, 800]), "binary-cross-entropy"],
  ];
  for (const [bytes, name] of cases) {
    const model = imported(bytes, { areProbabilities: true, loss: lossNamed(name) });
    const data = {
      name: "two examples",
      count: 2,
      features: Float32Array.of(1, -1),
      featureShape: [1],
      labels: Int32Array.of(1, 1),
      classes: 2,
    };
    await using f = await objectiveOf(model.fresh(), data, { engine: referenceEngine() });
    const { value, gradient } = await f.evaluate(model.x);
    assert.ok(value > 10 && value < 50, `${name}: ${value}`);
    assert.ok(gradient.every(Number.isFinite), `${name}: ${gradient}`);
    const product = await f.hessian(model.x).apply(Float64Array.of(1, -1));
    assert.ok([...product].every(Number.isFinite), `${name}: ${product}`);
  }
});
