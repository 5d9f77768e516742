import assert from "node:assert/strict";
import { runMeasure } from "../support/run_measure.ts";
import { npzFile } from "../support/npz_file.ts";
import { linearModel } from "../support/onnx_file.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

Deno.test("checkSubjects() finds what is not there before the data are read", async () => {
  await using folder = await temporaryFolder();
  const model = `${folder.path}/a.onnx`;
  await Deno.writeFile(model, linearModel());
  const weights = { weights: `${folder.path}/none`, network: "F1" };
  const cases: [string[], Record<string, string>, RegExp][] = [
    [[`${folder.path}/none.onnx`], {}, /Cannot read the model .*none\.onnx: there is no such file/],
    [[model, folder.path], {}, /Cannot read the model .*: it is a folder; name an ONNX file/],
    [[], weights, /Cannot read the weights .*none: there is no such file/],
    [[], { weights: model, network: "F9" }, /Cannot find a network named "F9"; did you mean `F1`/],
  ];
  for (const [models, flags, message] of cases) {
    // A data set of this name would be fetched or made, and told of.
    const { exit, stderr } = await runMeasure(models, { data: "mnist-10k", ...flags });
    assert.equal(exit, 2);
    assert.match(stderr, message);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  }
});

Deno.test("measureVerb() reads the data of two models once", async () => {
  await using folder = await temporaryFolder();
  const [a, b, data] = ["a.onnx", "b.onnx", "d.npz"].map((name) => `${folder.path}/${name}`);
  await Deno.writeFile(a!, linearModel());
  await Deno.writeFile(b!, linearModel());
  const y = { shape: [2], data: [0, 2], isWhole: true };
  await Deno.writeFile(data!, npzFile({ x: { shape: [2, 2], data: [1, 2, 3, 4] }, y }));
  const { exit, stderr } = await runMeasure([a!, b!], { data: data!, measures: "bits" });
  assert.equal(exit, 0, stderr);
  assert.equal(stderr.match(/are the examples/g)!.length, 1);
});
