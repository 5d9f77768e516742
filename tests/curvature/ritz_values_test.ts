import assert from "node:assert/strict";
import { ritzValues } from "../../lib/curvature/ritz_values.ts";
import { columnBasis } from "../../lib/linalg/basis.ts";
import { symmetricEigen } from "../../lib/linalg/symmetric_eigen.ts";
import { stream } from "../../lib/random/stream.ts";
import { randomSubspace } from "../../lib/sharpness/subspace.ts";
import { laplacian, randomSymmetric } from "../linalg/matrices.ts";
import { assertClose } from "../support/assert_close.ts";
import {
  denseOperator,
  diagonalOperator,
  inner,
  togetherOperator,
  unitColumns,
} from "./operators.ts";

Deno.test("ritzValues() of the Laplacian on the first p unit vectors are 2 − 2 cos(kπ / (p + 1))", async () => {
  const operator = denseOperator(laplacian(10), 10);
  const { values, residuals, products } = await ritzValues(operator, unitColumns(10, 3));
  assertClose(values, [0.5857864376269049, 2, 3.414213562373095], { relative: 1e-14 });
  // Of HAu − θAu only row p + 1 is left, −u_p; u_p = sin(3kπ/4) / √2.
  assertClose(residuals, [0.5, Math.SQRT1_2, 0.5], { relative: 1e-14 });
  assert.equal(products, 3);
  assert.equal(operator.products, 3);
});

Deno.test("ritzValues() depends on the subspace alone, not on its columns", async () => {
  const n = 30;
  const operator = denseOperator(randomSymmetric(n, 1), n);
  const subspace = { ambient: n, dimension: 4, seed: 2 };
  const gaussian = await ritzValues(
    operator,
    randomSubspace({ ...subspace, distribution: "gaussian" }),
  );
  for (const distribution of ["unit-column", "orthonormal"] as const) {
    const other = await ritzValues(operator, randomSubspace({ ...subspace, distribution }));
    assertClose(other.values, gaussian.values, { relative: 0, absolute: 1e-13 });
    assertClose(other.residuals, gaussian.residuals, { absolute: 1e-13 });
  }
  // Columns mixed and stretched over six orders of magnitude.
  const columns = Array.from({ length: 4 }, (_, j) => {
    const mix = Float64Array.from({ length: 4 }, (_, k) => k > j ? 0 : 10 ** (j - 3) * (k + 1));
    return randomSubspace({ ...subspace, distribution: "gaussian" }).expand(mix);
  });
  const mixed = await ritzValues(operator, columns);
  assertClose(mixed.values, gaussian.values, { relative: 0, absolute: 1e-11 });
});

Deno.test("ritzValues() interlaces the spectrum and reaches it on the whole space", async () => {
  const n = 12;
  const matrix = randomSymmetric(n, 3);
  const spectrum = symmetricEigen(matrix, n).values;
  for (const dimension of [1, 4, n]) {
    const basis = randomSubspace({ ambient: n, dimension, distribution: "gaussian", seed: 1 });
    const { values, residuals } = await ritzValues(denseOperator(matrix, n), basis);
    values.forEach((theta, i) => {
      assert.ok(spectrum[i]! <= theta + 1e-12 && theta <= spectrum[n - dimension + i]! + 1e-12);
    });
    // On the whole space the residual is rounding, times the condition of A.
    if (dimension === n) assert.ok(Math.max(...residuals) < 1e-11, `${residuals}`);
  }
});

Deno.test("ritzValues() loses only the residuals' digits where images are kept in float32", async () => {
  const d = Float64Array.from({ length: 50 }, (_, i) => i);
  const basis = randomSubspace({ ambient: 50, dimension: 5, distribution: "gaussian", seed: 1 });
  const exact = await ritzValues(diagonalOperator(d), basis);
  const rounded = await ritzValues(diagonalOperator(d), basis, { byteBudget: 0 });
  assert.deepEqual(rounded.values, exact.values);
  assertClose(rounded.residuals, exact.residuals, { relative: 1e-6 });
  assert.notDeepEqual(rounded.residuals, exact.residuals);
  // Where the residual is 0, what is left is the rounding of float32, not its square root.
  const columns = unitColumns(50, 3);
  columns[0]![7] = 0.1;
  columns[1]![7] = 0.7;
  columns[2]![7] = 1e3;
  const sevens = diagonalOperator(d.map(() => 7));
  const scalar = await ritzValues(sevens, columns, { byteBudget: 0 });
  assert.ok(Math.max(...scalar.residuals) < 1e-6, `${scalar.residuals}`);
});

Deno.test("ritzValues() of softmax regression at W = 0 are the eigenvalues of XᵀX / M over K", async () => {
  // H = (I/K − 11ᵀ/K²) ⊗ XᵀX/M; X = [[1,0],[0,2],[1,1]], K = 3.
  const covariance = [2 / 3, 1 / 3, 1 / 3, 5 / 3];
  const n = 6;
  const hessian = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const [a, b] = [Math.floor(i / 2), Math.floor(j / 2)];
      hessian[i * n + j] = ((a === b ? 1 : 0) / 3 - 1 / 9) * covariance[(i % 2) * 2 + j % 2]!;
    }
  }
  const { values } = await ritzValues(denseOperator(hessian, n), unitColumns(n, n));
  const [low, high] = [0.1885804847, 0.5891972931];
  assertClose(values, [0, 0, low, low, high, high], { relative: 1e-9, absolute: 1e-15 });
});

Deno.test("ritzValues() has the residual ‖HAu − θAu‖ / ‖Au‖ of a single column", async () => {
  const n = 20;
  const operator = denseOperator(randomSymmetric(n, 5), n);
  const a = new Float64Array(n);
  stream(1, "column").fillNormal(a, 0);
  const image = await operator.apply(a);
  const theta = inner(a, image) / inner(a, a);
  const misfit = image.map((entry, i) => entry - theta * a[i]!);
  const told: [number, number][] = [];
  const { values, residuals } = await ritzValues(operator, [a], {
    onProduct: (...now) => told.push(now),
  });
  assertClose(values, [theta], { relative: 1e-13 });
  assertClose(residuals, [Math.sqrt(inner(misfit, misfit) / inner(a, a))], { relative: 1e-13 });
  assert.deepEqual(told, [[1, 1]]);
});

Deno.test("ritzValues() takes several products together where the operator can", async () => {
  const operator = denseOperator(randomSymmetric(12, 3), 12);
  const together = togetherOperator(operator);
  const basis = randomSubspace({ ambient: 12, dimension: 11, distribution: "gaussian", seed: 1 });
  assert.deepEqual(await ritzValues(together, basis), await ritzValues(operator, basis));
  assert.deepEqual(together.groups, [4, 4, 3]);
});

Deno.test("ritzValues() refuses dependent columns, other dimensions and products that are not finite", async () => {
  const operator = diagonalOperator([1, 2, 3]);
  const column = Float64Array.of(1, 2, 3);
  await assert.rejects(ritzValues(operator, [column, column]), RangeError);
  await assert.rejects(ritzValues(operator, columnBasis([new Float64Array(2).fill(1)])), TypeError);
  await assert.rejects(ritzValues(operator, []), TypeError);
  await assert.rejects(ritzValues(diagonalOperator([1, NaN, 3]), [column]), RangeError);
});
