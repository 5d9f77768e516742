import assert from "node:assert/strict";
import { lanczos } from "../../lib/curvature/lanczos.ts";
import { ritzValues } from "../../lib/curvature/ritz_values.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { chunksOf } from "../../lib/objective/chunks.ts";
import { batchOf, chunkOf } from "../../lib/objective/classifier_program.ts";
import { hessianSessions } from "../../lib/objective/hessian_sessions.ts";
import { diagonalOperator } from "../curvature/operators.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

const net = toyNetwork();
const x = initialPoint(net, 3);

/** Sessions with room for so many vectors. */
function sessionsOf(vectors: number) {
  const variables = net.variables();
  return hessianSessions({
    network: net,
    variables,
    chunks: chunksOf(net, toyDataset(30), 30),
    graphs: new Map([[30, chunkOf(net, variables, batchOf(net, 30))]]),
    open: (program) => referenceEngine().load(program),
    mostBytes: 4 * vectors * net.dimension,
  });
}

Deno.test("hessianSessions() opens none for more vectors than there is room for", async () => {
  const sessions = sessionsOf(6);
  assert.equal(await sessions.krylovBasis(x, 7), undefined);
  await using basis = await sessions.krylovBasis(x, 6);
  assert.ok(basis);
  // A projection has an image for each vector.
  const vector = () => x.slice();
  assert.equal(await sessions.projection(x, { count: 4, vector, images: [] }), undefined);
  await using projection = await sessions.projection(x, { count: 3, vector, images: [] });
  assert.ok(projection);
});

Deno.test("lanczos() and ritzValues() have their vectors on the host where there is no room", async () => {
  const plain = diagonalOperator(Float64Array.of(1, 2, 3, 4, 5));
  const full = {
    ...plain,
    krylovBasis: () => Promise.resolve(undefined),
    projection: () => Promise.resolve(undefined),
  };
  const options = { steps: 3, seed: 1 };
  assert.deepEqual(await lanczos(full, options), await lanczos(plain, options));
  const columns = [Float64Array.of(1, 1, 0, 0, 0), Float64Array.of(0, 0, 1, 0, 1)];
  assert.deepEqual(await ritzValues(full, columns), await ritzValues(plain, columns));
});
