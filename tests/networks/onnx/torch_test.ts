// The models and the numbers are PyTorch's: tests/oracles/export_onnx.py.
import assert from "node:assert/strict";
import type { Dataset } from "../../../lib/data/dataset.ts";
import type { Engine } from "../../../lib/engine/engine.ts";
import { referenceEngine } from "../../../lib/engine/reference/engine.ts";
import { selectEngine } from "../../../lib/engine/select.ts";
import { extremeEigenvalues } from "../../../lib/curvature/extreme_eigenvalues.ts";
import { dot, norm } from "../../../lib/linalg/vector.ts";
import { splitParameters } from "../../../lib/networks/flat.ts";
import { importOnnx } from "../../../lib/networks/onnx/onnx_network.ts";
import { objectiveOf } from "../../../lib/objective/objective_of.ts";
import { placeholder } from "../../../lib/graph/ops/leaf.ts";
import torch from "../../golden/onnx/onnx.json" with { type: "json" };
import { assertClose } from "../../support/assert_close.ts";

/** File of a model, and the record that it has the numbers of. */
const FILES = Object.keys(torch).flatMap((name) =>
  ["", "_dynamo"].map((exporter) => ({
    file: `${name}${exporter}`,
    name: name as keyof typeof torch,
  }))
).filter(({ file }) => exists(`${file}.onnx`));

function golden(file: string): URL {
  return new URL(`../../golden/onnx/${file}`, import.meta.url);
}

function exists(file: string): boolean {
  try {
    return Deno.statSync(golden(file)).isFile;
  } catch {
    return false;
  }
}

function importedFrom(file: string, name: keyof typeof torch) {
  const { shape, x, labels, classes } = torch[name];
  const dataset: Dataset = {
    name,
    features: Float32Array.from(x),
    labels: Int32Array.from(labels),
    count: 6,
    featureShape: shape,
    classes,
  };
  const bytes = Deno.readFileSync(golden(`${file}.onnx`));
  return { dataset, ...importOnnx(file, bytes, { dataShape: shape }) };
}

async function outputsOf(
  { network, dataset, x }: ReturnType<typeof importedFrom>,
  engine: Engine,
): Promise<Float64Array> {
  const count = dataset.count;
  const examples = placeholder("examples", [count, ...network.inputShape], network.inputType);
  const logits = network.logits(examples, network.variables());
  await using session = await engine.load({ f: { outputs: { logits } } });
  const fixed = (network.fixed?.() ?? []).map(({ name, values }) => [name, values] as const);
  await session.assign({ ...splitParameters(network, x), ...Object.fromEntries(fixed) });
  const entries = network.inputType === "int32"
    ? Int32Array.from(dataset.features)
    : dataset.features;
  return Float64Array.from((await session.run("f", { examples: entries })).logits!);
}

/** What PyTorch's model returns, from Basin's logits. */
function asTorch(name: keyof typeof torch, logits: Float64Array, classes: number): Float64Array {
  const rows = Array.from(
    { length: logits.length / classes },
    (_, i) => logits.subarray(i * classes, (i + 1) * classes),
  );
  if (name === "pooled") return Float64Array.from(rows, ([z]) => 1 / (1 + Math.exp(-z!)));
  if (name !== "mlp") return logits;
  return Float64Array.from(rows.flatMap((row) => {
    const total = Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0));
    return [...row].map((z) => z - total);
  }));
}

for (const { file, name } of FILES) {
  Deno.test(`importOnnx() ${file}: output, f, gradient, Hv and the largest eigenvalue are PyTorch's`, async () => {
    const model = importedFrom(file, name);
    const { network, dataset, x } = model;
    const expected = torch[name];
    // PyTorch computed in float64 from weights that both read as float32.
    const exact = { relative: 1e-7, absolute: 1e-7 };
    const logits = await outputsOf(model, referenceEngine());
    assertClose(asTorch(name, logits, network.classes), expected.output, exact);

    const isTied = name === "gpt_tied";
    if (!isTied) assert.equal(network.dimension, expected.dimension);
    await using f = await objectiveOf(network, dataset, {
      engine: referenceEngine(),
      evaluationBatch: 4, // chunks of 4 and 2
    });
    const { value, gradient } = await f.evaluate(x);
    const hessian = f.hessian(x);
    const product = await hessian.apply(gradient);
    assertClose(
      [value, norm(gradient), norm(product), dot(gradient, product)],
      [expected.loss, expected.gradientNorm, expected.productNorm, expected.curvature],
      exact,
    );
    const { largest } = await extremeEigenvalues(hessian, { count: 1, seed: 1 });
    assertClose([Math.max(...largest.values)], [expected.largestEigenvalue], { relative: 1e-4 });
  });
}

Deno.test("importOnnx() the engine's logits and derivatives are PyTorch's to float32 rounding", async (t) => {
  const engine = await selectEngine();
  for (const { file, name } of FILES) {
    await t.step(file, async () => {
      const model = importedFrom(file, name);
      const expected = torch[name];
      const rounding = { relative: 1e-5, absolute: 1e-5 };
      const logits = await outputsOf(model, engine);
      assertClose(asTorch(name, logits, model.network.classes), expected.output, rounding);
      await using f = await objectiveOf(model.network, model.dataset, { engine });
      const { value, gradient } = await f.evaluate(model.x);
      const product = await f.hessian(model.x).apply(gradient);
      assertClose([value], [expected.loss], rounding);
      assertClose(
        [norm(gradient), norm(product)],
        [expected.gradientNorm, expected.productNorm],
        { relative: 1e-4 },
      );
    });
  }
});
