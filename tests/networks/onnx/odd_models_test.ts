// The models and their outputs are ONNX's own evaluator's: tests/oracles/odd_onnx.py.
import assert from "node:assert/strict";
import { importOnnx } from "../../../lib/networks/onnx/onnx_network.ts";
import odd from "../../golden/onnx/odd.json" with { type: "json" };
import { assertClose } from "../../support/assert_close.ts";
import { onnxOutputs } from "../../support/onnx_outputs.ts";

const bytesOf = (text: string) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));

Deno.test("importOnnx() odd models give what ONNX's evaluator gives, with the weights that they have", async (t) => {
  for (const { name, dimension, shape, model, x, output } of odd.measured) {
    await t.step(name, async () => {
      const imported = importOnnx("odd.onnx", bytesOf(model), { dataShape: shape });
      assert.equal(imported.network.dimension, dimension);
      // The evaluator computes in float32, and its results are stored with seven digits.
      assertClose(await onnxOutputs(imported, x, 4), output, { relative: 1e-5, absolute: 1e-6 });
    });
  }
});

Deno.test("importOnnx() says of copies, outputs and functions what it made of them", () => {
  const saidOf = (name: string) => {
    const { model, shape } = odd.measured.find((each) => each.name === name)!;
    return importOnnx("odd.onnx", bytesOf(model), { dataShape: shape }).understood.join("\n");
  };
  assert.match(
    saidOf("a transposed copy of tied weights"),
    /w_t has the entries of w, transposed: they count as one tensor/,
  );
  assert.match(
    saidOf("two outputs, labels first"),
    /output y of label, y is measured; --output takes another/,
  );
});

/** What is said of each model that is refused. */
const REASONS: Readonly<Record<string, RegExp>> = {
  "two inputs": /it has 2 inputs \(x, z\); Basin feeds one, the examples: make the others part/,
  "quantised": /DequantizeLinear .*rounding has no derivative: export the model as it was before/,
  "control flow": /If \(1 node, the first y\); the graph must be the same for all examples/,
  "recurrent": /GRU \(1 node, the first y\); recurrent layers are none of them/,
  "a loss as output": /its output has the shape \[\]; name the output before their mean/,
  "texts": /its input x is no tensor of numbers/,
  "a circle": /node y \(Add\) needs its own result/,
  "nothing makes it": /nothing makes gone, which node y \(MatMul\) reads/,
  "sparse": /its tensor w is sparse; export it in full/,
  "eight bits": /tensor w8: its element type is number 17; .*; export it as float/,
  "an infinite bias": /entry 0 of b is Infinity/,
  "a function of itself": /one of its functions \(Own\) calls itself/,
};

Deno.test("importOnnx() refuses odd models in one line that says what to do", () => {
  assert.deepEqual(odd.refused.map(({ name }) => name), Object.keys(REASONS));
  for (const { name, model } of odd.refused) {
    const attempt = () => importOnnx("odd.onnx", bytesOf(model), { dataShape: [5] });
    assert.throws(attempt, (error: Error) => {
      assert.ok(error instanceof RangeError, `${name}: ${error.stack}`);
      assert.match(error.message, /^Cannot [^\n]*odd\.onnx[^\n]*$|^Cannot read the tensor [^\n]*$/);
      assert.match(error.message, REASONS[name]!, name);
      return true;
    });
  }
});
