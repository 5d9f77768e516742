import assert from "node:assert/strict";
import { lanczos } from "../../lib/curvature/lanczos.ts";
import { symmetricEigen } from "../../lib/linalg/symmetric_eigen.ts";
import { laplacian, laplacianValues, randomSymmetric } from "../linalg/matrices.ts";
import { assertClose } from "../support/assert_close.ts";
import { denseOperator, diagonalOperator, inner } from "./operators.ts";

Deno.test("lanczos() of all n steps gives the Laplacian's eigenvalues 2 − 2 cos(kπ / (n + 1))", async () => {
  const { values, residuals, stopReason } = await lanczos(denseOperator(laplacian(10), 10), {
    steps: 20,
    seed: 1,
  });
  assertClose(values.slice(-2), [3.682507065662, 3.918985947229], { relative: 1e-12 });
  assertClose(values, laplacianValues(10), { relative: 0, absolute: 1e-14 });
  assert.equal(stopReason, "invariant");
  assert.ok(Math.max(...residuals) < 1e-13);
});

Deno.test("lanczos() keeps orthogonality over as many steps as dimensions", async () => {
  // Without reorthogonalisation the outlier would be found again and again.
  const n = 120;
  const d = Float64Array.from({ length: n }, (_, i) => i === 0 ? 1000 : 1 / i);
  const { values, vectors } = await lanczos(diagonalOperator(d), {
    steps: n,
    seed: 2,
    keepVectors: true,
  });
  assert.equal(values.filter((value) => value > 2).length, 1);
  for (const [i, u] of vectors!.entries()) {
    for (const [j, v] of vectors!.entries()) {
      // n roundings.
      assertClose([inner(u, v)], [i === j ? 1 : 0], { absolute: 3e-14 });
    }
  }
});

Deno.test("lanczos() has residuals β_m |s_m,i| equal to ‖Hu − θu‖", async () => {
  const n = 40;
  const operator = denseOperator(randomSymmetric(n, 1), n);
  const { values, residuals, vectors, steps } = await lanczos(operator, {
    steps: 12,
    seed: 3,
    keepVectors: true,
  });
  assert.equal(steps, 12);
  for (const [i, u] of vectors!.entries()) {
    const image = await operator.apply(u);
    const misfit = image.map((entry, k) => entry - values[i]! * u[k]!);
    assertClose([Math.sqrt(inner(misfit, misfit))], [residuals[i]!], { absolute: 1e-13 });
    assertClose([inner(u, u)], [1], { relative: 1e-13 });
  }
});

Deno.test("lanczos() has a true eigenvalue within each residual, and interlaces the spectrum", async () => {
  const n = 40;
  const matrix = randomSymmetric(n, 4);
  const spectrum = symmetricEigen(matrix, n).values;
  for (const steps of [1, 3, 15]) {
    const { values, residuals } = await lanczos(denseOperator(matrix, n), { steps, seed: 5 });
    values.forEach((theta, i) => {
      const nearest = Math.min(...spectrum.map((lambda) => Math.abs(lambda - theta)));
      assert.ok(nearest <= residuals[i]! + 1e-13);
      // Cauchy: λ_i ≤ θ_i ≤ λ_{n−m+i}.
      assert.ok(spectrum[i]! <= theta + 1e-13 && theta <= spectrum[n - steps + i]! + 1e-13);
    });
  }
});

Deno.test("lanczos() gives the same values whether vectors are kept or not", async () => {
  const operator = denseOperator(randomSymmetric(20, 6), 20);
  const options = { steps: 8, seed: 1 };
  const { vectors, ...kept } = await lanczos(operator, { ...options, keepVectors: true });
  const bare = await lanczos(operator, options);
  assert.equal(vectors!.length, 8);
  assert.ok(!("vectors" in bare));
  assertClose(bare.values, kept.values, { relative: 0, absolute: 1e-14 });
  assertClose(bare.residuals, kept.residuals, { absolute: 1e-13 });
  assertClose(bare.weights, kept.weights, { absolute: 1e-13 });
});

Deno.test("lanczos() ends at an invariant space, where its values are exact", async () => {
  const cases: [number[], number[], number[]][] = [
    [[1, 1, 1, 5, 5], [1, 2, 3, 4, 5], [1, 5]],
    [[0, 0, 0], [1, 1, 1], [0]],
    [[3, 7, 9], [0, 2, 0], [7]],
    [[1e-9, 2e-9, 2e-9], [1, 1, 1], [1e-9, 2e-9]],
    [[1e9, -1e9, 1e9], [1, 1, 1], [-1e9, 1e9]],
  ];
  for (const [d, start, wanted] of cases) {
    const { values, residuals, steps, stopReason } = await lanczos(diagonalOperator(d), {
      steps: 5,
      seed: 1,
      start: Float64Array.from(start),
    });
    const size = Math.max(...d.map(Math.abs));
    assertClose(values, wanted, { relative: 0, absolute: 1e-15 * size });
    assert.ok(Math.max(...residuals) <= 1e-14 * size);
    assert.deepEqual([steps, stopReason], [wanted.length, "invariant"]);
  }
});

Deno.test("lanczos() weights are those of Gauss quadrature: Σ w θᵏ = qᵀHᵏq", async () => {
  const n = 15;
  const operator = denseOperator(laplacian(n), n);
  const q = new Float64Array(n).fill(1 / Math.sqrt(n));
  const { values, weights } = await lanczos(operator, { steps: 4, seed: 1, start: q });
  let power: Float64Array = q;
  for (let k = 0; k <= 7; k++) { // exact up to degree 2m − 1
    const moment = values.reduce((sum, theta, i) => sum + weights[i]! * theta ** k, 0);
    assertClose([moment], [inner(q, power)], { relative: 1e-12 });
    power = await operator.apply(power);
  }
});

Deno.test("lanczos() stops at a product that is not finite", async () => {
  const laplace = denseOperator(laplacian(8), 8);
  for (const [failing, found] of [[1, 0], [3, 2]] as const) {
    let product = 0;
    const operator = {
      dimension: 8,
      apply: async (v: Float64Array) =>
        ++product === failing ? new Float64Array(8).fill(NaN) : await laplace.apply(v),
    };
    const result = await lanczos(operator, { steps: 5, seed: 1, keepVectors: true });
    assert.equal(result.stopReason, "not-finite");
    assert.equal(result.steps, failing);
    assert.equal(result.values.length, found);
    assert.equal(result.vectors!.length, found);
    const whole = await lanczos(laplace, { steps: Math.max(1, found), seed: 1 });
    if (found > 0) assertClose(result.values, whole.values, { absolute: 1e-14 });
  }
});

Deno.test("lanczos() is reproducible, tells its progress, and leaves products unchanged", async () => {
  const image = Float64Array.of(2, 1, 0); // the same array every time
  const operator = { dimension: 3, apply: () => Promise.resolve(image) };
  await lanczos(operator, { steps: 2, seed: 1 });
  assert.deepEqual([...image], [2, 1, 0]);

  const told: [number, number][] = [];
  const matrix = denseOperator(laplacian(6), 6);
  const options = { steps: 3, seed: 9 };
  const first = await lanczos(matrix, { ...options, onProduct: (...now) => told.push(now) });
  assert.deepEqual(told, [[1, 3], [2, 3], [3, 3]]);
  assert.equal(matrix.products, 3);
  assert.deepEqual(await lanczos(matrix, options), first);
  assert.notDeepEqual((await lanczos(matrix, { steps: 3, seed: 10 })).values, first.values);
});

Deno.test("lanczos() refuses what has no Krylov space", async () => {
  const operator = diagonalOperator([1, 2]);
  for (const steps of [0, -1, 1.5, NaN]) {
    await assert.rejects(lanczos(operator, { steps, seed: 1 }), RangeError);
  }
  for (const start of [[0, 0], [NaN, 1], [Infinity, 1]]) {
    const options = { steps: 1, seed: 1, start: Float64Array.from(start) };
    await assert.rejects(lanczos(operator, options), RangeError);
  }
  const long = { steps: 1, seed: 1, start: new Float64Array(3).fill(1) };
  await assert.rejects(lanczos(operator, long), TypeError);
});
