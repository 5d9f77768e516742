import assert from "node:assert/strict";
import { openData } from "../../lib/own_model/data.ts";
import { measureOptions } from "../../lib/own_model/options.ts";
import { npzFile } from "../support/npz_file.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

Deno.test("openData() warns where the first examples are of the first classes alone", async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/a.npz`;
  const warnings = async (examples: string, labels: number[]) => {
    const y = { shape: [5], data: labels, isWhole: true };
    await Deno.writeFile(data, npzFile({ x: { shape: [5, 1], data: [1, 2, 3, 4, 5] }, y }));
    const lines: string[] = [];
    const options = measureOptions({ data, examples }, (name) => name, ["m.onnx"]);
    const { dataset } = await openData(options, (line) => lines.push(line));
    assert.equal(dataset.count, Math.min(Number(examples), 5));
    return lines.filter((line) => line.startsWith("warning"));
  };
  const inOrder = [0, 0, 1, 1, 2];
  assert.deepEqual(await warnings("3", inOrder), [
    "warning: the labels are in order: the first 3 examples have 2 of 3 classes; shuffle the data, " +
    "or leave out --examples",
  ]);
  for (const examples of ["5", "9"]) assert.deepEqual(await warnings(examples, inOrder), []);
  assert.deepEqual(await warnings("3", [0, 2, 1, 0, 1]), []);
  assert.deepEqual(await warnings("3", [1, 1, 1, 1, 1]), []);
});
