import assert from "node:assert/strict";
import { minimizeInBox } from "../../lib/optim/lbfgsb.ts";
import { relativeError } from "../support/assert_close.ts";
import { denseIterates } from "./dense_lbfgsb.ts";
import {
  objectiveFrom,
  quadratic,
  randomConvexQuadratic,
  rosenbrock,
  uniformFrom,
  vector,
} from "./random_problems.ts";

Deno.test("minimizeInBox() takes the steps of a dense recursion", async () => {
  let [bent, compared] = [0, 0];
  for (let seed = 0; seed < 12; seed++) {
    const uniform = uniformFrom(seed);
    const n = 3 + seed % 8;
    const { h, b } = randomConvexQuadratic(uniform, n);
    const objective = seed % 3 === 2 ? objectiveFrom(n, rosenbrock) : quadratic(h, b);
    const lower = vector(uniform, n, -2, -0.2);
    const box = { lower, upper: vector(uniform, n, 0.2, 2) };
    const start = vector(uniform, n, -2, 2);
    const memory = 2 + seed % 4;
    const points: Float64Array[] = [];
    await minimizeInBox(objective, start, box, {
      memory,
      maxIterations: 10,
      gradientTolerance: 1e-4,
      decreaseTolerance: 0,
      onIteration: ({ x }) => points.push(x.slice()),
    });
    const iterations = points.length - 1;
    const dense = await denseIterates(objective, start, box, { memory, iterations });
    for (const [k, point] of points.entries()) {
      // Rounding doubles or so from step to step: 1e-16 · 10⁴ for B's condition, and 2¹⁰.
      assert.ok(relativeError(point, dense[k]!) < 1e-9, `seed ${seed}, iterate ${k}`);
      if (point.some((xi, i) => xi === box.lower[i] || xi === box.upper[i])) bent++;
      compared++;
    }
  }
  assert.ok(compared > 80 && bent > 40, `${compared} iterates, ${bent} on bounds`);
});
