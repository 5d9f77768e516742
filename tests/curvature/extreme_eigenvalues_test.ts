import assert from "node:assert/strict";
import { extremeEigenvalues } from "../../lib/curvature/extreme_eigenvalues.ts";
import { symmetricEigen } from "../../lib/linalg/symmetric_eigen.ts";
import { laplacian, laplacianValues, randomSymmetric } from "../linalg/matrices.ts";
import { assertClose } from "../support/assert_close.ts";
import { denseOperator, diagonalOperator, inner } from "./operators.ts";

Deno.test("extremeEigenvalues() of the Laplacian are 2 − 2 cos(kπ / (n + 1)) at both ends", async () => {
  const n = 60;
  const wanted = laplacianValues(n);
  const { largest, smallest, converged } = await extremeEigenvalues(
    denseOperator(laplacian(n), n),
    { count: 3, tolerance: 1e-8 },
  );
  assert.ok(converged);
  // An eigenvalue's error is its residual squared over the gap: 1e-16 · 16 / 0.01.
  assertClose(largest.values, wanted.slice(-3).reverse(), { relative: 0, absolute: 1e-12 });
  assertClose(smallest.values, wanted.slice(0, 3), { relative: 0, absolute: 1e-12 });
});

Deno.test("extremeEigenvalues() stops as soon as the residuals allow, and not before", async () => {
  const n = 200;
  const matrix = randomSymmetric(n, 2);
  const spectrum = symmetricEigen(matrix, n).values;
  let before = 0;
  for (const tolerance of [1e-1, 1e-3, 1e-6]) {
    const operator = denseOperator(matrix, n);
    const found = await extremeEigenvalues(operator, { count: 2, tolerance });
    const size = Math.max(Math.abs(spectrum[0]!), Math.abs(spectrum[n - 1]!));
    for (const { values, residuals } of [found.largest, found.smallest]) {
      for (const [i, theta] of values.entries()) {
        assert.ok(residuals[i]! <= tolerance * size * 1.01);
        const nearest = Math.min(...spectrum.map((lambda) => Math.abs(lambda - theta)));
        assert.ok(nearest <= residuals[i]! + 1e-12);
      }
    }
    assert.equal(operator.products, found.products);
    assert.ok(found.products > before, `${found.products} products at ${tolerance}`);
    before = found.products;
    const short = { count: 2, tolerance, maxProducts: found.products - 1 };
    assert.equal((await extremeEigenvalues(operator, short)).converged, false);
  }
});

Deno.test("extremeEigenvalues() has vectors whose residuals are those it tells", async () => {
  const n = 30;
  const operator = denseOperator(randomSymmetric(n, 5), n);
  const { largest, smallest } = await extremeEigenvalues(operator, {
    count: 2,
    maxProducts: 12,
    keepVectors: true,
  });
  for (const { values, residuals, vectors } of [largest, smallest]) {
    for (const [i, u] of vectors!.entries()) {
      const image = await operator.apply(u);
      const misfit = image.map((entry, k) => entry - values[i]! * u[k]!);
      assertClose([Math.sqrt(inner(misfit, misfit))], [residuals[i]!], { absolute: 1e-13 });
      assertClose([inner(u, u)], [1], { relative: 1e-13 });
    }
  }
});

Deno.test("extremeEigenvalues() finds all there are where that is less than asked for", async () => {
  const found = await extremeEigenvalues(diagonalOperator([3, 3, -1]), { count: 4 });
  assert.deepEqual([found.stopReason, found.converged, found.products], ["invariant", true, 2]);
  assertClose(found.largest.values, [3, -1], { relative: 1e-14 });
  assertClose(found.smallest.values, [-1, 3], { relative: 1e-14 });
  const nothing = await extremeEigenvalues(diagonalOperator([0, 0]), { count: 1 });
  assert.deepEqual([nothing.converged, [...nothing.largest.values]], [true, [0]]);
});

Deno.test("extremeEigenvalues() refuses bad options and products that are not finite", async () => {
  const operator = diagonalOperator([1, 2]);
  const bad = [{ count: 0 }, { count: 1.5 }, { count: 1, maxProducts: 0 }, {
    count: 1,
    tolerance: NaN,
  }];
  for (const options of bad) {
    await assert.rejects(extremeEigenvalues(operator, options), RangeError);
  }
  await assert.rejects(extremeEigenvalues(diagonalOperator([1, NaN]), { count: 1 }), RangeError);
});
