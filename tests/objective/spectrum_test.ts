import assert from "node:assert/strict";
import { extremeEigenvalues } from "../../lib/curvature/extreme_eigenvalues.ts";
import { hutchinsonTrace } from "../../lib/curvature/hutchinson_trace.ts";
import { ritzValues } from "../../lib/curvature/ritz_values.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { selectEngine } from "../../lib/engine/select.ts";
import { blockOperator } from "../../lib/linalg/block_operator.ts";
import { columnBasis } from "../../lib/linalg/basis.ts";
import { symmetricEigen } from "../../lib/linalg/symmetric_eigen.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { stream } from "../../lib/random/stream.ts";
import { denseOperator } from "../curvature/operators.ts";
import { assertClose } from "../support/assert_close.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

const net = toyNetwork();
const n = net.dimension;
const data = toyDataset(30);
const x = initialPoint(net, 7);

/** The whole Hessian from central differences of float64 gradients; no second derivative rule. */
async function denseHessian(): Promise<Float64Array> {
  await using f = await objectiveOf(net, data, { engine: referenceEngine() });
  const step = 1e-5; // error ~ step² f⁗ + 1e-16 / step: below 1e-9
  const hessian = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const at = async (shift: number) => {
      const moved = x.slice();
      moved[i]! += shift;
      return (await f.evaluate(moved)).gradient;
    };
    const [after, before] = [await at(step), await at(-step)];
    for (let j = 0; j < n; j++) hessian[i * n + j] = (after[j]! - before[j]!) / (2 * step);
  }
  return hessian.map((entry, k) => (entry + hessian[(k % n) * n + Math.floor(k / n)]!) / 2);
}

Deno.test("the spectrum of a small network is that of its dense float64 Hessian to 1e-5", async () => {
  const matrix = await denseHessian();
  const { values } = symmetricEigen(matrix, n);
  const size = Math.max(...values.map(Math.abs));
  const close = { relative: 0, absolute: 1e-5 * size };
  await using f = await objectiveOf(net, data, { engine: await selectEngine() });
  const hessian = f.hessian(x);

  const { largest, smallest, converged } = await extremeEigenvalues(hessian, {
    count: 3,
    tolerance: 1e-4,
    maxProducts: n,
  });
  assert.ok(converged);
  assertClose(largest.values, values.slice(-3).reverse(), close);
  assertClose(smallest.values, values.slice(0, 3), close);

  // Columns of unlike lengths, far from orthogonal.
  const columns = Array.from({ length: 6 }, (_, j) => {
    const column = new Float64Array(n);
    stream(1, "column", j).fillNormal(column, 0);
    return column.map((entry) => 1 + 3 ** j * entry);
  });
  const wanted = await ritzValues(denseOperator(matrix, n), columns);
  const found = await ritzValues(hessian, columnBasis(columns));
  assertClose(found.values, wanted.values, close);
  assertClose(found.residuals, wanted.residuals, close);

  const probes = { probes: 8, seed: 1 };
  const trace = await hutchinsonTrace(hessian, probes);
  const exact = await hutchinsonTrace(denseOperator(matrix, n), probes);
  assertClose([trace.mean], [exact.mean], { relative: 0, absolute: n * 1e-6 * size });

  // The first layer's block: its kernel of 30 and its bias of 6 weights stand first.
  const width = 36;
  const block = Float64Array.from(
    { length: width * width },
    (_, k) => matrix[Math.floor(k / width) * n + k % width]!,
  );
  const ofLayer = blockOperator(hessian, [{ start: 0, end: width }]);
  const top = await extremeEigenvalues(ofLayer, { count: 1, tolerance: 1e-4 });
  assertClose(top.largest.values, symmetricEigen(block, width).values.slice(-1), close);
});
