// The models and the numbers are PyTorch's: tests/oracles/losses_onnx.py.
import assert from "node:assert/strict";
import type { Dataset } from "../../../lib/data/dataset.ts";
import { readTargets } from "../../../lib/data/read_targets.ts";
import { extremeEigenvalues } from "../../../lib/curvature/extreme_eigenvalues.ts";
import { dot, norm } from "../../../lib/linalg/vector.ts";
import { LOSS_NAMES, lossNamed } from "../../../lib/losses/losses.ts";
import { importOnnx } from "../../../lib/networks/onnx/onnx_network.ts";
import { objectiveOf } from "../../../lib/objective/objective_of.ts";
import { targetFactsOf } from "../../../lib/objective/targets.ts";
import torch from "../../golden/onnx/losses.json" with { type: "json" };
import { testOnEngines } from "../../engine/engines.ts";
import { assertClose } from "../../support/assert_close.ts";

type Name = keyof typeof torch;

/** What PyTorch computed of a model: with weights, or with all of them 1. */
interface Expected {
  readonly weights: readonly number[];
  readonly loss: number;
  readonly gradientNorm: number;
  readonly productNorm: number;
  readonly curvature: number;
  readonly largestEigenvalue: number;
  readonly determination?: number;
}

const LOSSES: Readonly<Record<Name, string>> = {
  regressor: "mean squared error of 3 values",
  denoiser: "mean squared error of 20 values",
  tagger: "binary cross-entropy of 3 logits",
  classifier: "cross-entropy of 3 classes",
  reader: "cross-entropy of 7 classes at each of 5 positions",
  decoder: "mean squared error of 49 values",
  mixer: "mean squared error of 3 values",
};

const fileOf = (name: string) => new URL(`../../golden/onnx/${name}.onnx`, import.meta.url);

function dataOf(name: Name, weights?: readonly number[]): Dataset {
  const { shape, targetShape, x, targets } = torch[name];
  const table = { shape: [6, ...targetShape], dtype: "f8", data: Float64Array.from(targets) };
  return {
    name,
    features: Float32Array.from(x),
    count: 6,
    featureShape: shape,
    ...readTargets(name, "y", table),
    ...(weights && { weights: Float64Array.from(weights) }),
  };
}

for (const name of Object.keys(torch) as Name[]) {
  for (const kind of ["alike", "weighted"] as const) {
    testOnEngines(
      `importOnnx() ${name}, ${kind}: f, gradient and Hv are PyTorch's`,
      async (engine, { double }) => {
        const expected: Expected = torch[name][kind];
        const dataset = dataOf(name, kind === "weighted" ? expected.weights : undefined);
        const { network, x, understood } = importOnnx(name, await Deno.readFile(fileOf(name)), {
          dataShape: dataset.featureShape,
          targets: targetFactsOf(dataset),
        });
        assert.ok(understood.at(-1)!.includes(`f is the ${LOSSES[name]}, as output and targets`));
        await using f = await objectiveOf(network, dataset, {
          engine,
          evaluationBatch: 4, // chunks of 4 and 2
        });
        const { value, gradient } = await f.evaluate(x);
        const hessian = f.hessian(x);
        const product = await hessian.apply(gradient);
        const { loss, determination } = await f.performance(x);
        assertClose(
          [value, loss, norm(gradient), norm(product), dot(gradient, product)],
          [
            expected.loss,
            expected.loss,
            expected.gradientNorm,
            expected.productNorm,
            expected.curvature,
          ],
          // PyTorch computed in float64 from numbers that both read as float32; engines in float32.
          { relative: double ? 1e-10 : 1e-5 },
        );
        assert.equal(determination === undefined, expected.determination === undefined);
        if (determination !== undefined) {
          assertClose([determination], [expected.determination!], { relative: 1e-5 });
        }
        if (!double) return;
        // To Lanczos' own tolerance.
        const { largest } = await extremeEigenvalues(hessian, { count: 1, seed: 1 });
        assertClose([Math.max(...largest.values)], [expected.largestEigenvalue], {
          relative: 1e-4,
        });
      },
    );
  }
}

Deno.test("importOnnx() takes the loss that is asked for, of probabilities too", async () => {
  const bytes = await Deno.readFile(fileOf("classifier"));
  const imported = (file: Uint8Array<ArrayBuffer>, name: string) =>
    importOnnx("a.onnx", file, { dataShape: [4], loss: lossNamed(name) }).understood.at(-1)!;
  assert.match(
    imported(bytes, "cross-entropy"),
    /log-probabilities; f is the cross-entropy of 3 classes, as was asked/,
  );
  assert.match(
    imported(bytes, "mean-squared-error"),
    /are log-probabilities, and taken as it is; f is/,
  );
  assert.throws(() => imported(bytes, "binary-cross-entropy"), {
    name: "RangeError",
    message:
      /Cannot measure a\.onnx by binary cross-entropy: its output are log-probabilities; want logits, or the output of a sigmoid/,
  });
  const tagger = await Deno.readFile(fileOf("tagger"));
  assert.throws(
    () => imported(tagger, "cross-entropy"),
    /want logits, or the output of a softmax or a log-softmax/,
  );
  for (const loss of LOSS_NAMES.filter((name) => name !== "binary-cross-entropy")) {
    assert.match(imported(await Deno.readFile(fileOf("regressor")), loss), /of 3 (classes|values)/);
  }
});
