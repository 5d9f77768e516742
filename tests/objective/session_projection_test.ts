/** Ritz values on a subspace with vectors and images in the session, against those of the host. */
import assert from "node:assert/strict";
import { ritzValues } from "../../lib/curvature/ritz_values.ts";
import type { Engine } from "../../lib/engine/engine.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { randomSubspace } from "../../lib/sharpness/subspace.ts";
import { SINGLE_ENGINES, testOnEngines } from "../engine/engines.ts";
import { assertClose } from "../support/assert_close.ts";
import { notingEngine } from "../support/noting_engine.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

const net = toyNetwork();
const x = initialPoint(net, 3).map(Math.fround);

/** Four chunks, the last one smaller. */
const opened = (engine: Engine, ownMemory: boolean) =>
  objectiveOf(net, toyDataset(30), { evaluationBatch: 9, engine: { ...engine, ownMemory } });

const subspace = (distribution: "gaussian" | "orthonormal", dimension = 6) =>
  randomSubspace({ ambient: x.length, dimension, distribution, seed: 2 });

testOnEngines(
  "ritzValues() in the session are those of the host, and so are their residuals",
  async (engine, { double }) => {
    await using f = await opened(engine, true);
    await using g = await opened(engine, false);
    for (const distribution of ["gaussian", "orthonormal"] as const) {
      const basis = subspace(distribution);
      const got = await ritzValues(f.hessian(x), basis);
      const want = await ritzValues(g.hessian(x), basis);
      // Vectors go in as float32; so do the products come, of which little is in a random direction.
      const largest = Math.max(...want.residuals, ...want.values.map(Math.abs));
      const tolerance = { relative: 0, absolute: (double ? 2e-7 : 1e-6) * largest };
      assertClose(got.values, want.values, tolerance);
      assertClose(got.residuals, want.residuals, tolerance);
      assert.equal(got.products, 6);
    }
  },
);

testOnEngines(
  "ritzValues() in the session goes on from a checkpoint to the same bits",
  async (engine) => {
    await using f = await opened(engine, true);
    const basis = subspace("gaussian");
    let saved: Record<string, Float64Array | Float32Array> | undefined;
    const checkpoint = {
      load: () => undefined,
      isDue: () => saved === undefined,
      save(arrays: Readonly<Record<string, Float64Array | Float32Array>>) {
        saved = structuredClone(arrays);
      },
    };
    const whole = await ritzValues(f.hessian(x), basis, { checkpoint });
    assert.equal(saved!.count![0], 4);
    const from = { load: () => saved, isDue: () => false, save: () => {} };
    assert.deepEqual(await ritzValues(f.hessian(x), basis, { checkpoint: from }), whole);
  },
  SINGLE_ENGINES,
);

Deno.test("a row of a projection moves no vector of n over the border", async () => {
  const moved: string[] = [];
  await using f = await opened(notingEngine(referenceEngine(), moved), true);
  const vector = (j: number) => Float64Array.from(x, (_, i) => +(i === j));
  const start = { count: 2, vector, images: [] };
  await using projection = (await f.hessian(x).projection!(start))!;
  const [first] = await projection.rows(0, 1);
  moved.length = 0;
  const [second] = await projection.rows(1, 1);
  assert.deepEqual(moved.filter((line) => !/^(in|out) /.test(line)), []);
  assertClose([first![1]!], [second![0]!]); // H is symmetric, up to float64's rounding
  const outputs = moved.filter((line) => line.startsWith("out")).map((line) =>
    +line.split(" ")[1]!
  );
  // Of 256 rows sixteen sums come out for each inner product; here a row is one entry.
  assert.deepEqual(outputs.filter((count) => count > 0), [2 * x.length]);
});
