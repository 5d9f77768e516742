/** Lanczos' method, its density and the trace with vectors in the session, against those of the host. */
import assert from "node:assert/strict";
import { extremeEigenvalues } from "../../lib/curvature/extreme_eigenvalues.ts";
import { hutchinsonTrace } from "../../lib/curvature/hutchinson_trace.ts";
import { lanczos } from "../../lib/curvature/lanczos.ts";
import { spectralDensity } from "../../lib/curvature/spectral_density.ts";
import type { Engine } from "../../lib/engine/engine.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { symmetricEigen } from "../../lib/linalg/symmetric_eigen.ts";
import { dot, norm } from "../../lib/linalg/vector.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { blockSizes } from "../../lib/objective/krylov_program.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { SINGLE_ENGINES, testOnEngines } from "../engine/engines.ts";
import { assertClose } from "../support/assert_close.ts";
import { notingEngine } from "../support/noting_engine.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

const net = toyNetwork();
const x = initialPoint(net, 3).map(Math.fround);
const n = x.length;

/** Four chunks, the last one smaller. */
const opened = (engine: Engine, ownMemory: boolean) =>
  objectiveOf(net, toyDataset(30), { evaluationBatch: 9, engine: { ...engine, ownMemory } });

/** What f and Hv leave of the largest eigenvalue: products of float32, whose sums go on in float32. */
const error = (double: boolean, largest: number) => (double ? 1e-12 : 2e-6) * largest;

/** Σ w θᵏ: what quadrature finds of qᵀHᵏq, whose error the ill-conditioned inner nodes do not show. */
function moments(nodes: Float64Array, weights: Float64Array): number[] {
  return [0, 1, 2, 3].map((k) => nodes.reduce((sum, node, j) => sum + weights[j]! * node ** k, 0));
}

testOnEngines(
  "lanczos() in the session finds the Ritz values of the host",
  async (engine, { double }) => {
    await using f = await opened(engine, true);
    await using g = await opened(engine, false);
    const [inside, outside] = [f.hessian(x), g.hessian(x)];
    assert.ok(inside.krylovBasis && !outside.krylovBasis);
    // Enough for three blocks.
    const options = { steps: 20, seed: 4 };
    const got = await lanczos(inside, options);
    const want = await lanczos(outside, options);
    assert.equal(got.stopReason, "steps");
    const largest = want.values.at(-1)!;
    const outermost = (values: Float64Array) => [values[0]!, ...values.slice(-3)];
    assertClose(outermost(got.values), outermost(want.values), {
      relative: 0,
      absolute: error(double, largest),
    });
    assertClose(moments(got.values, got.weights), moments(want.values, want.weights), {
      relative: double ? 1e-12 : 1e-5,
    });
  },
);

testOnEngines(
  "lanczos() over the whole space finds the eigenvalues of the explicit Hessian",
  async (engine, { double }) => {
    await using f = await opened(engine, true);
    const hessian = f.hessian(x);
    const units = Array.from({ length: n }, (_, k) => Float64Array.from(x, (_, i) => +(i === k)));
    const columns = await hessian.applyAll!(units);
    const explicit = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return (columns[i]![j]! + columns[j]![i]!) / 2;
    });
    const { values: wanted } = symmetricEigen(explicit, n);
    const { values, vectors } = await lanczos(hessian, { steps: n, seed: 1, keepVectors: true });
    const largest = wanted.at(-1)!;
    const tolerance = { relative: 0, absolute: error(double, largest) };
    assertClose([values[0]!, values.at(-1)!], [wanted[0]!, largest], tolerance);
    const top = vectors!.at(-1)!;
    assertClose([norm(top)], [1], { relative: double ? 1e-12 : 1e-6 });
    const image = await hessian.apply(top);
    const residual = norm(image.map((entry, i) => entry - largest * top[i]!));
    assert.ok(residual < 5 * tolerance.absolute, `${residual}`);
  },
);

testOnEngines("a basis in the session stays orthonormal", async (engine, { double }) => {
  await using f = await opened(engine, true);
  // Fewer than the rank of H, beyond which the products are rounding alone.
  const steps = 40;
  await using basis = (await f.hessian(x).krylovBasis!(steps))!;
  const start = Float64Array.from(x, (_, i) => Math.sin(i));
  await basis.begin([start.map((entry) => entry / norm(start))]);
  for (let k = 1; k < steps; k++) {
    const { beta } = await basis.multiply();
    await basis.extend(beta);
  }
  const vectors = (await basis.vectors()).map((q) => Float64Array.from(q));
  assert.equal(vectors.length, steps);
  const worst = Math.max(
    ...vectors.flatMap((q, i) => vectors.map((p, j) => Math.abs(dot(q, p) - +(i === j)))),
  );
  // Roundings of sums of n products; T is the projection of H to the square of it.
  assert.ok(worst < (double ? 1e-13 : 2e-6), `${worst}`);
});

testOnEngines(
  "spectralDensity() and hutchinsonTrace() in the session are those of the host",
  async (engine, { double }) => {
    await using f = await opened(engine, true);
    await using g = await opened(engine, false);
    // Several probes in one basis: each must begin with an empty one.
    const options = { steps: 10, probes: 3, seed: 2 };
    const got = await spectralDensity(f.hessian(x), options);
    const want = await spectralDensity(g.hessian(x), options);
    assertClose(moments(got.nodes, got.weights), moments(want.nodes, want.weights), {
      relative: double ? 1e-12 : 1e-5,
    });
    // Four together and one alone.
    const probes = { probes: 5, seed: 2 };
    const [trace, wanted] = [
      await hutchinsonTrace(f.hessian(x), probes),
      await hutchinsonTrace(g.hessian(x), probes),
    ];
    assertClose([trace.mean, trace.standardError], [wanted.mean, wanted.standardError], {
      relative: double ? 1e-12 : 1e-5,
    });
    // And f is still f.
    assert.equal((await f.evaluate(x)).value, (await g.evaluate(x)).value);
  },
);

testOnEngines("extremeEigenvalues() in the session stops where the host does", async (engine) => {
  await using f = await opened(engine, true);
  await using g = await opened(engine, false);
  const options = { count: 2, tolerance: 1e-3 };
  const got = await extremeEigenvalues(f.hessian(x), options);
  const want = await extremeEigenvalues(g.hessian(x), options);
  assert.ok(got.converged);
  assert.equal(got.products, want.products);
  assertClose(got.largest.values, want.largest.values, { relative: 1e-5 });
});

testOnEngines(
  "lanczos() in the session goes on from a checkpoint to the same bits",
  async (engine) => {
    await using f = await opened(engine, true);
    const saved: Record<string, Float64Array | Float32Array>[] = [];
    const checkpoint = {
      load: () => undefined,
      isDue: () => true,
      save(arrays: Readonly<Record<string, Float64Array | Float32Array>>) {
        saved.push(structuredClone(arrays));
      },
    };
    const options = { steps: 12, seed: 1, keepVectors: true };
    const whole = await lanczos(f.hessian(x), { ...options, checkpoint });
    assert.equal(saved.length, 11);
    for (const at of [0, 9]) {
      const from = { load: () => saved[at], isDue: () => false, save: () => {} };
      assert.deepEqual(await lanczos(f.hessian(x), { ...options, checkpoint: from }), whole);
    }
  },
  SINGLE_ENGINES,
);

Deno.test("a step in the session moves no vector of n over the border", async () => {
  const moved: string[] = [];
  await using f = await opened(notingEngine(referenceEngine(), moved), true);
  await using basis = (await f.hessian(x).krylovBasis!(16))!;
  await basis.begin([x.map((xi) => xi / norm(x))]);
  await basis.multiply();
  moved.length = 0;
  await basis.extend(1);
  await basis.multiply();
  assert.deepEqual(moved.filter((line) => !/^(in|out) /.test(line)), []);
  // Row sums of two inner products: here a row is one entry, and of n > 256 entries there are 256.
  const outputs = moved.filter((line) => line.startsWith("out")).map((line) =>
    +line.split(" ")[1]!
  );
  assert.deepEqual(outputs.filter((count) => count > 0), [2 * n]);
  moved.length = 0;
  await f.hessian(x).quadraticForms!([x]);
  assert.ok(!moved.includes("read"));
});

Deno.test("a product in the session that is not finite is told as such", async () => {
  await using f = await opened(referenceEngine(), true);
  const hessian = f.hessian(x);
  await using basis = (await hessian.krylovBasis!(2))!;
  await basis.begin([new Float64Array(n).fill(1e300)]);
  const { alpha, beta } = await basis.multiply();
  assert.ok(!Number.isFinite(alpha) && !Number.isFinite(beta));
  const [form] = await hessian.quadraticForms!([new Float64Array(n).fill(1e300)]);
  assert.ok(!Number.isFinite(form));
});

Deno.test("spectralDensity() opens one basis for all probes, and leaves none behind", async () => {
  const { description, load } = referenceEngine();
  const counts = { opened: 0, ended: 0 };
  const engine: Engine = {
    description,
    async load(program) {
      const session = await load(program);
      counts.opened++;
      return {
        run: (...call) => session.run(...call),
        assign: (values) => session.assign(values),
        read: (names) => session.read(names),
        [Symbol.asyncDispose]: () => (counts.ended++, session[Symbol.asyncDispose]()),
      };
    },
  };
  await using f = await opened(engine, true);
  await spectralDensity(f.hessian(x), { steps: 3, probes: 3, seed: 1 });
  // The objective's own, and one more.
  assert.deepEqual(counts, { opened: 2, ended: 1 });
  await lanczos(f.hessian(x), { steps: 3, seed: 1 });
  assert.deepEqual(counts, { opened: 3, ended: 2 });
});

Deno.test("blockSizes() doubles what there is, up to what is wanted", () => {
  assert.deepEqual(blockSizes(3), [3]);
  assert.deepEqual(blockSizes(16), [8, 8]);
  assert.deepEqual(blockSizes(50), [8, 8, 16, 18]);
});
