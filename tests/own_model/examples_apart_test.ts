import assert from "node:assert/strict";
import { npzFile } from "../support/npz_file.ts";
import { floatTensor, type OddNode, onnxFile, wholeTensor } from "../support/onnx_file.ts";
import { runMeasure } from "../support/run_measure.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

Deno.test("examplesStayApart() sees examples mix also where the file has more of them than the data", async () => {
  await using folder = await temporaryFolder();
  const [model, data] = [`${folder.path}/a.onnx`, `${folder.path}/a.npz`];
  const count = 4;
  await Deno.writeFile(
    data,
    npzFile({
      x: { shape: [count, 2], data: [1, 2, 3, -4, 0.5, 6, -7, 8] },
      y: { shape: [count], data: [0, 1, 0, 1] },
    }),
  );
  const apart: OddNode[] = [
    { op: "Reshape", inputs: ["x", "shape"], outputs: ["r"] },
    { op: "MatMul", inputs: ["r", "w"], outputs: ["y"] },
  ];
  const mixed: OddNode[] = [
    ...apart.with(-1, { op: "MatMul", inputs: ["r", "w"], outputs: ["z"] }),
    { op: "ReduceMean", inputs: ["z"], outputs: ["m"], ints: { keepdims: 0 } },
    { op: "Sub", inputs: ["z", "m"], outputs: ["y"] },
  ];
  for (const examples of [2, 8]) {
    for (const nodes of [apart, mixed]) {
      await Deno.writeFile(
        model,
        onnxFile({
          nodes,
          tensors: [
            floatTensor("w", [2, 2], [1, 2, 3, 5]),
            wholeTensor("shape", [2], [examples, 2]),
          ],
          inputs: [{ name: "x", shape: [examples, 2] }],
          outputs: [{ name: "y", shape: [examples, 2] }],
        }),
      );
      const { exit, stderr } = await runMeasure([model], { data, measures: "bits" });
      if (nodes === apart) assert.equal(exit, 0, stderr);
      else {
        assert.equal(exit, 2);
        assert.match(stderr, new RegExp(`number of examples fixed at ${examples}, and with more`));
      }
    }
  }
});
