// The models and their outputs are those of other programs: tests/oracles/other_exporters.py.
import assert from "node:assert/strict";
import { CROSS_ENTROPY } from "../../../lib/losses/cross_entropy.ts";
import { MEAN_SQUARED_ERROR } from "../../../lib/losses/mean_squared_error.ts";
import { importOnnx } from "../../../lib/networks/onnx/onnx_network.ts";
import models from "../../golden/onnx/exporters.json" with { type: "json" };
import { assertClose } from "../../support/assert_close.ts";
import { onnxOutputs } from "../../support/onnx_outputs.ts";

/** Rows of probabilities from rows of logits. */
function probabilities(logits: readonly number[], width: number): number[] {
  return logits.map((logit, i) => {
    const row = logits.slice(i - i % width, i - i % width + width);
    return 1 / row.reduce((sum, other) => sum + Math.exp(other - logit), 0);
  });
}

Deno.test("importOnnx() models of other exporters: output and number of parameters are the program's", async (t) => {
  for (const [name, { n, shape, form, model, x, output }] of Object.entries(models)) {
    await t.step(name, async () => {
      const bytes = Uint8Array.from(atob(model), (each) => each.charCodeAt(0));
      const imported = importOnnx("model.onnx", bytes, {
        dataShape: shape,
        loss: form === "probabilities" ? CROSS_ENTROPY : MEAN_SQUARED_ERROR,
        // Two columns 1 − p and p end in no softmax.
        areProbabilities: name === "scikit-learn two classes",
      });
      assert.equal(imported.network.dimension, n);
      const own = await onnxOutputs(imported, x, 3);
      const given = form === "probabilities" ? probabilities(own, output.length / 3) : own;
      // The programs compute in float32; sums of a few hundred terms lose a digit or two.
      assertClose(given, output, { relative: 1e-4, absolute: 2e-6 });
    });
  }
});
