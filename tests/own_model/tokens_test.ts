import assert from "node:assert/strict";
import { tokensFor } from "../../lib/own_model/tokens.ts";
import torch from "../golden/onnx/onnx.json" with { type: "json" };
import { floatTensor, onnxFile, TYPE } from "../support/onnx_file.ts";
import { npzFile } from "../support/npz_file.ts";
import { runMeasure } from "../support/run_measure.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const dataOf = (entries: number[], width: number) => ({
  name: "a.npz",
  count: entries.length / width,
  features: Float32Array.from(entries),
  featureShape: [width],
  labels: new Int32Array(),
  classes: 2,
});
const NET = { name: "a.onnx", readsWholeNumbers: true };

Deno.test("tokensFor() counts negative rows from the end of the table", () => {
  const { features } = tokensFor(NET, dataOf([0, 4, -1, -9, -5, 3], 2), [[5], []]);
  // What is no index stays as it is.
  assert.deepEqual([...features], [0, 4, 4, -9, 0, 3]);
  const real = dataOf([0.5, -1], 2);
  assert.equal(tokensFor({ ...NET, readsWholeNumbers: false }, real, [[], []]), real);
});

Deno.test("tokensFor() names the example, the entry and the rows of what is not there", () => {
  const mistakes: [number[], RegExp][] = [
    [
      [0, 1, 2, 5],
      /^Cannot feed a\.npz to a\.onnx: entry 1 of example 1 is 5, and looks up a table of 5 rows; give whole numbers from 0 to 4, or to -5 where they count from the end$/,
    ],
    [[0, 1, -6, 1], /entry 0 of example 1 is -6, and looks up a table of 5 rows/],
    [[0, 0.5], /entry 1 of example 0 is 0\.5, the model reads whole numbers/],
    [[0, NaN], /entry 1 of example 0 is NaN/],
  ];
  for (const [entries, message] of mistakes) {
    const attempt = () => tokensFor(NET, dataOf(entries, 2), [[5], [5]]);
    assert.throws(attempt, { name: "RangeError", message });
  }
  // One entry of two tables has to be a row of both, and the same one.
  const both = (entry: number) => () => tokensFor(NET, dataOf([entry], 1), [[5, 9]]);
  assert.equal(both(4)().features[0], 4);
  assert.throws(both(5), /a table of 5 rows/);
  assert.throws(
    both(-1),
    /counts from the ends of tables of 5 and 9 rows; give whole numbers from 0/,
  );
});

Deno.test("measure reads a token of −1 as the last one, and refuses one that is not there", async () => {
  await using folder = await temporaryFolder();
  const model = new URL("../golden/onnx/gpt.onnx", import.meta.url).pathname;
  const { shape, x, labels } = torch.gpt;
  // Seven tokens.
  const lossWith = async (tokens: number[]) => {
    const data = `${folder.path}/a.npz`;
    await Deno.writeFile(
      data,
      npzFile({
        x: { shape: [6, ...shape], data: tokens, isWhole: true },
        y: { shape: [6, labels.length / 6], data: labels, isWhole: true },
      }),
    );
    return await runMeasure([model], { data, measures: "bits" }, { json: true });
  };
  const { stdout: last } = await lossWith(x.with(3, 6));
  const { stdout: wrapped } = await lossWith(x.with(3, -1));
  assert.equal(JSON.parse(wrapped).loss, JSON.parse(last).loss);
  const { exit, stderr } = await lossWith(x.with(3, 7));
  assert.equal(exit, 2);
  assert.match(stderr, /entry 3 of example 0 is 7, and looks up a table of 7 rows/);
});

Deno.test("measure takes tokens that are stored as bytes as they are", async () => {
  await using folder = await temporaryFolder();
  const model = new URL("../golden/onnx/gpt.onnx", import.meta.url).pathname;
  const { shape, x, labels } = torch.gpt;
  const data = `${folder.path}/a.npz`;
  const y = { shape: [6, labels.length / 6], data: labels, isWhole: true };
  const lossOf = async (kind: "isWhole" | "areBytes") => {
    await Deno.writeFile(data, npzFile({ x: { shape: [6, ...shape], data: x, [kind]: true }, y }));
    const { stdout, stderr } = await runMeasure([model], { data, measures: "bits" }, {
      json: true,
    });
    return { stderr, loss: JSON.parse(stdout).loss };
  };
  const bytes = await lossOf("areBytes");
  assert.equal(bytes.loss, (await lossOf("isWhole")).loss);
  assert.match(bytes.stderr, /the bytes are taken as they are, not divided/);
});

Deno.test("basin measure refuses fractions for a model that casts whole numbers to real ones", async () => {
  const bytes = onnxFile({
    nodes: [
      { op: "Cast", inputs: ["x"], outputs: ["f"], ints: { to: 1 } },
      { op: "MatMul", inputs: ["f", "w"], outputs: ["y"] },
    ],
    tensors: [floatTensor("w", [2, 2], [0.5, -0.5, 0.25, 1])],
    inputs: [{ name: "x", shape: ["N", 2], type: TYPE.int64 }],
    outputs: [{ name: "y", shape: ["N", 2] }],
  });
  await using folder = await temporaryFolder();
  const [model, data] = ["model.onnx", "a.npz"].map((name) => `${folder.path}/${name}`) as [
    string,
    string,
  ];
  await Deno.writeFile(model, bytes);
  const measured = async (entries: number[]) => {
    await Deno.writeFile(
      data,
      npzFile({
        x: { shape: [2, 2], data: entries },
        y: { shape: [2], data: [0, 1], isWhole: true },
      }),
    );
    return await runMeasure([model], { data, measures: "bits" }, { json: true });
  };
  const { exit, stderr } = await measured([0, 1, 0.25, 1]);
  assert.equal(exit, 2);
  assert.match(stderr, /entry 0 of example 1 is 0\.25, the model reads whole numbers/);
  // x W has the rows [1, 1.5] and [2, −2]; the classes are 0 and 1.
  const { stdout } = await measured([1, 2, 4, 0]);
  const losses = [Math.log1p(Math.exp(0.5)), Math.log1p(Math.exp(4))];
  assert.ok(Math.abs(JSON.parse(stdout).loss - (losses[0]! + losses[1]!) / 2) < 1e-5, stdout);
});
