import assert from "node:assert/strict";
import { symmetricEigen } from "../../lib/linalg/symmetric_eigen.ts";
import { tridiagonalEigen } from "../../lib/linalg/tridiagonal_eigen.ts";
import { assertClose } from "../support/assert_close.ts";
import { laplacianValues } from "./matrices.ts";

Deno.test("tridiagonalEigen() gives first and last components without the rest", () => {
  // The k-th eigenvector of the Laplacian is √(2/(n+1)) sin(ikπ/(n+1)).
  const n = 12;
  const ends = new Float64Array(2 * n);
  ends[0] = ends[2 * n - 1] = 1;
  const { values, rotated } = tridiagonalEigen(
    new Float64Array(n).fill(2),
    new Float64Array(n - 1).fill(-1),
    ends,
  );
  assertClose(values, laplacianValues(n), { relative: 0, absolute: 1e-14 });
  const length = Math.sqrt(2 / (n + 1));
  for (let k = 0; k < n; k++) {
    const component = length * Math.sin((k + 1) * Math.PI / (n + 1));
    const got = [Math.abs(rotated[2 * k]!), Math.abs(rotated[2 * k + 1]!)];
    assertClose(got, [component, component], { relative: 0, absolute: 1e-14 });
  }
});

Deno.test("tridiagonalEigen() splits at zeros and resolves Wilkinson's close pairs", () => {
  // Wilkinson's W21+: its largest eigenvalues agree to 14 digits (Wilkinson 1965, §5.45).
  const diagonal = Float64Array.from({ length: 21 }, (_, i) => Math.abs(10 - i));
  const { values } = tridiagonalEigen(diagonal, new Float64Array(20).fill(1), new Float64Array(21));
  assertClose(values.slice(-2), [10.746194182903393, 10.746194182903393], { relative: 1e-14 });
  assertClose([values[0]!], [-1.1254415221199845], { relative: 1e-14 });

  const split = tridiagonalEigen(
    Float64Array.of(5, 0, 0, -3),
    Float64Array.of(0, 1, 0),
    new Float64Array(4),
  );
  assertClose(split.values, [-3, -1, 1, 5], { relative: 1e-15 });
});

Deno.test("tridiagonalEigen() of V = I agrees with the dense solver's vectors up to sign", () => {
  const diagonal = Float64Array.of(1, -2, 0.5, 3);
  const offDiagonal = Float64Array.of(1, 0.25, -2);
  const dense = new Float64Array(16);
  const identity = new Float64Array(16);
  for (let i = 0; i < 4; i++) {
    dense[5 * i] = diagonal[i]!;
    identity[5 * i] = 1;
    if (i < 3) dense[4 * i + i + 1] = dense[4 * (i + 1) + i] = offDiagonal[i]!;
  }
  const { values, rotated } = tridiagonalEigen(diagonal, offDiagonal, identity);
  for (let k = 0; k < 4; k++) {
    for (let i = 0; i < 4; i++) {
      let image = 0;
      for (let j = 0; j < 4; j++) image += dense[4 * i + j]! * rotated[4 * k + j]!;
      assertClose([image], [values[k]! * rotated[4 * k + i]!], { relative: 0, absolute: 1e-14 });
    }
  }
  assertClose(values, symmetricEigen(dense, 4).values, { relative: 1e-13 });
  assert.deepEqual([...diagonal, ...offDiagonal], [1, -2, 0.5, 3, 1, 0.25, -2]);
});
