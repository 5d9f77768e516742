import { referenceEngine } from "../../../../lib/engine/reference/engine.ts";
import { lossNamed } from "../../../../lib/losses/losses.ts";
import { importOnnx } from "../../../../lib/networks/onnx/onnx_network.ts";
import { objectiveOf } from "../../../../lib/objective/objective_of.ts";
import { assertClose } from "../../../support/assert_close.ts";
import { floatTensor, type OddNode, onnxFile } from "../../../support/onnx_file.ts";
import { onnxOutputs } from "../../../support/onnx_outputs.ts";

/** y = op(x + b), with b = 0. */
const activated = (op: string, floats: OddNode["floats"] = {}) =>
  importOnnx(
    "a.onnx",
    onnxFile({
      opset: 24,
      nodes: [
        { op: "Gemm", inputs: ["x", "w", "b"], outputs: ["z"] },
        { op, inputs: ["z"], outputs: ["y"], floats },
      ],
      tensors: [floatTensor("w", [1, 1], [1]), floatTensor("b", [1], [0])],
      inputs: [{ name: "x", shape: ["N", 1] }],
      outputs: [{ name: "y", shape: ["N", 1] }],
    }),
    { dataShape: [1], loss: lossNamed("mean-squared-error") },
  );

Deno.test("ACTIVATION_RULES Swish takes alpha from its attribute", async () => {
  for (const [floats, alpha] of [[{}, 1], [{ alpha: 2 }, 2], [{ alpha: 1.75 }, 1.75]] as const) {
    const outputs = await onnxOutputs(activated("Swish", floats), [-3, 0, 0.5, 4], 4);
    const expected = [-3, 0, 0.5, 4].map((x) => x / (1 + Math.exp(-alpha * x)));
    assertClose(outputs, expected, { relative: 1e-12 });
  }
});

Deno.test("ACTIVATION_RULES Softplus has the slope and the curvature of ln(1 + eˣ), at 0 too", async () => {
  for (const z of [-2, 0, 2]) {
    const { fresh, x } = activated("Softplus");
    const data = {
      name: "one example",
      count: 1,
      features: Float32Array.of(z),
      featureShape: [1],
      labels: new Int32Array(),
      classes: 0,
      targets: { values: Float32Array.of(0), shape: [1] },
    };
    await using f = await objectiveOf(fresh(), data, { engine: referenceEngine() });
    // f = s², with s' = σ and s'' = σ (1 − σ), by the bias.
    const [s, slope] = [Math.log1p(Math.exp(z)), 1 / (1 + Math.exp(-z))];
    const { value, gradient } = await f.evaluate(x);
    assertClose([value, gradient[1]!], [s ** 2, 2 * s * slope], { relative: 1e-12 });
    const product = await f.hessian(x).apply(Float64Array.of(0, 1));
    const curvature = 2 * slope ** 2 + 2 * s * slope * (1 - slope);
    assertClose([product[1]!], [curvature], { relative: 1e-12 });
  }
});
