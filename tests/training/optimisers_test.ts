import assert from "node:assert/strict";
import type { Engine, Session } from "../../lib/engine/engine.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { constant } from "../../lib/graph/ops/constant.ts";
import { variable } from "../../lib/graph/ops/leaf.ts";
import { scale } from "../../lib/graph/ops/mul.ts";
import { square } from "../../lib/graph/ops/square.ts";
import { sumAll } from "../../lib/graph/ops/sum.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { adagrad } from "../../lib/training/adagrad.ts";
import { adam } from "../../lib/training/adam.ts";
import { initialSlots, type Optimiser } from "../../lib/training/optimiser.ts";
import { sgd } from "../../lib/training/sgd.ts";
import { train } from "../../lib/training/train.ts";
import { SINGLE_ENGINES, testOnEngines } from "../engine/engines.ts";
import { assertClose } from "../support/assert_close.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

/** The first iterates of an optimiser on f(x) = x²/2, whose gradient is x, from x = 1. */
async function iterates(optimiser: Optimiser, steps: number): Promise<number[]> {
  const x = variable("x", [1]);
  const [gradient] = vjp(scale(sumAll(square(x)), 0.5), constant(1), [x]);
  const updates = optimiser.updates([x], [gradient!]);
  const session: Session = await referenceEngine().load({ step: { outputs: {}, updates } });
  await session.assign({ x: Float64Array.of(1), ...initialSlots(optimiser, [x]) });
  const path: number[] = [];
  for (let t = 1; t <= steps; t++) {
    await session.run("step", optimiser.feeds(t));
    path.push((await session.read(["x"])).x![0]!);
  }
  return path;
}

// Rates and powers of β are fed as float32, which is exact for 0.5 and 0.25, and good to 6e-8 else.
const EXACT = { relative: 0, absolute: 1e-15 };
const FED_IN_SINGLE = { relative: 0, absolute: 2e-7 };

Deno.test("adam() takes the steps of Keras 1's form on x²/2", async () => {
  const wanted = [0.999000000316228, 0.998000026743820, 0.997000096772939];
  // At t = 1 a float32 of 1 − β₂ is good to 6e-5, of which the step of 1e-3 takes half.
  assertClose(await iterates(adam(), 3), wanted, { relative: 0, absolute: 1e-7 });
});

Deno.test("sgd() without momentum is x ← (1 − α) x on x²/2", async () => {
  assertClose(await iterates(sgd({ learningRate: 0.25 }), 3), [0.75, 0.5625, 0.421875], EXACT);
});

Deno.test("sgd() with momentum accumulates, and α stands outside", async () => {
  // u = 1, x = ¾; u = ½ + ¾ = 1¼, x = 7/16; u = 5/8 + 7/16 = 17/16, x = 11/64.
  const path = await iterates(sgd({ learningRate: 0.25, momentum: 0.5 }), 3);
  assertClose(path, [3 / 4, 7 / 16, 11 / 64], EXACT);
});

Deno.test("sgd() decays weights through the gradient", async () => {
  // g + λx = 1.5 x: x ← (1 − ¼ · 1.5) x
  const path = await iterates(sgd({ learningRate: 0.25, weightDecay: 0.5 }), 2);
  assertClose(path, [0.625, 0.390625], EXACT);
  const both = await iterates(sgd({ learningRate: 0.25, momentum: 0.5, weightDecay: 0.5 }), 2);
  // u = 1.5, x = 0.625; u = 0.75 + 0.9375 = 1.6875, x = 0.625 − 0.421875.
  assertClose(both, [0.625, 0.203125], EXACT);
});

Deno.test("adagrad() divides by the root of all squares so far", async () => {
  const path: number[] = [];
  let [x, a] = [1, 0];
  for (let t = 0; t < 4; t++) {
    a += x * x;
    x -= 0.1 * x / (Math.sqrt(a) + 1e-8);
    path.push(x);
  }
  assert.ok(Math.abs(path[0]! - 0.9) < 1e-8); // the first step is α, whatever the gradient
  assertClose(await iterates(adagrad({ learningRate: 0.1 }), 4), path, FED_IN_SINGLE);
});

const OPTIMISERS: readonly Optimiser[] = [
  adam(),
  sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 1e-3 }),
  adagrad(),
];

/** Weights after twenty steps on batches of ten. */
async function twentySteps(engine: Engine, optimiser: Optimiser): Promise<Float64Array> {
  const net = toyNetwork();
  const data = { train: toyDataset(50, 1), test: toyDataset(20, 2) };
  const { x } = await train(net, data, initialPoint(net, 1), {
    engine,
    optimiser,
    batchSize: 10,
    stop: { kind: "epochs", epochs: 4 },
    seed: 1,
    iterate: "last",
  });
  return x;
}

for (const optimiser of OPTIMISERS) {
  testOnEngines(`twenty steps of ${optimiser.name} are the reference's`, async (engine) => {
    const wanted = await twentySteps(referenceEngine(), optimiser);
    // Twenty steps of size α from gradients that are good to 1e-6. ADAM and ADAGRAD divide by the
    // gradient's size, so that entries next to zero lose digits: up to a tenth of one step.
    assertClose(await twentySteps(engine, optimiser), wanted, { relative: 0, absolute: 1e-4 });
  }, SINGLE_ENGINES);
}

Deno.test("optimisers refuse constants out of range, naming them", () => {
  const faults: [() => Optimiser, RegExp][] = [
    [() => adam({ learningRate: -1 }), /Cannot make ADAM with learningRate = -1; want a positive/],
    [() => adam({ beta1: 1 }), /ADAM with beta1 = 1; want a number of at least 0 and below 1/],
    [() => adam({ epsilon: NaN }), /ADAM with epsilon = NaN/],
    [() => sgd({ learningRate: Infinity }), /SGD with learningRate = Infinity/],
    [() => sgd({ learningRate: 1, momentum: -0.1 }), /SGD with momentum = -0.1/],
    [() => sgd({ learningRate: 1, weightDecay: -1 }), /SGD with weightDecay = -1/],
    [() => adagrad({ learningRate: 0 }), /ADAGRAD with learningRate = 0/],
  ];
  for (const [make, message] of faults) assert.throws(make, { name: "RangeError", message });
});
