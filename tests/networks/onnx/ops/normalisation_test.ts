import assert from "node:assert/strict";
import { lossNamed } from "../../../../lib/losses/losses.ts";
import { importOnnx } from "../../../../lib/networks/onnx/onnx_network.ts";
import { assertClose } from "../../../support/assert_close.ts";
import { floatTensor, type OddNode, onnxFile } from "../../../support/onnx_file.ts";
import { onnxOutputs } from "../../../support/onnx_outputs.ts";

/** A batch norm of two numbers, its moments in the file 1 and 4, 2 and 9. */
const normModel = (opset: number, outputs: readonly string[], ints: OddNode["ints"] = {}) =>
  onnxFile({
    opset,
    nodes: [{
      op: "BatchNormalization",
      inputs: ["x", "gain", "shift", "mean", "variance"],
      outputs,
      ints,
    }],
    tensors: [
      floatTensor("gain", [2], [2, 3]),
      floatTensor("shift", [2], [0.5, -0.5]),
      floatTensor("mean", [2], [1, 2]),
      floatTensor("variance", [2], [4, 9]),
    ],
    inputs: [{ name: "x", shape: ["N", 2] }],
    outputs: [{ name: "y", shape: ["N", 2] }],
  });

const imported = (bytes: Uint8Array) =>
  importOnnx("a.onnx", bytes, { dataShape: [2], loss: lossNamed("mean-squared-error") });

Deno.test("NORMALISATION_RULES take a batch norm in training by the examples, in every opset", async () => {
  const all = ["y", "m", "v", "sm", "sv"];
  const training: [number, string[], OddNode["ints"]][] = [
    [9, all, {}],
    [7, all, {}],
    [13, ["y", "m", "v"], {}],
    [14, ["y", "m", "v"], { training_mode: 1 }],
    [15, ["y"], { training_mode: 1 }],
  ];
  for (const [opset, outputs, ints] of training) {
    const found = await onnxOutputs(imported(normModel(opset, outputs, ints)), [0, 0, 2, 20], 2);
    // By the moments of the two examples, ∓1 but for ε.
    assertClose(found, [-1.5, -3.5, 2.5, 2.5], { absolute: 1e-4 });
  }
  const inference: [number, string[], OddNode["ints"]][] = [
    [9, ["y"], {}],
    [9, ["y", "", "", "", ""], {}],
    [14, ["y"], {}],
    [15, ["y"], { training_mode: 0 }],
  ];
  for (const [opset, outputs, ints] of inference) {
    const found = await onnxOutputs(imported(normModel(opset, outputs, ints)), [0, 0, 2, 20], 2);
    assertClose(found, [-0.5, -2.5, 1.5, 17.5], { absolute: 1e-4 });
  }
});

Deno.test("NORMALISATION_RULES refuse moments for each place, which old opsets have", () => {
  assert.throws(
    () => imported(normModel(7, ["y"], { spatial: 0 })),
    /node y \(BatchNormalization of .*\): it has spatial = 0, .*: write it as Sub, Mul and Add, or/,
  );
  imported(normModel(7, ["y"], { spatial: 1 }));
});
