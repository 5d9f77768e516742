import assert from "node:assert/strict";
import { dot, indexOfNonFinite, norm, subtract } from "../../lib/linalg/vector.ts";

Deno.test("dot() and norm() are exact on small whole numbers, whatever the length", () => {
  for (let n = 1; n < 13; n++) {
    // Σ i (i + 1) = n (n² − 1) / 3 over i < n.
    const a = Float64Array.from({ length: n }, (_, i) => i);
    assert.equal(dot(a, a.map((i) => i + 1)), n * (n * n - 1) / 3);
  }
  assert.equal(norm(Float64Array.of(2, 3, 6)), 7);
});

Deno.test("dot() shows any NaN or Infinity, even against a zero", () => {
  for (const bad of [NaN, Infinity, -Infinity]) {
    for (let i = 0; i < 6; i++) {
      const a = new Float64Array(6).fill(1);
      a[i] = bad;
      assert.ok(!Number.isFinite(dot(a, new Float64Array(6))));
      assert.equal(indexOfNonFinite(a), i);
    }
  }
  assert.equal(indexOfNonFinite(Float64Array.of(0, -0, 1e308)), -1);
});

Deno.test("subtract() may write over its arguments", () => {
  const a = Float64Array.of(5, 7);
  subtract(a, Float64Array.of(1, 2), a);
  assert.deepEqual([...a], [4, 5]);
  subtract(Float64Array.of(1, 1), a, a);
  assert.deepEqual([...a], [-3, -4]);
});
