// The models and the numbers are PyTorch's: tests/oracles/losses_onnx.py.
import assert from "node:assert/strict";
import { unzipSync } from "fflate";
import { encodeSafetensors } from "../../lib/data/safetensors.ts";
import { kebabCase } from "../../lib/pipeline/verbs/flags.ts";
import { measureOptions } from "../../lib/own_model/options.ts";
import torch from "../golden/onnx/losses.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";
import { runMeasure } from "../support/run_measure.ts";
import { type NpzArray, npzFile } from "../support/npz_file.ts";
import { floatTensor, linearModel } from "../support/onnx_file.ts";

type Name = keyof typeof torch;

const golden = (name: Name) => new URL(`../golden/onnx/${name}.onnx`, import.meta.url).pathname;

/** The arrays of a model's data file. */
function arraysOf(name: Name): Record<string, NpzArray> {
  const { shape, targetShape, outputShape, x, targets, output } = torch[name];
  return {
    x: { shape: [6, ...shape], data: x, isWhole: name === "reader" },
    y: {
      shape: [6, ...targetShape],
      data: targets,
      isWhole: name === "reader" || name === "classifier",
    },
    output: { shape: [6, ...outputShape], data: output },
  };
}

function weightsOf(name: Name): NpzArray {
  const { weighted: { weights } } = torch[name];
  return { shape: weights.length === 6 ? [6] : [6, weights.length / 6], data: weights };
}

function measure(
  model: string | readonly string[] | undefined,
  flags: Record<string, string>,
  json = false,
) {
  return runMeasure([model ?? []].flat(), { measures: "bits", ...flags }, { json });
}

/** A folder of its own, and a way to put files there. */
async function withFiles(
  body: (file: (name: string, content: Uint8Array | string) => Promise<string>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  try {
    await body(async (name, content) => {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(`${folder}/${name}`, bytes);
      return `${folder}/${name}`;
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const npy = (array: NpzArray) => Object.values(unzipSync(npzFile({ a: array })))[0]!;

Deno.test("measure recognises each loss, says it, and gives PyTorch's f, weighted too", () =>
  withFiles(async (file) => {
    const said: Record<Name, RegExp> = {
      regressor: /output is taken as it is; f is the mean squared error of 3 values, as output and/,
      denoiser: /f is the mean squared error of 20 values/,
      tagger: /probabilities, by a sigmoid; f is the binary cross-entropy of 3 logits/,
      classifier: /log-probabilities; f is the cross-entropy of 3 classes/,
      reader: /cross-entropy of 7 classes at each of 5 positions/,
      decoder: /f is the mean squared error of 49 values/,
      mixer: /f is the mean squared error of 3 values/,
    };
    for (const name of Object.keys(torch) as Name[]) {
      for (const kind of ["alike", "weighted"] as const) {
        const weights = kind === "weighted" && { weights: weightsOf(name) };
        const data = await file(`${name}.npz`, npzFile({ ...arraysOf(name), ...weights }));
        const { exit, stdout, stderr } = await measure(golden(name), { data }, true);
        assert.equal(exit, 0, stderr);
        assert.match(stderr, said[name]);
        assert.match(stderr, /of 6 examples and those in the file \(output\) agree/);
        assert.equal(/in chunks of 6, weighted from \S+ to /.test(stderr), kind === "weighted");
        const result = JSON.parse(stdout);
        const { loss, gradientNorm } = torch[name][kind];
        // Engines compute in float32.
        assertClose([result.loss, result.gradientNorm], [loss, gradientNorm], { relative: 1e-5 });
        assert.equal(result.data.isWeighted, kind === "weighted");
        const isNumbers = said[name].source.includes("squared");
        assert.equal("accuracy" in result, !isNumbers);
        assert.equal("determination" in result, isNumbers);
        assert.equal(/accuracy/.test(stderr), !isNumbers);
        assert.equal(/f \S+ nats/.test(stderr), !isNumbers);
      }
    }
  }));

Deno.test("measure reads real targets and weights from every kind of file", () =>
  withFiles(async (file) => {
    const { x, targets, weighted: { weights, loss } } = torch.regressor;
    const rows = Array.from(
      { length: 6 },
      (_, i) =>
        [...x.slice(4 * i, 4 * i + 4), ...targets.slice(3 * i, 3 * i + 3), weights[i]!].join(),
    );
    await file("y.npy", npy({ shape: [6, 3], data: targets }));
    const own = await file("w.npy", npy({ shape: [6], data: weights }));
    const tensor = (shape: number[], data: readonly number[]) => ({
      dtype: "F32" as const,
      shape,
      data: Float32Array.from(data),
    });
    const files: [string, Record<string, string>][] = [
      [await file("d.csv", ["a,b,c,d,y1,y2,y3,weight", ...rows].join("\n")), {}],
      [
        await file(
          "d.safetensors",
          encodeSafetensors({
            x: tensor([6, 4], x),
            targets: tensor([6, 3], targets),
            sample_weight: tensor([6], weights),
          }, {}),
        ),
        {},
      ],
      [await file("x.npy", npy({ shape: [6, 4], data: x })), { exampleWeights: own }],
    ];
    for (const [data, flags] of files) {
      const { exit, stdout, stderr } = await measure(golden("regressor"), { data, ...flags }, true);
      assert.equal(exit, 0, `${data}: ${stderr}`);
      assertClose([JSON.parse(stdout).loss], [loss], { relative: 1e-5 });
    }
    // Without the weights of the file; and the weights of its first examples alone.
    const [[csv]] = files as [[string, Record<string, string>]];
    const stored = files[1]![0];
    const alike = await measure(
      golden("regressor"),
      { data: stored, exampleWeights: "none" },
      true,
    );
    assertClose([JSON.parse(alike.stdout).loss], [torch.regressor.alike.loss], { relative: 1e-5 });
    assert.match(alike.stderr, /its weights are left out/);
    // In a table the column is a feature then.
    const wide = await measure(golden("regressor"), { data: csv, exampleWeights: "none" });
    assert.match(wide.stderr, /an example has the shape \[5\], the model reads \[4\]/);
    const first = await measure(golden("regressor"), { data: csv, examples: "3" }, true);
    assert.equal(JSON.parse(first.stdout).data.count, 3);
  }));

Deno.test("measure finds the sharpness of a linear regression at the vertex, its eigenvalue and trace", () =>
  withFiles(async (file) => {
    // z = x·w + b on the corners of a square: the Hessian of the mean of (z − t)² is 2 I.
    const corners = [[1, 1], [1, -1], [-1, 1], [-1, -1]];
    const targets = [3, 1, 0.5, -2];
    const [w, b] = [[0.75, 0.5], 0.25] as const;
    const model = await file(
      "line.onnx",
      linearModel({
        tensors: [floatTensor("w", [2, 1], w), floatTensor("b", [1], [b])],
        outputs: [{ name: "y", shape: ["N", 1] }],
      }),
    );
    const data = await file(
      "d.npz",
      npzFile({ x: { shape: [4, 2], data: corners.flat() }, y: { shape: [4], data: targets } }),
    );
    const eps = 0.01;
    const f = (y: readonly number[]) =>
      corners.reduce((sum, [p, q], i) => {
        const z = p! * (w[0] + y[0]!) + q! * (w[1] + y[1]!) + b + y[2]!;
        return sum + (z - targets[i]!) ** 2 / 4;
      }, 0);
    // A convex function is largest at a vertex of the box.
    const bounds = [...w, b].map((entry) => eps * (entry + 1));
    const vertices = Array.from(
      { length: 8 },
      (_, bits) => bounds.map((bound, k) => bits >> k & 1 ? bound : -bound),
    );
    const most = Math.max(...vertices.map(f));
    const percent = 100 * (most - f([0, 0, 0])) / (1 + f([0, 0, 0]));

    const flags = { data, measures: "sharpness,eigenvalues,trace,ball", eps: `${eps}` };
    const { exit, stdout, stderr } = await measure(model, flags, true);
    assert.equal(exit, 0, stderr);
    const { loss, determination, measures } = JSON.parse(stdout);
    assertClose([loss], [f([0, 0, 0])], { relative: 1e-6 });
    assertClose([determination], [1 - f([0, 0, 0]) * 4 / 12.6875], { relative: 1e-6 });
    // Differences of f in float32: 6e-8 of f against a rise of some hundredths of it.
    assertClose([measures.sharpness.percent], [percent], { relative: 1e-4 });
    assertClose([measures.eigenvalues.values.at(-1)], [2], { relative: 1e-5 });
    assertClose([measures.trace.mean, measures.trace.standardError], [6, 0], { absolute: 1e-5 });
    // What has no unit is given none.
    assert.match(stderr, /sharpness in the ℓ₂ ball +\d\S* +ρ/);
    assert.doesNotMatch(stderr, /nats/);
  }));

Deno.test("measure takes a loss by name, of a model and of weights", () =>
  withFiles(async (file) => {
    // Squared error of classes as vectors: of z = (0, 0, 0) it is 1/3.
    const model = await file(
      "zero.onnx",
      linearModel({
        tensors: [floatTensor("w", [2, 3], [0, 0, 0, 0, 0, 0]), floatTensor("b", [3], [0, 0, 0])],
      }),
    );
    const x = { shape: [2, 2], data: [1, 2, 3, 4] };
    const classes = await file(
      "c.npz",
      npzFile({ x, y: { shape: [2], data: [0, 2], isWhole: true } }),
    );
    const loss = "mean-squared-error";
    const { stdout } = await measure(model, { data: classes, loss });
    assert.match(stdout, /mean squared error of 3 values, as was asked for/);
    assert.match(stdout, /labels count as vectors of 3 with a single 1/);
    assert.match(stdout, /\nf 0\.333333, R² /);

    // Side by side, each by a loss of its own.
    const ends = linearModel({
      nodes: [
        { op: "Gemm", inputs: ["x", "w", "b"], outputs: ["z"] },
        { op: "Sigmoid", inputs: ["z"], outputs: ["y"] },
      ],
    });
    const two = [model, await file("ends.onnx", ends)];
    const differ =
      /losses differ: cross-entropy and binary cross-entropy; --loss sets one for both/;
    assert.match((await measure(two, { data: classes })).stderr, differ);
    assert.doesNotMatch((await measure(two, { data: classes, loss })).stderr, differ);

    const weights = await file(
      "w.safetensors",
      encodeSafetensors({
        "fc.weight": { dtype: "F32", shape: [1, 2], data: Float32Array.of(1, 0.5) },
        "fc.bias": { dtype: "F32", shape: [1], data: Float32Array.of(0) },
      }, {}),
    );
    const real = await file("r.npz", npzFile({ x, y: { shape: [2], data: [1.5, 5] } }));
    const whole = await file(
      "n.npz",
      npzFile({ x, y: { shape: [2], data: [2, 7], isWhole: true } }),
    );
    const of = (data: string, more = {}) =>
      measure(undefined, { weights, network: "mlp:", data, ...more });
    // Outputs 2 and 5.
    const found = await of(real);
    assert.match(
      found.stdout,
      /note: f is the mean squared error\n[^]*\nf 0\.125, R² /,
      found.stderr,
    );
    const numbers = await of(whole, { loss });
    assert.match(numbers.stdout, /note: labels count as numbers\n[^]*\nf 2, R² /, numbers.stderr);
  }));

Deno.test("measure takes targets, weights and losses that do not fit for mistakes, in a line", () =>
  withFiles(async (file) => {
    const npz = (name: string, changes: Record<string, NpzArray>) =>
      file(name, npzFile({ ...arraysOf("regressor"), ...changes }));
    const numbers = (shape: number[], ...data: number[]) => ({ shape, data });
    const half = numbers([6], 0, 1, 2, 0.5, 1, 0);
    const ones = [1, 1, 1, 1, 1];
    const { targets } = torch.regressor;
    const good = await npz("good.npz", {});
    const mistakes: [Name, Record<string, string>, RegExp][] = [
      [
        "classifier",
        { data: await npz("half.npz", { y: half }) },
        /for classifier\.onnx: example 3 has the target 0\.5; cross-entropy wants labels, whole/,
      ],
      [
        "classifier",
        { data: await npz("far.npz", { y: { ...numbers([6], 0, 1, 9, 2, 1, 0), isWhole: true } }) },
        /it has 10 classes, the network 3 logits: example 2 has the label 9/,
      ],
      [
        "regressor",
        { data: await npz("narrow.npz", { y: numbers([6, 2], ...targets.slice(0, 12)) }) },
        /of an example they have the shape \[2\], its output \[3\]; mean squared error wants a target/,
      ],
      [
        "regressor",
        { data: good, loss: "cross-entropy" },
        /example 0 has the target .*wants labels/,
      ],
      [
        "regressor",
        { data: await npz("nan.npz", { y: numbers([6, 3], ...targets.with(7, NaN)) }) },
        /example 2 has the target NaN in y; want finite numbers/,
      ],
      [
        "tagger",
        { data: await npz("two.npz", { y: numbers([6, 3], ...targets.map(Math.abs).with(4, 2)) }) },
        /has the target \S+; for binary cross-entropy want numbers from 0 to 1/,
      ],
      ["tagger", { data: good, loss: "cross-entropy" }, /want logits, or the output of a softmax/],
      [
        "regressor",
        { data: await npz("minus.npz", { weights: numbers([6], 1, ...ones.with(3, -2)) }) },
        /example 4 has the weight -2; want finite numbers from 0/,
      ],
      [
        "regressor",
        { data: await npz("short.npz", { weights: numbers([5], ...ones) }) },
        /6 examples have 5 weights; want one each/,
      ],
      [
        "regressor",
        { data: await npz("none.npz", { weights: numbers([6], 0, 0, 0, 0, 0, 0) }) },
        /all weights are 0/,
      ],
      [
        "regressor",
        { data: await npz("late.npz", { weights: numbers([6], 0, 0, 0, 0, 0, 1) }), examples: "5" },
        /all weights are 0/,
      ],
      ["regressor", { data: good, exampleWeights: "w.npy" }, /Cannot read the weights w\.npy: /],
    ];
    for (const [name, flags, message] of mistakes) {
      const { exit, stdout, stderr } = await measure(golden(name), flags);
      assert.deepEqual([exit, stdout], [2, ""], `${message}: ${stderr}`);
      assert.match(stderr.trimEnd().split("\n").at(-1)!, message);
    }
    assert.throws(
      () => measureOptions({ loss: "mean-square-error" }, kebabCase, ["a.onnx"]),
      /--loss got "mean-square-error"; did you mean `mean-squared-error`/,
    );
  }));
