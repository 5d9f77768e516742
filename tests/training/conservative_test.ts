import assert from "node:assert/strict";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { constant } from "../../lib/graph/ops/constant.ts";
import { variable } from "../../lib/graph/ops/leaf.ts";
import { scale } from "../../lib/graph/ops/mul.ts";
import { square } from "../../lib/graph/ops/square.ts";
import { sumAll } from "../../lib/graph/ops/sum.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { adam } from "../../lib/training/adam.ts";
import {
  anchorFunction,
  type Conservative,
  conservative,
  heldBack,
  initialAnchors,
} from "../../lib/training/conservative.ts";
import { initialSlots, type Optimiser } from "../../lib/training/optimiser.ts";
import { sgd } from "../../lib/training/sgd.ts";
import { train, type TrainingOptions } from "../../lib/training/train.ts";
import { testOnEngines } from "../engine/engines.ts";
import { assertClose } from "../support/assert_close.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

/** Where each batch ends on f(x) = x²/2 from x = 1. */
async function outerIterates(optimiser: Optimiser, rule: Conservative, batches: number) {
  const x = variable("x", [1]);
  const [gradient] = vjp(scale(sumAll(square(x)), 0.5), constant(1), [x]);
  const session = await referenceEngine().load({
    anchor: anchorFunction(rule, optimiser, [x]),
    step: { outputs: {}, updates: optimiser.updates([x], heldBack(rule, [x], [gradient!])) },
  });
  await session.assign({
    x: Float64Array.of(1),
    ...initialSlots(optimiser, [x]),
    ...initialAnchors([x]),
  });
  const path: number[] = [];
  for (let k = 0; k < batches; k++) {
    await session.run("anchor", {});
    for (let i = 1; i <= rule.iterations; i++) {
      const t = rule.memory === "fresh" ? i : k * rule.iterations + i;
      await session.run("step", optimiser.feeds(t));
    }
    path.push((await session.read(["x"])).x![0]!);
  }
  return path;
}

Deno.test("conservative() pulls back to where each batch began: closed form", async () => {
  const [alpha, lambda] = [0.25, 0.5];
  const wanted: number[] = [];
  let x = 1;
  for (let k = 0; k < 3; k++) {
    const anchor = x;
    // x ← x − α (x + λ (x − x_k)), twice
    for (let i = 0; i < 2; i++) x -= alpha * (x + lambda * (x - anchor));
    wanted.push(x);
  }
  const rule = conservative({ lambda, iterations: 2 });
  const path = await outerIterates(sgd({ learningRate: alpha }), rule, 3);
  assertClose(path, wanted, { relative: 0, absolute: 1e-15 });
});

Deno.test("conservative() with fresh ADAM takes the published step", async () => {
  // Three iterations of ADAM with λ = 1e-3 on x²/2 from 1; rates are fed as float32.
  const rule = conservative({ memory: "fresh" });
  const [first, second] = await outerIterates(adam(), rule, 2);
  assertClose([first!], [0.997000096176740], { relative: 0, absolute: 1e-7 });
  // Fresh again: the same steps from another point, of nearly the same length.
  assertClose([second! - first!], [first! - 1], { relative: 1e-3 });
  const kept = await outerIterates(adam(), conservative(), 2);
  assert.notEqual(kept[1], second);
});

Deno.test("conservative() refuses a negative λ and a broken number of iterations", () => {
  assert.throws(() => conservative({ lambda: -1 }), /conservative training with lambda = -1/);
  assert.throws(() => conservative({ iterations: 1.5 }), /conservatively with 1.5 iterations/);
});

const net = toyNetwork();
const data = { train: toyDataset(50, 1), test: toyDataset(20, 2) };
const start = initialPoint(net, 1);
const options = (more: Partial<TrainingOptions>): TrainingOptions => ({
  engine: referenceEngine(),
  batchSize: 50,
  stop: { kind: "epochs", epochs: 2 },
  seed: 1,
  iterate: "last",
  ...more,
});

Deno.test("train() conservatively with λ = 0 is plain training, one batch several times", async () => {
  const rule = conservative({ lambda: 0, iterations: 3 });
  const held = await train(net, data, start, options({ conservative: rule }));
  const plain = await train(net, data, start, options({ stop: { kind: "epochs", epochs: 6 } }));
  assert.equal(held.history.at(-1)!.steps, 6);
  // The full batch comes in another order, which changes the rounding of sums.
  assertClose(held.x, plain.x, { absolute: 1e-9 });
});

Deno.test("train() conservatively stays nearer where the spring is stiffer", async () => {
  const distances: number[] = [];
  for (const lambda of [0, 1, 100]) {
    const rule = conservative({ lambda, iterations: 20 });
    const optimiser = sgd({ learningRate: 0.005 });
    const { history } = await train(
      net,
      data,
      start,
      options({ conservative: rule, optimiser, stop: { kind: "epochs", epochs: 1 } }),
    );
    distances.push(history.at(-1)!.distanceFromStart);
  }
  const [free, held, stiff] = distances as [number, number, number];
  assert.ok(stiff < held && held < free, `${distances}`);
});

testOnEngines("train() conservatively agrees with the reference engine", async (engine) => {
  const more = { conservative: conservative({ lambda: 0.5 }), batchSize: 16 };
  const wanted = await train(net, data, start, options(more));
  const { x } = await train(net, data, start, options({ ...more, engine }));
  // Two epochs of float32 steps, each of which ADAM scales to 1e-3.
  assertClose(x, wanted.x, { absolute: 1e-4 });
});
