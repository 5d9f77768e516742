import assert from "node:assert/strict";
import { columnBasis, type SubspaceBasis } from "../../lib/linalg/basis.ts";
import { stream } from "../../lib/random/stream.ts";
import {
  gramCondition,
  pseudoInverse,
  randomSubspace,
  SUBSPACE_DISTRIBUTIONS,
  type SubspaceDistribution,
} from "../../lib/sharpness/subspace.ts";
import { assertClose } from "../support/assert_close.ts";

const DISTRIBUTIONS = SUBSPACE_DISTRIBUTIONS;

/** A's columns, each A e_j. */
function columnsOf(basis: SubspaceBasis): Float64Array[] {
  return Array.from({ length: basis.dimension }, (_, j) => {
    const unit = new Float64Array(basis.dimension);
    unit[j] = 1;
    return basis.expand(unit);
  });
}

Deno.test("randomSubspace() gives the same bits whether A is kept or drawn anew", () => {
  // Eight blocks of rows and a part of one.
  const [ambient, dimension] = [9000, 5];
  for (const distribution of DISTRIBUTIONS) {
    const options = { ambient, dimension, distribution, seed: 3 };
    const kept = randomSubspace(options);
    const redrawn = randomSubspace({ ...options, byteBudget: 0 });
    const y = Float64Array.of(1, -2, 0.5, 3, 0.25);
    const x = kept.expand(y);
    assert.deepEqual(redrawn.expand(y), x);
    assert.deepEqual(redrawn.restrict(x), kept.restrict(x));
    assert.deepEqual(redrawn.gram(), kept.gram());
  }
});

Deno.test("randomSubspace() takes entry (i, j) from number i p + j of its stream", () => {
  const [ambient, dimension] = [4100, 3];
  const basis = randomSubspace({ ambient, dimension, distribution: "gaussian", seed: 9 });
  const entries = new Float32Array(ambient * dimension);
  stream(9, "random matrix", "gaussian").fillSingleNormal(entries, 0);
  columnsOf(basis).forEach((column, j) => {
    assert.deepEqual(column, Float64Array.from(column, (_, i) => entries[i * dimension + j]!));
  });
});

Deno.test("randomSubspace() has the Gram matrix of its columns", () => {
  for (const distribution of DISTRIBUTIONS) {
    const basis = randomSubspace({ ambient: 500, dimension: 7, distribution, seed: 1 });
    const gram = columnBasis(columnsOf(basis)).gram();
    // Sums of 500 products, in another order; entries beside the diagonal are ~√500 smaller.
    const size = Math.max(...gram);
    assertClose(basis.gram(), gram, { relative: 0, absolute: 1e-13 * size });
  }
});

Deno.test("randomSubspace() draws what the distribution's name says", () => {
  const [ambient, dimension] = [20_000, 4];
  const gramOf = (distribution: SubspaceDistribution) =>
    randomSubspace({ ambient, dimension, distribution, seed: 2 }).gram();
  const isDiagonal = (k: number) => k % (dimension + 1) === 0;
  // Five standard deviations: of a sum of n squares, √(2n) or √(4n/45); of n products, √n or √n/3.
  const root = Math.sqrt(ambient);
  gramOf("gaussian").forEach((entry, k) => {
    const wanted = isDiagonal(k) ? ambient : 0;
    assert.ok(Math.abs(entry - wanted) < 5 * root * Math.sqrt(isDiagonal(k) ? 2 : 1));
  });
  gramOf("uniform").forEach((entry, k) => {
    const wanted = isDiagonal(k) ? ambient / 3 : 0;
    assert.ok(Math.abs(entry - wanted) < 5 * root * (isDiagonal(k) ? Math.sqrt(4 / 45) : 1 / 3));
  });
  // E[u²] = 1/3 and E[u u′] = 1/4, with variances 4/45 and 1/9 − 1/16 = 7/144 an entry.
  gramOf("positive").forEach((entry, k) => {
    const [wanted, sd] = isDiagonal(k)
      ? [ambient / 3, Math.sqrt(4 / 45)]
      : [ambient / 4, Math.sqrt(7 / 144)];
    assert.ok(Math.abs(entry - wanted) < 5 * root * sd);
  });
  gramOf("unit-column").forEach((entry, k) => {
    if (isDiagonal(k)) assertClose([entry], [1], { relative: 1e-14 });
    else assert.ok(entry !== 0 && Math.abs(entry) < 5 / root);
  });
  gramOf("orthonormal").forEach((entry, k) => assert.equal(entry, isDiagonal(k) ? 1 : 0));
  const [column] = columnsOf(
    randomSubspace({ ambient, dimension, distribution: "uniform", seed: 2 }),
  );
  assert.ok(Math.max(...column!.map(Math.abs)) <= 1 && Math.min(...column!) < -0.99);
});

Deno.test("unit-column and orthonormal span the Gaussian subspace of the same seed", () => {
  const options = { ambient: 60, dimension: 4, seed: 5 };
  const gaussian = randomSubspace({ ...options, distribution: "gaussian" });
  for (const distribution of ["unit-column", "orthonormal"] as const) {
    for (const column of columnsOf(randomSubspace({ ...options, distribution }))) {
      const projected = gaussian.expand(pseudoInverse(gaussian, column));
      assertClose(projected, column, { relative: 0, absolute: 1e-14 });
    }
  }
  const other = randomSubspace({ ...options, distribution: "gaussian", seed: 6 });
  assert.notDeepEqual(other.gram(), gaussian.gram());
});

Deno.test("pseudoInverse() satisfies the normal equations and inverts expand()", () => {
  const x = Float64Array.from({ length: 30 }, (_, i) => Math.cos(i * i));
  for (const distribution of DISTRIBUTIONS) {
    const basis = randomSubspace({ ambient: 30, dimension: 6, distribution, seed: 4 });
    const y = Float64Array.from({ length: 6 }, (_, j) => j - 2.5);
    // The condition of AᵀA is below 10 here.
    assertClose(pseudoInverse(basis, basis.expand(y)), y, { relative: 1e-13 });
    const projected = basis.expand(pseudoInverse(basis, x));
    const rest = basis.restrict(x.map((xi, i) => xi - projected[i]!));
    assertClose(rest, new Float64Array(6), { absolute: 1e-13 });
  }
});

Deno.test("pseudoInverse() refuses dependent columns", () => {
  const column = Float64Array.of(1, 2, 3);
  const basis = columnBasis([column, column.map((entry) => 2 * entry)]);
  assert.throws(() => pseudoInverse(basis, column), RangeError);
});

Deno.test("gramCondition() is the squared ratio of a diagonal basis's lengths", () => {
  const basis = columnBasis([Float64Array.of(3, 0), Float64Array.of(0, 0.5)]);
  assertClose([gramCondition(basis)], [36], { relative: 1e-14 });
  assert.equal(gramCondition(columnBasis([Float64Array.of(1, 0), new Float64Array(2)])), Infinity);
});

Deno.test("randomSubspace() refuses a dimension that is not 1 to n", () => {
  for (const dimension of [0, -1, 1.5, 11, NaN]) {
    assert.throws(
      () => randomSubspace({ ambient: 10, dimension, distribution: "gaussian", seed: 1 }),
      RangeError,
    );
  }
});
