import { referenceEngine } from "../../../../lib/engine/reference/engine.ts";
import { lossNamed } from "../../../../lib/losses/losses.ts";
import { importOnnx } from "../../../../lib/networks/onnx/onnx_network.ts";
import { objectiveOf } from "../../../../lib/objective/objective_of.ts";
import { assertClose } from "../../../support/assert_close.ts";
import { floatTensor, type OddNode, onnxFile } from "../../../support/onnx_file.ts";
import { onnxOutputs } from "../../../support/onnx_outputs.ts";

/** y = op(x + b), with b = 0, and other inputs that the op has. */
const activated = (op: string, floats: OddNode["floats"] = {}, more: readonly string[] = []) =>
  importOnnx(
    "a.onnx",
    onnxFile({
      opset: 24,
      nodes: [
        { op: "Gemm", inputs: ["x", "w", "b"], outputs: ["z"] },
        { op, inputs: ["z", ...more], outputs: ["y"], floats },
      ],
      tensors: [
        floatTensor("w", [1, 1], [1]),
        floatTensor("b", [1], [0]),
        floatTensor("slope", [1], [0.5]),
      ],
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

Deno.test("ACTIVATION_RULES have at 0 the slope that PyTorch takes, that of negative numbers", async () => {
  const cases: [string, OddNode["floats"], string[], number][] = [
    ["Elu", {}, [], 1],
    ["Elu", { alpha: 2 }, [], 2],
    ["Celu", { alpha: 2 }, [], 1],
    ["Selu", { alpha: 1.5, gamma: 2 }, [], 3],
    ["LeakyRelu", { alpha: 0.25 }, [], 0.25],
    ["PRelu", {}, ["slope"], 0.5],
    ["Relu", {}, [], 0],
  ];
  for (const [op, floats, more, slope] of cases) {
    const { fresh, x } = activated(op, floats, more);
    const data = {
      name: "one example",
      count: 1,
      features: Float32Array.of(0),
      featureShape: [1],
      labels: new Int32Array(),
      classes: 0,
      targets: { values: Float32Array.of(-1), shape: [1] },
    };
    await using f = await objectiveOf(fresh(), data, { engine: referenceEngine() });
    // f = (y + 1)² with y = 0.
    const { value, gradient } = await f.evaluate(x);
    assertClose([value, gradient[1]!], [1, 2 * slope], { relative: 1e-12, absolute: 1e-12 });
  }
});
