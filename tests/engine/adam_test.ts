import assert from "node:assert/strict";
import type { Engine, Session } from "../../lib/engine/engine.ts";
import { placeholder, variable } from "../../lib/graph/ops/leaf.ts";
import { square } from "../../lib/graph/ops/square.ts";
import { scale } from "../../lib/graph/ops/mul.ts";
import { sumAll } from "../../lib/graph/ops/sum.ts";
import { constant } from "../../lib/graph/ops/constant.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import { assertClose } from "../support/assert_close.ts";
import { testOnEngines } from "./engines.ts";

const SCALARS = ["rate", "power1", "power2"].map((name) => placeholder(name, []));

/** ADAM on f(x) = x²/2, whose gradient is x. */
function loadHalfSquare(engine: Engine, size: number): Promise<Session> {
  const [x, m, v] = ["x", "m", "v"].map((name) => variable(name, [size]));
  const f = scale(sumAll(square(x!)), 0.5);
  const [learningRate, beta1Power, beta2Power] = SCALARS;
  return engine.load({
    step: {
      outputs: { f, m: m! },
      updates: [{
        kind: "adam",
        variable: x!,
        gradient: vjp(f, constant(1), [x!])[0]!,
        firstMoment: m!,
        secondMoment: v!,
        learningRate: learningRate!,
        beta1Power: beta1Power!,
        beta2Power: beta2Power!,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
      }],
    },
  });
}

function scalarsAt(t: number): Record<string, Float64Array> {
  return {
    rate: Float64Array.of(1e-3),
    power1: Float64Array.of(0.9 ** t),
    power2: Float64Array.of(0.999 ** t),
  };
}

testOnEngines(
  "ADAM takes the steps of Keras 1's form on x²/2 from 1",
  async (engine, { double }) => {
    // By hand in double precision; with ε inside the bias correction, as Kingma & Ba print it, the
    // first would be 0.99900000001.
    const iterates = [0.999000000316228, 0.998000026743820, 0.997000096772939];
    await using session = await loadHalfSquare(engine, 1);
    await session.assign({ x: Float64Array.of(1), m: new Float64Array(1), v: new Float64Array(1) });
    for (const [i, wanted] of iterates.entries()) {
      await session.run("step", scalarsAt(i + 1));
      const { x } = await session.read(["x"]);
      // All printed digits; in float32, whose unit below 1 is 6e-8, a rounding or two a step.
      assertClose(x!, [wanted], { relative: 0, absolute: double ? 1e-15 : 2e-7 });
    }
  },
);

testOnEngines("ADAM's outputs are from before the step, entry by entry", async (engine) => {
  const start = Float32Array.of(1, -2, 0.5, 0);
  await using session = await loadHalfSquare(engine, 4);
  await session.assign({ x: start, m: new Float32Array(4), v: new Float32Array(4) });
  const { f, m } = await session.run("step", scalarsAt(1));
  assertClose(f!, [(1 + 4 + 0.25) / 2], { relative: 1e-6 });
  assert.deepEqual([...m!], [0, 0, 0, 0]);
  const after = await session.read(["x", "m", "v"]);
  // m = (1 − β₁)g and v = (1 − β₂)g²; where g = 0 nothing moves, though √v is 0.
  assertClose(after.m!, start.map((g) => 0.1 * g), { relative: 1e-6 });
  assertClose(after.v!, start.map((g) => 0.001 * g ** 2), { relative: 1e-4 }); // 1 − 0.999 in float32
  assertClose(after.x!, [0.999, -1.999, 0.499, 0], { relative: 1e-6 });
});
