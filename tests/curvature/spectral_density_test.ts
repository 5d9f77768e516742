import assert from "node:assert/strict";
import { spectralDensity } from "../../lib/curvature/spectral_density.ts";
import { laplacian, randomSymmetric } from "../linalg/matrices.ts";
import { symmetricEigen } from "../../lib/linalg/symmetric_eigen.ts";
import { assertClose } from "../support/assert_close.ts";
import { denseOperator, diagonalOperator } from "./operators.ts";

/** The trapezoidal rule. */
function integral(grid: Float64Array, density: Float64Array): number {
  let sum = 0;
  for (let i = 1; i < grid.length; i++) {
    sum += (grid[i]! - grid[i - 1]!) * (density[i]! + density[i - 1]!) / 2;
  }
  return sum;
}

Deno.test("spectralDensity() with n steps has the eigenvalues as its nodes", async () => {
  const n = 8;
  const matrix = randomSymmetric(n, 1);
  const { nodes, weights } = await spectralDensity(denseOperator(matrix, n), {
    steps: n,
    probes: 3,
    seed: 1,
  });
  const { values } = symmetricEigen(matrix, n);
  for (let k = 0; k < 3; k++) {
    const own = nodes.slice(k * n, (k + 1) * n);
    assertClose(own, values, { relative: 0, absolute: 1e-13 * Math.abs(values[0]!) });
  }
  assertClose([weights.reduce((sum, weight) => sum + weight, 0)], [1], { relative: 1e-13 });
});

Deno.test("spectralDensity() has an eigenvalue within the residual of each node", async () => {
  const n = 40;
  const matrix = randomSymmetric(n, 2);
  const { nodes, residuals } = await spectralDensity(denseOperator(matrix, n), {
    steps: 12,
    probes: 2,
    seed: 1,
  });
  const { values } = symmetricEigen(matrix, n);
  assert.equal(residuals.length, 24);
  for (const [j, node] of nodes.entries()) {
    const nearest = Math.min(...values.map((value) => Math.abs(value - node)));
    // Rounding of the eigenvalues themselves.
    assert.ok(nearest <= residuals[j]! + 1e-12, `${node}: ${nearest} > ${residuals[j]}`);
  }
  // The outermost have converged by far more than those within.
  assert.ok(residuals[11]! < 0.1 * residuals[5]!);
});

Deno.test("spectralDensity() has the moments of the spectrum", async () => {
  // E Σ w θ = tr H / n = 2 and E Σ w θ² = (6n − 2) / n for the Laplacian.
  const [n, probes] = [200, 40];
  const { nodes, weights } = await spectralDensity(denseOperator(laplacian(n), n), {
    steps: 10,
    probes,
    seed: 2,
  });
  const moment = (k: number) => nodes.reduce((sum, node, j) => sum + weights[j]! * node ** k, 0);
  // Var vᵀHᵏv ≈ 2 (mean of λ²ᵏ − (mean of λᵏ)²) / n for a random unit v: 2 · 2 / n and 2 · 34 / n.
  assertClose([moment(1)], [2], { absolute: 3 * Math.sqrt(4 / n / probes), relative: 0 });
  assertClose([moment(2)], [(6 * n - 2) / n], {
    absolute: 3 * Math.sqrt(68 / n / probes),
    relative: 0,
  });
});

Deno.test("spectralDensity() integrates to 1 and peaks where the eigenvalues are", async () => {
  // Three quarters at 1, one quarter at 9.
  const d = Float64Array.from({ length: 400 }, (_, i) => i % 4 === 0 ? 9 : 1);
  const told: [number, number][] = [];
  const { grid, density } = await spectralDensity(diagonalOperator(d), {
    steps: 5,
    probes: 10,
    seed: 1,
    onProduct: (...now) => told.push(now),
  });
  // The Gaussians end four widths beyond the grid: 6e-5 of half a peak each.
  assertClose([integral(grid, density)], [1], { relative: 1e-4 });
  const upper = density.map((value, i) => grid[i]! > 5 ? value : 0);
  // The share at 9 varies by √(2 · 3/16 / (n · probes)) = 0.01.
  assertClose([integral(grid, upper)], [0.25], { relative: 0, absolute: 0.03 });
  const peak = grid[density.indexOf(Math.max(...density))]!;
  assert.ok(Math.abs(peak - 1) < 0.02, `${peak}`);
  assert.deepEqual(told.at(-1), [20, 50]); // two distinct eigenvalues: two steps a probe
});

Deno.test("spectralDensity() of a single eigenvalue is one peak, wherever it lies", async () => {
  for (const value of [0, 3, -1e-9, 1e9]) {
    const { grid, density, nodes } = await spectralDensity(
      diagonalOperator(new Float64Array(5).fill(value)),
      { steps: 3, probes: 2, seed: 1 },
    );
    assertClose(nodes, [value, value], { relative: 1e-15 });
    assert.ok(grid.every((point, i) => i === 0 || point > grid[i - 1]!));
    assertClose([integral(grid, density)], [1], { relative: 1e-3 });
  }
});

Deno.test("spectralDensity() refuses bad counts and products that are not finite", async () => {
  const operator = diagonalOperator([1, 2]);
  for (const bad of [0, -1, 1.5, NaN]) {
    await assert.rejects(spectralDensity(operator, { steps: bad, probes: 1, seed: 1 }), RangeError);
    await assert.rejects(spectralDensity(operator, { steps: 1, probes: bad, seed: 1 }), RangeError);
  }
  await assert.rejects(
    spectralDensity(diagonalOperator([1, NaN]), { steps: 1, probes: 1, seed: 1 }),
    RangeError,
  );
});
