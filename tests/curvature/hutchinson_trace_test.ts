import assert from "node:assert/strict";
import { hutchinsonTrace } from "../../lib/curvature/hutchinson_trace.ts";
import { laplacian } from "../linalg/matrices.ts";
import { assertClose } from "../support/assert_close.ts";
import { denseOperator, diagonalOperator, togetherOperator } from "./operators.ts";

Deno.test("hutchinsonTrace() of a diagonal operator is exact with one probe", async () => {
  const d = Float64Array.from({ length: 100 }, (_, i) => i - 30);
  const { mean, standardError, probes } = await hutchinsonTrace(diagonalOperator(d), {
    probes: 1,
    seed: 1,
  });
  assert.equal(mean, 4950 - 3000);
  assert.ok(Number.isNaN(standardError));
  assert.equal(probes, 1);
  const two = await hutchinsonTrace(diagonalOperator(d), { probes: 2, seed: 1 });
  assert.equal(two.standardError, 0);
});

Deno.test("hutchinsonTrace() of the Laplacian has the known mean and spread", async () => {
  // tr = 2n; the variance of a probe is 2 Σ_{i≠j} H_ij² = 4 (n − 1).
  const [n, probes] = [50, 4000];
  const operator = denseOperator(laplacian(n), n);
  const { mean, standardError } = await hutchinsonTrace(operator, { probes, seed: 2 });
  const spread = Math.sqrt(4 * (n - 1) / probes);
  assert.ok(Math.abs(mean - 2 * n) < 3 * spread, `${mean}`);
  // A standard deviation from 4000 samples is known to 1/√8000 = 1.1 %; three times that.
  assertClose([standardError], [spread], { relative: 0.035 });
  assert.equal(operator.products, probes);
});

Deno.test("hutchinsonTrace() is reproducible and follows its seed", async () => {
  const operator = denseOperator(laplacian(9), 9);
  const first = await hutchinsonTrace(operator, { probes: 5, seed: 1 });
  assert.deepEqual(await hutchinsonTrace(operator, { probes: 5, seed: 1 }), first);
  assert.notEqual((await hutchinsonTrace(operator, { probes: 5, seed: 2 })).mean, first.mean);
  for (const probes of [0, -1, 1.5, NaN]) {
    await assert.rejects(hutchinsonTrace(operator, { probes, seed: 1 }), RangeError);
  }
});

Deno.test("hutchinsonTrace() takes several products together where the operator can", async () => {
  const operator = denseOperator(laplacian(9), 9);
  const together = togetherOperator(operator);
  const options = { probes: 19, seed: 1 };
  const wanted = await hutchinsonTrace(operator, options);
  assert.deepEqual(await hutchinsonTrace(together, options), wanted);
  assert.deepEqual(together.groups, [4, 4, 4, 4, 3]);
});
