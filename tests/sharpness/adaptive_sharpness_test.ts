import assert from "node:assert/strict";
import { adaptiveSharpness } from "../../lib/sharpness/adaptive_sharpness.ts";
import { assertClose } from "../support/assert_close.ts";
import { counted, diagonal, quadratic, smooth } from "./functions.ts";

const X = Float64Array.of(1, -2, 0.5, 0);

Deno.test("adaptiveSharpness() of a diagonal quadratic in the box is ½ρ² Σ t² max(λ, 0)", async () => {
  const bowl = quadratic({ hessian: diagonal(100, 10, -1, 7), x: X });
  for (const eta of [0, 0.1]) {
    const measured = await adaptiveSharpness(bowl, X, { rho: 1e-3, eta });
    const t = X.map((xi) => Math.abs(xi) + eta);
    const exact = 0.5e-6 * (100 * t[0]! ** 2 + 10 * t[1]! ** 2 + 7 * t[3]! ** 2);
    // The end is the vertex itself but for coordinate 3, whose error enters squared.
    assertClose([measured.rise], [exact], { relative: 1e-9 });
  }
});

Deno.test("adaptiveSharpness() of a quadratic in the ellipsoid is ½ρ²λ_max(THT)", async () => {
  // THT has the block [[8, 4], [4, 8]] with the eigenvalues 12 and 4, and 7 · 0.5².
  const hessian = [8, -2, 0, 0, -2, 2, 0, 0, 0, 0, 7, 0, 0, 0, 0, 1e6];
  const bowl = quadratic({ hessian, x: X });
  const measured = await adaptiveSharpness(bowl, X, {
    rho: 0.1,
    neighbourhood: "ellipsoid",
    maxIterations: 60,
  });
  assertClose([measured.rise], [0.5 * 0.01 * 12], { relative: 1e-9 });
});

Deno.test("adaptiveSharpness() of a linear function is ρ‖Tg‖, dual norm", async () => {
  const linear = quadratic({ hessian: diagonal(0, 0, 0, 0), slope: [3, 2, 0, 9], x: X });
  for (const [neighbourhood, norm] of [["box", 3 + 4], ["ellipsoid", 5]] as const) {
    const options = { rho: 0.01, neighbourhood, restarts: 0 };
    assertClose([(await adaptiveSharpness(linear, X, options)).rise], [0.01 * norm]);
  }
});

/** f(w) = ½ (w₁w₂ − 1)², a linear network of two weights (Dinh et al. 2017's example in small). */
const product = smooth(
  2,
  ([v, w]) => 0.5 * (v! * w! - 1) ** 2,
  ([v, w]) => [(v! * w! - 1) * w!, (v! * w! - 1) * v!],
);

Deno.test("adaptiveSharpness() is invariant under rescaling, in closed form", async () => {
  const rho = 1e-3;
  for (const alpha of [1, 10, 100, 1000]) {
    const x = Float64Array.of(alpha, 1 / alpha);
    const box = await adaptiveSharpness(product, x, { rho, restarts: 6 });
    const ellipsoid = await adaptiveSharpness(product, x, {
      rho,
      neighbourhood: "ellipsoid",
      restarts: 6,
    });
    // The largest product is (1 + ρ)² in the box, (1 + ρ/√2)² in the ellipsoid; f itself loses
    // digits near w₁w₂ = 1: 1e-16/1e-3, squared.
    assertClose([box.percent], [50 * ((1 + rho) ** 2 - 1) ** 2], { relative: 1e-9 });
    const largest = (1 + rho / Math.SQRT2) ** 2;
    assertClose([ellipsoid.rise], [0.5 * (largest - 1) ** 2], { relative: 1e-9 });
  }
});

Deno.test("adaptiveSharpness() takes the same way after rescaling by a power of two", async () => {
  // Away from a minimum, and with a budget that ends the climb early: equal iterates, not only equal
  // maxima. Powers of two are exact, so nothing may differ.
  const measure = (alpha: number, neighbourhood: "box" | "ellipsoid") =>
    adaptiveSharpness(product, Float64Array.of(1.5 * alpha, 0.7 / alpha), {
      rho: 0.2,
      neighbourhood,
      maxIterations: 2,
    });
  for (const neighbourhood of ["box", "ellipsoid"] as const) {
    const plain = await measure(1, neighbourhood);
    assert.ok(plain.moved);
    assert.deepEqual(await measure(2 ** 20, neighbourhood), plain);
    // With η the measure is not invariant: here 1/α is small against it.
    const x = Float64Array.of(1.5 * 1024, 0.7 / 1024);
    const shifted = await adaptiveSharpness(product, x, { rho: 0.2, neighbourhood, eta: 0.01 });
    assert.ok(shifted.rise > 2 * plain.rise);
  }
});

Deno.test("adaptiveSharpness() leaves zero weights where they are", async () => {
  const cliff = quadratic({ hessian: diagonal(1, 1, 1, 1e9), slope: [1, 0, 0, 1e9], x: X });
  const watched = {
    dimension: 4,
    evaluate(x: Float64Array) {
      assert.equal(x[3], 0);
      return cliff.evaluate(x);
    },
  };
  for (const neighbourhood of ["box", "ellipsoid"] as const) {
    await adaptiveSharpness(watched, X, { rho: 0.1, neighbourhood });
  }
});

Deno.test("adaptiveSharpness() counts evaluations, grows with ρ, and stays in its box", async () => {
  const objective = counted(quadratic({
    hessian: [4, 1, 0, 0, 1, -3, 1, 0, 0, 1, 2, 0, 0, 0, 0, 1],
    slope: [0.01, -0.02, 0, 0],
    x: X,
  }));
  let last = 0;
  for (const rho of [1e-3, 1e-2, 1e-1]) {
    objective.evaluations = 0;
    const watched = {
      dimension: 4,
      evaluate(x: Float64Array) {
        x.forEach((xi, i) =>
          assert.ok(Math.abs(xi - X[i]!) <= rho * Math.abs(X[i]!) * (1 + 1e-12) + 1e-16)
        );
        return objective.evaluate(x);
      },
    };
    const measured = await adaptiveSharpness(watched, X, { rho, restarts: 2 });
    assert.equal(measured.evaluations, objective.evaluations);
    assert.ok(measured.rise > last);
    last = measured.rise;
  }
});

Deno.test("adaptiveSharpness() refuses what it cannot measure", async () => {
  const bowl = quadratic({ hessian: diagonal(1, 1), x: new Float64Array(2) });
  const x = Float64Array.of(1, 1);
  await assert.rejects(adaptiveSharpness(bowl, x, { rho: 0 }), /adaptive sharpness with rho = 0/);
  await assert.rejects(adaptiveSharpness(bowl, x, { rho: 1, eta: -1 }), RangeError);
  await assert.rejects(adaptiveSharpness(bowl, x, { rho: 1, restarts: 0.5 }), RangeError);
  await assert.rejects(adaptiveSharpness(bowl, X, { rho: 1 }), TypeError);
});
