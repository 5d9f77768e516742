import assert from "node:assert/strict";
import { lossNamed } from "../../lib/losses/losses.ts";
import { outputMeaning } from "../../lib/own_model/output_meaning.ts";
import { npzFile } from "../support/npz_file.ts";
import { floatTensor, type OddNode, onnxFile, wholeTensor } from "../support/onnx_file.ts";
import { runMeasure } from "../support/run_measure.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const BINARY = lossNamed("binary-cross-entropy");
const CLASSES = lossNamed("cross-entropy");

Deno.test("outputMeaning() takes rows that sum to 1 for probabilities, and single ones from 0 to 1", () => {
  const taken = (loss: typeof BINARY, outputs: number[], width: number, isOpenEnded = false) =>
    outputMeaning(loss, Float64Array.from(outputs), width, isOpenEnded);
  assert.deepEqual(taken(CLASSES, [0.25, 0.75, 1, 0], 2), { areProbabilities: true });
  assert.deepEqual(taken(CLASSES, [0.25, -0.75], 2), { areProbabilities: false });
  assert.deepEqual(taken(BINARY, [0.5, -0.1, 3], 1), { areProbabilities: false });
  // A model that was not trained may give the same logit throughout.
  assert.deepEqual(taken(BINARY, [0, 0, 0], 1), { areProbabilities: false });
  const { areProbabilities, warning } = taken(BINARY, [0, 0.5, 1], 1);
  assert.ok(areProbabilities);
  assert.match(warning!, /^warning: .* count as probabilities, though no sigmoid makes them/);
  const real = lossNamed("mean-squared-error");
  assert.deepEqual(taken(real, [0, 0.5, 1], 1), { areProbabilities: false });
});

Deno.test("outputMeaning() warns of logits from 0 to 1, which may be probabilities", () => {
  const outputs = Float64Array.of(0.1, 0.2, 0.3, 0.9);
  // A linear layer makes no probabilities.
  const linear = outputMeaning(BINARY, outputs, 1, true);
  assert.ok(!linear.areProbabilities);
  assert.match(linear.warning!, /count as logits, as no sigmoid makes them; if that is wrong f is/);
  const classes = outputMeaning(CLASSES, outputs, 2, false);
  assert.ok(!classes.areProbabilities);
  assert.match(classes.warning!, /count as logits, as no softmax makes them/);
  assert.deepEqual(outputMeaning(CLASSES, outputs, 2, true), { areProbabilities: false });
});

/** x · w of 2 features, then some nodes from z to y. */
function endingIn(nodes: readonly OddNode[]) {
  return onnxFile({
    nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["z"] }, ...nodes],
    tensors: [
      floatTensor("w", [2, 1], [1, 2]),
      floatTensor("half", [], [0.5]),
      wholeTensor("last", [1], [-1]),
    ],
    inputs: [{ name: "x", shape: ["N", 2] }],
    outputs: [{ name: "y", shape: ["N"] }],
  });
}

Deno.test("measure finds f of probabilities, whether their sigmoid is recognised or not", async () => {
  await using temporary = await temporaryFolder();
  const folder = temporary.path;
  const logits = [1, -1, 2, 0.5];
  const labels = [1, 0, 0, 1];
  await Deno.writeFile(
    `${folder}/a.npz`,
    npzFile({
      x: { shape: [4, 2], data: logits.flatMap((z) => [z, 0]) },
      y: { shape: [4], data: labels },
      output: { shape: [4], data: logits.map((z) => Math.log(1 / (1 + Math.exp(-z)))) },
    }),
  );
  const expected = logits.reduce(
    (sum, z, i) => sum + Math.log1p(Math.exp(labels[i] ? -z : z)) / 4,
    0,
  );
  const squeeze = { op: "Squeeze", inputs: ["p", "last"], outputs: ["y"] };
  const cases: [OddNode[], RegExp][] = [
    [
      [{ op: "Sigmoid", inputs: ["z"], outputs: ["p"] }, squeeze],
      /by a sigmoid; f is the binary/,
    ],
    [
      [
        { op: "Sigmoid", inputs: ["z"], outputs: ["p"] },
        { op: "Log", inputs: ["p"], outputs: ["y"] },
      ],
      /log-probabilities, by a sigmoid[^]*the log-probabilities of 4 examples .* agree/,
    ],
    // (1 + tanh(z/2))/2, which no op says to be one.
    [
      [
        { op: "Mul", inputs: ["z", "half"], outputs: ["m"] },
        { op: "Tanh", inputs: ["m"], outputs: ["t"] },
        { op: "Mul", inputs: ["t", "half"], outputs: ["u"] },
        { op: "Add", inputs: ["u", "half"], outputs: ["p"] },
        squeeze,
      ],
      /are probabilities; f is the binary[^]*warning: the outputs [^]*though no sigmoid/,
    ],
  ];
  for (const [nodes, message] of cases) {
    await Deno.writeFile(`${folder}/a.onnx`, endingIn(nodes));
    const flags = { data: `${folder}/a.npz`, measures: "bits" };
    const { exit, stdout, stderr } = await runMeasure([`${folder}/a.onnx`], flags);
    assert.equal(exit, 0, stderr);
    assert.match(stdout, message);
    assert.ok(stdout.includes(`f ${Number(expected.toPrecision(6))} nats, accuracy 75`), stdout);
  }
});

Deno.test("measure takes what goes into the last softmax, also where that sums to 1 itself", async () => {
  await using temporary = await temporaryFolder();
  const [data, model] = [`${temporary.path}/a.npz`, `${temporary.path}/a.onnx`];
  await Deno.writeFile(
    data,
    npzFile({ x: { shape: [2, 1], data: [1, -1] }, y: { shape: [2], data: [0, 1] } }),
  );
  await Deno.writeFile(
    model,
    onnxFile({
      nodes: [
        { op: "MatMul", inputs: ["x", "w"], outputs: ["z"] },
        { op: "Softmax", inputs: ["z"], outputs: ["p"] },
        { op: "Softmax", inputs: ["p"], outputs: ["y"] },
      ],
      tensors: [floatTensor("w", [1, 2], [1, -1])],
      inputs: [{ name: "x", shape: ["N", 1] }],
      outputs: [{ name: "y", shape: ["N", 2] }],
    }),
  );
  const { exit, stdout, stderr } = await runMeasure([model], { data, measures: "bits" });
  assert.equal(exit, 0, stderr);
  // p = σ(±2) on either side, so that f = ln(1 + e^(−tanh 1)).
  const expected = Math.log1p(Math.exp(-Math.tanh(1)));
  assert.ok(stdout.includes(`f ${Number(expected.toPrecision(6))} nats`), stdout);
});
