// Metric 2.1 where the maximum over the box is known in closed form. The robust protocol is asked
// for, since at an exact minimum the gradient is 0 and with it the vertex start. Tolerances are 1e-9:
// L-BFGS-B ends on the vertex itself, or in the interior at a point whose error enters squared.
import assert from "node:assert/strict";
import { sharpness } from "../../lib/sharpness/metric.ts";
import { assertClose } from "../support/assert_close.ts";
import { laplacian } from "../linalg/matrices.ts";
import { diagonal, quadratic, smooth } from "./functions.ts";

const CLOSE = { relative: 1e-9 };

/** A diagonal bowl with unequal half-widths and f(x) = ¼. */
const BOWL_X = Float64Array.of(1, -2, 0.5, 0);
const BOWL = quadratic({ hessian: diagonal(100, 10, 1, 0.1), x: BOWL_X, offset: 0.25 });

Deno.test("sharpness() of a diagonal bowl is 100 · ½ Σ λ b² / (1 + c)", async () => {
  for (const [epsilon, percent] of [[1e-3, 0.019694], [5e-4, 0.0049235]] as const) {
    const measured = await sharpness(BOWL, BOWL_X, { epsilon, protocol: "robust" });
    assertClose([measured.percent], [percent], CLOSE);
    assert.equal(measured.activeShare, 1);
  }
});

Deno.test("sharpness() of a linear function is 100 Σ |g| b / (1 + f)", async () => {
  const x = Float64Array.of(0, 1, -4);
  const linear = quadratic({ hessian: diagonal(0, 0, 0), slope: [1, -2, 3], x, offset: 0.5 });
  for (const [epsilon, percent] of [[1e-3, 4 / 3], [5e-4, 2 / 3]] as const) {
    for (const protocol of ["paper", "literal", "robust"] as const) {
      const measured = await sharpness(linear, x, { epsilon, protocol });
      assertClose([measured.percent], [percent], CLOSE);
    }
  }
});

Deno.test("sharpness() of a separable function finds maxima on bounds and inside", async () => {
  // Coordinate 2 has its maximum g²/(2|λ|) inside the box, the others on a bound.
  const x = new Float64Array(4);
  const slope = [0.1, 0.001, 1, -2];
  const separable = quadratic({ hessian: diagonal(4, -10, -10, 0), slope, x });
  for (const protocol of ["paper", "robust"] as const) {
    const measured = await sharpness(separable, x, { epsilon: 1e-3, protocol });
    assertClose([measured.percent], [0.309705], CLOSE);
    assert.equal(measured.activeShare, 0.75);
  }
});

Deno.test("sharpness() of a rank-one bowl is 50 (Σ |v| b)²", async () => {
  const x = Float64Array.of(0, 1, 2);
  const v = [3, -1, 2];
  const bowl = quadratic({ hessian: v.flatMap((a) => v.map((b) => a * b)), x });
  const measured = await sharpness(bowl, x, { epsilon: 1e-3, protocol: "robust" });
  assertClose([measured.percent], [0.00605], CLOSE);
});

Deno.test("sharpness() along one direction depends on the column's length", async () => {
  for (const [length, percent] of [[1, 0.0056244375], [0.5, 0.0017359375]] as const) {
    const basis = [new Float64Array(4).fill(length)];
    const measured = await sharpness(BOWL, BOWL_X, {
      epsilon: 1e-3,
      subspace: { basis },
      protocol: "robust",
    });
    assertClose([measured.percent], [percent], CLOSE);
  }
});

Deno.test("sharpness() in an orthonormal plane is the best of four vertices", async () => {
  const basis = [Float64Array.of(1, 1, 1, 1), Float64Array.of(1, -1, 1, -1)];
  for (const column of basis) column.forEach((entry, i) => column[i] = entry / 2);
  const measured = await sharpness(BOWL, BOWL_X, {
    epsilon: 1e-3,
    subspace: { basis },
    protocol: "robust",
  });
  assertClose([measured.percent], [0.01638725], CLOSE);
  assertClose([measured.subspace!.gramCondition], [1]);
});

Deno.test("sharpness() of the 1-D Laplacian ends in local vertices, and in the alternating one", async () => {
  const x = new Float64Array(10);
  const measured = await sharpness(quadratic({ hessian: laplacian(10), x }), x, {
    epsilon: 1e-3,
    protocol: "robust",
    restarts: 30,
  });
  // 2n − 1 − 2k where k neighbours agree in sign.
  const vertices = Array.from({ length: 10 }, (_, k) => 1e-4 * (19 - 2 * k));
  for (const { start, percent } of measured.restarts) {
    if (start === "origin" || start === "vertex") continue; // x itself, where the gradient is 0
    assert.ok(vertices.some((vertex) => Math.abs(percent - vertex) < 1e-12), `${percent}`);
  }
  assertClose([measured.percent], [0.0019], CLOSE);
});

Deno.test("sharpness() sees a rescaling that leaves the function unchanged (Dinh et al. 2017)", async () => {
  // f(w) = ½ (w₁w₂ − 1)² at (α, 1/α).
  const product = smooth(
    2,
    ([v, w]) => 0.5 * (v! * w! - 1) ** 2,
    ([v, w]) => [(v! * w! - 1) * w!, (v! * w! - 1) * v!],
  );
  const table: [number, number, number][] = [
    [1, 0.0008016008, 0.00020020005],
    [10, 0.0073351483, 0.0018319556],
    [100, 0.5213431293, 0.1302056093],
    [1000, 50.3007510008, 12.5626282626],
  ];
  for (const [alpha, ...percents] of table) {
    for (const [i, epsilon] of [1e-3, 5e-4].entries()) {
      const measured = await sharpness(product, Float64Array.of(alpha, 1 / alpha), {
        epsilon,
        protocol: "robust",
      });
      const exact = 50 *
        ((1 + epsilon) ** 2 + epsilon ** 2 - 1 + epsilon * (1 + epsilon) * (alpha + 1 / alpha)) **
          2;
      assertClose([measured.percent], [exact], { relative: 1e-7 }); // f loses digits at w₁w₂ = 1
      assertClose([exact], [percents[i]!], { relative: 5e-7 }); // as many as were written down
    }
  }
});
