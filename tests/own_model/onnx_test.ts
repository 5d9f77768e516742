// The models and the numbers are PyTorch's: tests/oracles/export_onnx.py.
import assert from "node:assert/strict";
import { kebabCase } from "../../lib/pipeline/verbs/flags.ts";
import { measureOptions } from "../../lib/own_model/options.ts";
import torch from "../golden/onnx/onnx.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";
import { runMeasure } from "../support/run_measure.ts";
import { npzFile } from "../support/npz_file.ts";
import { externalTensor, floatTensor, linearModel } from "../support/onnx_file.ts";

type Name = keyof typeof torch;

const golden = (name: string) => new URL(`../golden/onnx/${name}.onnx`, import.meta.url).pathname;

/** The examples of a model with labels and PyTorch's output, as a file. */
async function dataOf(name: Name, folder: string, changes: Record<string, number[]> = {}) {
  const { shape, x, labels, output } = torch[name];
  const count = 6;
  const isText = name.startsWith("gpt");
  const perExample = labels.length / count;
  const path = `${folder}/${name}.npz`;
  await Deno.writeFile(
    path,
    npzFile({
      x: { shape: [count, ...shape], data: changes.x ?? x, isWhole: isText },
      y: {
        shape: perExample > 1 ? [count, perExample] : [count],
        data: changes.labels ?? labels,
        isWhole: true,
      },
      logits: {
        shape: [count * perExample, output.length / count / perExample],
        data: changes.output ?? output,
      },
    }),
  );
  return path;
}

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("measure says what it understood of a model, and measures it", () =>
  withFolder(async (folder) => {
    const data = await dataOf("resnet", folder);
    const out = `${folder}/sharp.json`;
    const { exit, stdout, stderr } = await runMeasure([golden("resnet")], {
      data,
      out,
      measures: "eigenvalues,bits,expected",
      pairs: "2",
    });
    assert.equal(exit, 0, stderr);
    const { loss, gradientNorm, largestEigenvalue, dimension } = torch.resnet;
    assert.match(stdout, new RegExp(`^resnet\\.onnx, n = ${dimension} in \\d+ layers`));
    assert.match(stdout, /written by pytorch [^]*cross-entropy of 3 classes/);
    assert.match(stdout, /examples \[8, 8, 3\] are turned to \[3, 8, 8\]/);
    assert.match(
      stdout,
      /the logits of 6 examples and those in the file \(logits\) agree: at most/,
    );
    // The cheapest measure comes first, whatever the order asked for.
    assert.ok(stdout.indexOf("expected sharpness") < stdout.indexOf("largest eigenvalue"));
    const result = JSON.parse(await Deno.readTextFile(out));
    // Engines compute in float32: 6e-8 for each number, a thousandfold in what cancels.
    assertClose([result.loss, result.gradientNorm], [loss, gradientNorm], { relative: 1e-4 });
    // Ten steps of Lanczos: the residual is some 1e-3.
    assertClose([result.measures.eigenvalues.values.at(-1)], [largestEigenvalue], {
      relative: 1e-2,
    });
    assert.ok(result.exporterOutput.difference < 1e-5);
    assert.deepEqual([result.weights.layout, result.f.batchNorm], ["onnx", "running"]);
  }));

Deno.test("measure compares probabilities and log-probabilities with the exporter's too", () =>
  withFolder(async (folder) => {
    for (
      const [name, kind] of [["mlp", "log-probabilities"], ["pooled", "probabilities"]] as const
    ) {
      const data = await dataOf(name, folder);
      const { stdout } = await runMeasure([golden(name)], { data, measures: "bits" });
      assert.match(stdout, new RegExp(`the ${kind} of 6 examples .* agree`));
    }
    const output = torch.mlp.output.map((entry, i) => i === 4 ? entry + 1 : entry);
    const data = await dataOf("mlp", folder, { output });
    const { stdout } = await runMeasure([golden("mlp")], { data, measures: "bits" });
    assert.match(stdout, /warning: the logits of 6 examples .* differ by/);
    // Of fewer examples, as many are compared.
    const few = { data: await dataOf("mlp", folder), measures: "bits", examples: "2" };
    assert.match((await runMeasure([golden("mlp")], few)).stdout, /of 2 examples .* agree/);
    // The output is by the moments of training, and not by the chunk's.
    const own = { data: await dataOf("resnet", folder), measures: "bits", batchNorm: "batch" };
    const { stdout: batch, exit } = await runMeasure([golden("resnet")], own);
    assert.equal(exit, 0);
    assert.match(batch, /6 examples in chunks of 6/);
    assert.doesNotMatch(batch, /agree|differ/);
  }));

Deno.test("measure takes labels of positions, and gives the same f in chunks", () =>
  withFolder(async (folder) => {
    const data = await dataOf("gpt", folder);
    for (const evaluationBatch of ["6", "4"]) {
      const { exit, stdout, stderr } = await runMeasure(
        [golden("gpt")],
        { data, measures: "bits", evaluationBatch },
        { json: true },
      );
      assert.equal(exit, 0, stderr);
      assertClose([JSON.parse(stdout).loss], [torch.gpt.loss], { relative: 1e-5 });
      assert.match(stderr, /cross-entropy of 7 classes at each of 5 positions/);
    }
  }));

Deno.test("measure sets two models side by side, and writes a page that needs no network", () =>
  withFolder(async (folder) => {
    const data = await dataOf("resnet", folder);
    const report = `${folder}/sharp.html`;
    const models = [golden("resnet"), golden("resnet_dynamo")];
    const measures = "sharpness,eigenvalues,density,layers";
    const { exit, stdout, stderr } = await runMeasure(models, { data, measures, report });
    assert.equal(exit, 0, stderr);
    // The same network by two exporters.
    assert.match(stdout, /resnet\.onnx +resnet_dynamo\.onnx +sharper\n/);
    assert.match(stdout, /largest eigenvalue of the Hessian +(\S+) +\1 +no difference/);
    const page = await Deno.readTextFile(report);
    assert.match(page, /<h1>How sharp is resnet\.onnx beside resnet_dynamo\.onnx\?<\/h1>/);
    for (const title of ["Spectrum of the Hessian", "Where the curvature is", "Side by side"]) {
      assert.ok(page.includes(title), title);
    }
    assert.ok(page.match(/<svg /g)!.length >= 4);
    // A row for each layer of both.
    const rows = page.match(/<summary>Largest eigenvalue of each of (\d+) layers<\/summary>/);
    assert.ok(Number(rows?.[1]) > 5);
    assert.doesNotMatch(page, /<script|<link [^>]*href="(?!data:)|src="/);

    const flags = { data, measures: "bits,trace", probes: "1" };
    const { stdout: text, stderr: table } = await runMeasure(models, flags, { json: true });
    const { models: records, comparison } = JSON.parse(text);
    assert.deepEqual(records.map((record: { network: { name: string } }) => record.network.name), [
      "resnet.onnx",
      "resnet_dynamo.onnx",
    ]);
    const { title: _, values: [value], ...trace } = comparison[0];
    const amounts = [Number(value), Number(value)];
    assert.deepEqual({ ...trace, amounts }, { measure: "trace", unknown: "one probe", amounts });
    assert.match(table, /trace of the Hessian +\S+ +\S+ +one probe: no error known\n/);
    assert.deepEqual([comparison[1].measure, comparison[1].sharper], ["bits", undefined]);
  }));

Deno.test("measure --surface draws two models on one scale, in the file, the page and the JSON", () =>
  withFolder(async (folder) => {
    const data = await dataOf("mlp", folder);
    const [surface, report, out] = ["svg", "html", "json"].map((end) => `${folder}/a.${end}`);
    const flags = { data, measures: "bits", surface: surface!, report: report!, out: out! };
    const { exit, stderr } = await runMeasure([golden("mlp"), golden("mlp")], flags);
    assert.equal(exit, 0, stderr);
    assert.match(stderr, /the surface is .*a\.svg/);
    assert.match(await Deno.readTextFile(surface!), /^<svg [^]*filter-normalised/);
    assert.match(
      await Deno.readTextFile(report!),
      /<h3>[^<]*loss in two random directions, filter-normalised<\/h3>/,
    );
    const { models: [first, second] } = JSON.parse(await Deno.readTextFile(out!));
    assert.deepEqual(first.surface, second.surface);
    // The middle of the grid is the model itself.
    assertClose([first.surface.loss[7][7]], [torch.mlp.loss], { relative: 1e-5 });
    assert.ok(first.surface.loss[0][0] !== first.surface.loss[7][7]);
  }));

Deno.test("measure keeps what there is of models at an interrupt", () =>
  withFolder(async (folder) => {
    const data = await dataOf("mlp", folder);
    const controller = new AbortController();
    controller.abort();
    const out = `${folder}/a.json`;
    const report = `${folder}/a.html`;
    const { exit } = await runMeasure([golden("mlp"), golden("mlp")], { data, out, report }, {
      signal: controller.signal,
    });
    assert.equal(exit, 130);
    const { models } = JSON.parse(await Deno.readTextFile(`${out}.partial`));
    assert.deepEqual(models.map(({ interrupted }: { interrupted: boolean }) => interrupted), [
      true,
      true,
    ]);
    assert.match(await Deno.readTextFile(`${report}.partial`), /Stopped before all was measured/);
  }));

Deno.test("measure takes models and data that do not fit for mistakes, and names them in a line", () =>
  withFolder(async (folder) => {
    const file = async (name: string, bytes: Uint8Array) => {
      await Deno.writeFile(`${folder}/${name}`, bytes);
      return `${folder}/${name}`;
    };
    const linear = await file("linear.onnx", linearModel());
    const of = (x: number[], y: number[], width = 2) =>
      npzFile({
        x: { shape: [x.length / width, width], data: x },
        y: { shape: [y.length], data: y, isWhole: true },
      });
    const good = await file("good.npz", of([1, 2, 3, 4], [0, 2]));
    const outside = (location: string) =>
      linearModel({
        tensors: [externalTensor("w", [2, 3], { location }), floatTensor("b", [3], [0, 0, 0])],
      });
    await Deno.writeFile(`${folder}/short.bin`, new Uint8Array(8));
    await Deno.symlink(Deno.execPath(), `${folder}/link.bin`);
    const mistakes: [string, Record<string, string>, RegExp][] = [
      [`${folder}/none.onnx`, {}, /Cannot read .*none\.onnx: there is no such file/],
      [await file("empty.onnx", new Uint8Array()), {}, /Cannot read .*empty\.onnx: it is empty/],
      [good, {}, /Cannot read .*good\.npz: it is no ONNX model/],
      [
        linear,
        { data: await file("wide.npz", of([1, 2, 3, 4, 5, 6], [0, 2], 3)) },
        /an example has the shape \[3\], the model reads \[2\]/,
      ],
      [
        linear,
        { data: await file("label.npz", of([1, 2, 3, 4, 5, 6], [0, 2, 3])) },
        /it has 4 classes, the network 3 logits: example 2 has the label 3/,
      ],
      [
        linear,
        { data: await file("nan.npz", of([1, 2, NaN, 4], [0, 2])) },
        /feature 0 of example 1 is NaN/,
      ],
      [linear, { batchNorm: "recomputed" }, /--batch-norm of a model is running or batch/],
      [linear, { output: "hidden" }, /it has no output "hidden"; its outputs are "y"/],
      [
        await file("out1.onnx", outside("../../etc/hostname")),
        {},
        /Cannot read \.\.\/\.\.\/etc\/hostname, where .* it is not in the model's folder/,
      ],
      [await file("out2.onnx", outside("/etc/hostname")), {}, /not in the model's folder/],
      [await file("out3.onnx", outside("link.bin")), {}, /links out of the model's folder/],
      [await file("out4.onnx", outside("w.bin")), {}, /there is no such file; copy it along/],
      [await file("out5.onnx", outside("short.bin")), {}, /has 2 entries, want 6/],
      [await file("out6.onnx", outside(".")), {}, /not in the model's folder/],
    ];
    for (const [model, flags, message] of mistakes) {
      const { exit, stdout, stderr } = await runMeasure([model], {
        data: good,
        measures: "bits",
        ...flags,
      });
      assert.deepEqual([exit, stdout], [2, ""], `${message}: ${stderr}`);
      assert.match(stderr.trimEnd().split("\n").at(-1)!, message);
    }
  }));

Deno.test("measure reads tensors beside the model, one class, and examples with several shapes", () =>
  withFolder(async (folder) => {
    const weights = Float32Array.of(9, 1, 2, 3, 4, 5, 6);
    await Deno.writeFile(`${folder}/w.bin`, new Uint8Array(weights.buffer));
    const model = `${folder}/linear.onnx`;
    const place = { location: "w.bin", offset: "4", length: "24" };
    await Deno.writeFile(
      model,
      linearModel({
        tensors: [externalTensor("w", [2, 3], place), floatTensor("b", [3], [0.5, 0, -0.5])],
      }),
    );
    const data = `${folder}/one.npz`;
    await Deno.writeFile(
      data,
      npzFile({
        x: { shape: [1, 2, 1], data: [1, 2] },
        y: { shape: [1], data: [0], isWhole: true },
        logits: { shape: [1, 3], data: [9.5, 12, 14.5] },
      }),
    );
    const { exit, stdout, stderr } = await runMeasure([model], { data, measures: "bits" });
    assert.equal(exit, 0, stderr);
    assert.match(stdout, /examples \[2, 1\] are taken as \[2\], row by row/);
    assert.match(stdout, /the logits of 1 example .* agree/);
    // 5 + ln(1 + e^(−2.5) + e^(−5)).
    assert.match(stdout, /f 5\.0851 nats, accuracy 0\.00 %/);
  }));

Deno.test("measureOptions() tells flags of models from those of weights", () => {
  const given = (flags: Record<string, string | string[]>, ...models: string[]) => () =>
    measureOptions(flags, kebabCase, models);
  assert.throws(
    given({ weights: "w", normEpsilon: "1e-5" }, "a.onnx"),
    /--weights is not for a\.onnx, which brings [^]*--norm-epsilon is not/,
  );
  assert.throws(given({}, "a", "b", "c"), /got 3 models, want one or two/);
  assert.throws(given({ weights: "w", network: "F1", freeze: ["a"] }), /--freeze is for ONNX/);
  assert.throws(
    given({ report: "a.pdf" }, "a"),
    /--report got "a\.pdf", want a file that ends in \.html/,
  );
  const { batchNorm, isChunkGiven } = measureOptions({}, kebabCase, ["a.onnx"]);
  assert.deepEqual([batchNorm, isChunkGiven], ["running", false]);
  const own = measureOptions({ weights: "w", network: "F1", evaluationBatch: "9" }, kebabCase);
  assert.deepEqual([own.batchNorm, own.isChunkGiven, own.models], ["batch", true, []]);
});
