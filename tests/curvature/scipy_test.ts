import { lanczos } from "../../lib/curvature/lanczos.ts";
import { ritzValues } from "../../lib/curvature/ritz_values.ts";
import { symmetricEigen } from "../../lib/linalg/symmetric_eigen.ts";
import { tridiagonalEigen } from "../../lib/linalg/tridiagonal_eigen.ts";
import stored from "../oracles/curvature_scipy.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";
import { denseOperator, inner } from "./operators.ts";

const N = 60;
/** H_ij = sin(ij + i + j) + 40 cos(i) [i = j], as in the script. */
const HESSIAN = Float64Array.from({ length: N * N }, (_, k) => {
  const [i, j] = [Math.floor(k / N), k % N];
  return Math.sin(i * j + i + j) + (i === j ? 40 * Math.cos(i) : 0);
});
/** Some hundred roundings of ‖H‖ = 43, on either side. */
const CLOSE = { relative: 0, absolute: 1e-12 };

Deno.test("symmetricEigen() agrees with SciPy's eigh", () => {
  assertClose(symmetricEigen(HESSIAN, N).values, stored.eigenvalues, CLOSE);
});

Deno.test("tridiagonalEigen() agrees with SciPy's eigh_tridiagonal", () => {
  const diagonal = Float64Array.from({ length: N }, (_, i) => 10 * Math.sin(i));
  const beside = Float64Array.from({ length: N - 1 }, (_, i) => Math.sqrt((i + 1) * (N - 1 - i)));
  const { values } = tridiagonalEigen(diagonal, beside, new Float64Array(N));
  assertClose(values, stored.tridiagonal, CLOSE);
});

Deno.test("ritzValues() agrees with SciPy's generalised eigh", async () => {
  const columns = stored.ritz.values.map((_, j) => {
    const column = Float64Array.from({ length: N }, (_, i) => Math.cos(i * (j + 1) / 2));
    const length = Math.sqrt(inner(column, column));
    return column.map((entry) => entry * (j + 1) / length);
  });
  const { values, residuals } = await ritzValues(denseOperator(HESSIAN, N), columns);
  assertClose(values, stored.ritz.values, CLOSE);
  assertClose(residuals, stored.ritz.residuals, CLOSE);
});

Deno.test("lanczos() agrees with the Krylov space by Householder's QR", async () => {
  const { values, residuals, weights } = await lanczos(denseOperator(HESSIAN, N), {
    steps: stored.lanczos.values.length,
    seed: 1,
    start: new Float64Array(N).fill(1),
  });
  assertClose(values, stored.lanczos.values, CLOSE);
  assertClose(residuals, stored.lanczos.residuals, CLOSE);
  assertClose(weights, stored.lanczos.weights, CLOSE);
});
