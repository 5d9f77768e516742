import assert from "node:assert/strict";
import { referenceEngine } from "../../../lib/engine/reference/engine.ts";
import { add } from "../../../lib/graph/ops/add.ts";
import { placeholder, variable } from "../../../lib/graph/ops/leaf.ts";
import { matMul } from "../../../lib/graph/ops/mat_mul.ts";
import { scale } from "../../../lib/graph/ops/mul.ts";
import { softmaxCrossEntropy } from "../../../lib/graph/ops/softmax_cross_entropy.ts";
import { square } from "../../../lib/graph/ops/square.ts";
import type { Value } from "../../../lib/graph/value.ts";
import { adversarialExamples } from "../../../lib/training/criteria/adversarial.ts";
import { asam } from "../../../lib/training/criteria/asam.ts";
import { sam } from "../../../lib/training/criteria/sam.ts";
import type { Criterion, StepLoss } from "../../../lib/training/criterion.ts";
import { assertClose } from "../../support/assert_close.ts";

/** H of f(w) = ½ wᵀHw; w is kept in two variables, so that norms must go over all of them. */
const CURVATURE = [10, 1] as const;

async function onQuadratic(criterion: Criterion, w: readonly [number, number]) {
  const variables = [variable("w1", [1]), variable("w2", [1])];
  const at = (point: readonly Value[]) => {
    const [first, second] = point.map((wi, i) => scale(square(wi), CURVATURE[i]! / 2));
    const losses = add(first!, second!);
    return { losses, logits: losses };
  };
  const loss: StepLoss = {
    variables,
    examples: placeholder("none", [1]),
    key: placeholder("key", [2], "int32"),
    plain: at(variables),
    displaced: ({ variables: others }) => at(others!),
  };
  const [g1, g2] = criterion.gradient(loss) as [Value, Value];
  await using session = await referenceEngine().load({ step: { outputs: { g1, g2 } } });
  await session.assign({ w1: Float64Array.of(w[0]), w2: Float64Array.of(w[1]) });
  const outputs = await session.run("step", {});
  const gradient = [outputs.g1![0]!, outputs.g2![0]!] as const;
  return {
    // ∇f(w + a) = H(w + a)
    ascent: gradient.map((g, i) => g / CURVATURE[i]! - w[i]!),
    after: gradient.map((g, i) => w[i]! - 0.1 * g),
  };
}

// Ten decimals are known; H(w + a) − w loses one or two of sixteen.
const PRINTED = { relative: 0, absolute: 5e-12 };

Deno.test("sam() climbs ρg/‖g‖ on a quadratic, the norm over all variables", async () => {
  const { ascent, after } = await onQuadratic(sam({ rho: 0.05 }), [1, 1]);
  assertClose(ascent, [0.04975185951, 0.004975185951], PRINTED);
  assertClose(after, [-0.04975185951, 0.899502481405], PRINTED);
});

Deno.test("asam() climbs ρT²g/‖Tg‖ on a quadratic", async () => {
  const { ascent, after } = await onQuadratic(asam({ rho: 0.05, eta: 0 }), [2, 0.5]);
  assertClose(ascent, [0.099998046932, 0.000156246948], PRINTED);
  assertClose(after, [-0.099998046932, 0.449984375305], PRINTED);
});

Deno.test("asam() with η moves a parameter that is 0, and takes |w| of a negative one", async () => {
  // T = (1.5, 0.5), g = (−10, 0): the ascent is ρ · 2.25 · (−10)/15.
  const { ascent } = await onQuadratic(asam({ rho: 0.1, eta: 0.5 }), [-1, 0]);
  assertClose(ascent, [-0.15, 0], PRINTED);
});

Deno.test("sam() and asam() stay where there is no slope", async () => {
  for (const criterion of [sam(), asam()]) {
    const { after } = await onQuadratic(criterion, [0, 0]);
    assert.deepEqual(after, [0, 0]);
  }
});

Deno.test("adversarialExamples() moves each pixel by ±ε against the label, within [0, 1]", async () => {
  const examples = placeholder("examples", [2, 4]);
  const weights = placeholder("weights", [4, 2]);
  const labels = placeholder("labels", [2], "int32");
  const losses = softmaxCrossEntropy(matMul(examples, weights), labels);
  const moved = adversarialExamples({ plain: { losses, logits: losses }, examples }, 0.25);
  await using session = await referenceEngine().load({ f: { outputs: { moved } } });
  const outputs = await session.run("f", {
    examples: Float64Array.of(...[0.5, 0.5, 0.125, 0.5], ...[0.5, 0.5, 0.125, 0.875]),
    // Pixel 1 speaks for class 0, pixel 2 for class 1, 3 for 0, and 4 for none, then for class 1.
    weights: Float64Array.of(1, 0, 0, 1, 1, 0, 0, 0),
    labels: Int32Array.of(0, 1),
  });
  assert.deepEqual([...outputs.moved!], [
    ...[0.25, 0.75, 0, 0.5], // 0.125 − 0.25 is cut off at 0; what does not matter stays
    ...[0.75, 0.25, 0.375, 0.875],
  ]);
  const clipped = await session.run("f", {
    examples: Float64Array.of(...[0.5, 0.875, 0.3, 0.7], ...[1, 0, 0.1, 0.9]),
    weights: Float64Array.of(1, 0, 0, 1, 1, 0, 0, 0),
    labels: Int32Array.of(0, 1),
  });
  assert.deepEqual([...clipped.moved!], [
    ...[0.25, 1, 0.3 - 0.25, 0.7],
    ...[1, 0, 0.35, 0.9],
  ]);
});
