import assert from "node:assert/strict";
import { referenceEngine } from "../../../lib/engine/reference/engine.ts";
import { initialPoint } from "../../../lib/networks/initial_point.ts";
import { activation } from "../../../lib/networks/layers/activation.ts";
import { dense } from "../../../lib/networks/layers/dense.ts";
import { dropout } from "../../../lib/networks/layers/dropout.ts";
import { norm } from "../../../lib/networks/layers/norm.ts";
import { type Network, stack } from "../../../lib/networks/network.ts";
import { adversarial } from "../../../lib/training/criteria/adversarial.ts";
import { asam } from "../../../lib/training/criteria/asam.ts";
import { plain } from "../../../lib/training/criteria/plain.ts";
import { sam } from "../../../lib/training/criteria/sam.ts";
import { stability } from "../../../lib/training/criteria/stability.ts";
import type { Criterion } from "../../../lib/training/criterion.ts";
import { train } from "../../../lib/training/train.ts";
import { testOnEngines } from "../../engine/engines.ts";
import oracle from "../../oracles/criteria_torch.json" with { type: "json" };
import { assertClose, relativeError } from "../../support/assert_close.ts";
import { toyDataset, toyNetwork } from "../../support/toy_problem.ts";
import { firstStep, type StepStart } from "./first_step.ts";

const { constants } = oracle;
const CRITERIA: Readonly<Record<keyof typeof oracle.gradients, Criterion>> = {
  plain: plain(),
  adversarial: adversarial(constants.adversarial),
  stability: stability(constants.stability),
  sam: sam(constants.sam),
  asam: asam(constants.asam),
};

const start: StepStart = {
  x: Float64Array.from(oracle.weights),
  features: Float64Array.from(oracle.x),
  labels: Int32Array.from(oracle.labels),
  key: oracle.key as [number, number],
};

for (const [kind, criterion] of Object.entries(CRITERIA)) {
  testOnEngines(`the gradient of ${criterion.name} is PyTorch's`, async (engine, { double }) => {
    const { gradient } = await firstStep(engine, toyNetwork(), criterion, start);
    const wanted = Float64Array.from(oracle.gradients[kind as keyof typeof oracle.gradients]);
    // In double precision the floor of 1e-12 under ascents' norms shows. In single, gradients of
    // size 0.1 come as differences of weights of size 1, which adds a rounding: 6e-7.
    const error = relativeError(gradient, wanted);
    assert.ok(error <= (double ? 1e-11 : 5e-6), `relative error ${error}`);
  });
}

Deno.test("the criteria differ in the oracle by far more than the tolerance", () => {
  for (const [kind, gradient] of Object.entries(oracle.gradients)) {
    if (kind === "plain") continue;
    const error = relativeError(gradient, Float64Array.from(oracle.gradients.plain));
    assert.ok(error > 1e-3, `${kind} differs from plain by ${error}`);
  }
});

Deno.test("a step reports the losses and averages the moments of its pass at x", async () => {
  const engine = referenceEngine();
  const wanted = await firstStep(engine, toyNetwork(), plain(), start);
  for (const criterion of Object.values(CRITERIA)) {
    const { losses, moments } = await firstStep(engine, toyNetwork(), criterion, start);
    assert.deepEqual(losses, wanted.losses, criterion.name);
    assert.deepEqual(moments, wanted.moments, criterion.name);
  }
});

/** Half of its units drop out. */
function dropping(): Network {
  return stack("dropping", [5], [dense(40), norm(), activation("tanh"), dropout(0.5), dense(3)]);
}

Deno.test("all passes of a step drop the same units", async () => {
  const network = dropping();
  const from: StepStart = { ...start, x: initialPoint(network, 1) };
  const engine = referenceEngine();
  const wanted = await firstStep(engine, network, plain(), from);
  const other = await firstStep(engine, network, plain(), { ...from, key: [11, 4] });
  assert.ok(relativeError(other.gradient, wanted.gradient) > 0.1, "the masks must matter here");
  // Passes next to each other: of the three, each gradient is within reach of the plain one.
  const near = [sam({ rho: 1e-6 }), asam({ rho: 1e-6 }), adversarial({ epsilon: 1e-6 })];
  for (const criterion of near) {
    const { gradient } = await firstStep(engine, network, criterion, from);
    assert.ok(relativeError(gradient, wanted.gradient) < 1e-4, criterion.name);
  }
  // With the same units dropped, KL(p ‖ p) = 0 has no gradient.
  const stable = stability({ deviation: 1e-9, weight: 1e3 });
  const { gradient } = await firstStep(engine, network, stable, from);
  assert.ok(relativeError(gradient, wanted.gradient) < 1e-4, stable.name);
});

Deno.test("stability() draws other noise at another step", async () => {
  const engine = referenceEngine();
  const at = async (t: number) =>
    (await firstStep(engine, toyNetwork(), CRITERIA.stability, { ...start, key: [11, t] }))
      .gradient;
  assert.deepEqual(await at(3), await at(3));
  assert.ok(relativeError(await at(4), await at(3)) > 1e-3);
});

Deno.test("train() descends the criterion, and its history is of f", async () => {
  const net = toyNetwork();
  const x0 = initialPoint(net, 1);
  const run = (criterion?: Criterion) =>
    train(net, { train: toyDataset(50, 1), test: toyDataset(20, 2) }, x0, {
      engine: referenceEngine(),
      batchSize: 25,
      stop: { kind: "epochs", epochs: 3 },
      seed: 1,
      ...(criterion && { criterion }),
    });
  const [without, withPlain, withSam] = [await run(), await run(plain()), await run(sam())];
  assert.deepEqual(withPlain.x, without.x);
  assert.deepEqual(withSam.history[0], without.history[0]);
  assert.notDeepEqual(withSam.x, without.x);
  assertClose([withSam.record.trainLoss], [without.record.trainLoss], { relative: 0.2 });
});

Deno.test("train() refuses features outside of those that adversarial() clips to", async () => {
  const net = toyNetwork();
  const data = { train: toyDataset(50, 1), test: toyDataset(20, 2) }; // Gaussian clouds
  const run = train(net, data, initialPoint(net, 1), {
    engine: referenceEngine(),
    batchSize: 25,
    stop: { kind: "epochs", epochs: 1 },
    seed: 1,
    criterion: adversarial(),
  });
  await assert.rejects(run, {
    name: "RangeError",
    message: /Cannot train on toy by the criterion "adversarial, .*a feature is -?\d.* in \[0, 1\]/,
  });
});

Deno.test("criteria are named with their constants, and refuse such as are out of range", () => {
  assert.equal(adversarial().name, "adversarial, ε = 0.25, share 0.5");
  assert.equal(stability().name, "stability, σ = 0.2, α = 0.01");
  assert.equal(sam().name, "SAM, ρ = 0.05");
  assert.equal(asam().name, "ASAM, ρ = 0.5, η = 0.01");
  const faults: [() => Criterion, RegExp][] = [
    [() => adversarial({ epsilon: 0 }), /adversarial training with epsilon = 0; want a positive/],
    [() => adversarial({ share: 1.5 }), /adversarial training with share = 1.5; want .* at most 1/],
    [() => adversarial({ share: 0 }), /adversarial training with share = 0/],
    [() => stability({ deviation: NaN }), /stability training with deviation = NaN/],
    [() => stability({ weight: -1 }), /stability training with weight = -1/],
    [() => sam({ rho: -0.1 }), /Cannot make SAM with rho = -0.1; want a positive number/],
    [() => asam({ eta: -1 }), /Cannot make ASAM with eta = -1/],
  ];
  for (const [make, message] of faults) assert.throws(make, { name: "RangeError", message });
});
