/** Whoever evaluates into one array, again and again, gets the same results. */
import assert from "node:assert/strict";
import { hutchinsonTrace } from "../../lib/curvature/hutchinson_trace.ts";
import { lanczos } from "../../lib/curvature/lanczos.ts";
import { ritzValues } from "../../lib/curvature/ritz_values.ts";
import type { LinearOperator } from "../../lib/linalg/operator.ts";
import { minimizeInBox } from "../../lib/optim/lbfgsb.ts";
import type { Objective } from "../../lib/optim/objective.ts";
import { adaptiveSharpness } from "../../lib/sharpness/adaptive_sharpness.ts";
import { ballSharpness } from "../../lib/sharpness/ball_sharpness.ts";
import { sharpness } from "../../lib/sharpness/metric.ts";
import { quadratic } from "./functions.ts";

const X = Float64Array.of(0.5, -1, 2);
const HESSIAN = [4, 1, 0, 1, -3, 1, 0, 1, 2];
const saddle = () => quadratic({ hessian: HESSIAN, slope: [0.01, -0.02, 0], x: X });

/** The same function, with every gradient in one array. */
function reusing(objective: Objective): Objective {
  const shared = new Float64Array(objective.dimension);
  return {
    dimension: objective.dimension,
    async evaluate(x) {
      const { value, gradient } = await objective.evaluate(x);
      shared.set(gradient);
      return { value, gradient: shared };
    },
  };
}

/** v ↦ Hv, every product in one array if `shared` is given. */
function operator(shared?: Float64Array): LinearOperator {
  return {
    dimension: 3,
    apply(v) {
      const product = shared ?? new Float64Array(3);
      product.forEach((_, i) => {
        product[i] = v.reduce((sum, vj, j) => sum + HESSIAN[3 * i + j]! * vj, 0);
      });
      return Promise.resolve(product);
    },
  };
}

const MEASURES: Record<string, (objective: Objective) => Promise<unknown>> = {
  "minimizeInBox()": (objective) =>
    minimizeInBox(objective, new Float64Array(3), {
      lower: Float64Array.of(-1, -2, -3),
      upper: Float64Array.of(1, 2, 3),
    }),
  "sharpness() by its paper protocol": (objective) => sharpness(objective, X, { epsilon: 1e-2 }),
  "sharpness() by its robust protocol": (objective) =>
    sharpness(objective, X, { epsilon: 1e-2, protocol: "robust" }),
  "sharpness() in a subspace": (objective) =>
    sharpness(objective, X, {
      epsilon: 1e-2,
      subspace: { dimension: 2, distribution: "gaussian", seed: 1 },
    }),
  "ballSharpness()": (objective) => ballSharpness(objective, X, { rho: 0.1 }),
  "adaptiveSharpness() in the box": (objective) => adaptiveSharpness(objective, X, { rho: 0.1 }),
  "adaptiveSharpness() in the ellipsoid": (objective) =>
    adaptiveSharpness(objective, X, { rho: 0.1, neighbourhood: "ellipsoid" }),
};

for (const [name, measure] of Object.entries(MEASURES)) {
  Deno.test(`${name} takes an objective that overwrites its gradient`, async () => {
    assert.deepEqual(await measure(reusing(saddle())), await measure(saddle()));
  });
}

Deno.test("sharpness() leaves a constant gradient as it is", async () => {
  const slope = Float64Array.of(1, -2, 3);
  const linear: Objective = {
    dimension: 3,
    evaluate: (y) =>
      Promise.resolve({ value: slope.reduce((sum, g, i) => sum + g * y[i]!, 20), gradient: slope }),
  };
  for (const protocol of ["paper", "literal", "robust"] as const) {
    await sharpness(linear, X, { epsilon: 1e-3, protocol });
    assert.deepEqual([...slope], [1, -2, 3], protocol);
  }
});

Deno.test("lanczos(), ritzValues() and hutchinsonTrace() take products in one array", async () => {
  const basis = [Float64Array.of(1, 0, 1), Float64Array.of(0, 2, 1)];
  for (
    const measure of [
      (h: LinearOperator) => lanczos(h, { steps: 3, seed: 1 }),
      (h: LinearOperator) => ritzValues(h, basis),
      (h: LinearOperator) => hutchinsonTrace(h, { probes: 8, seed: 1 }),
    ] as const
  ) assert.deepEqual(await measure(operator(new Float64Array(3))), await measure(operator()));
});
