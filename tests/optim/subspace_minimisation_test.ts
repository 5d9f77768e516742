import assert from "node:assert/strict";
import { clipIntoBox } from "../../lib/optim/box.ts";
import { fillBuckets, makeBuckets } from "../../lib/optim/breakpoint_buckets.ts";
import { minimiseOverFree } from "../../lib/optim/subspace_minimisation.ts";
import { assertClose } from "../support/assert_close.ts";
import { inner, multiply, solve } from "./dense.ts";
import { productsOf, randomModel } from "./model.ts";
import { vector } from "./random_problems.ts";

/** Where the path has come to. */
const TIME = 0.01;

/**
 * A model, x and its gradient, and a Cauchy point on some bounds, from others `leastRoom` or more.
 *
 * @param reachedShare How many have come to a bound on the way, `pinnedShare` how many more are on it
 *   from the start.
 */
function randomState(
  n: number,
  leastRoom: number,
  reachedShare: number,
  seed: number,
  pinnedShare = 0,
) {
  const { matrix, dense, uniform } = randomModel(n, 1 + seed % 5, 1 + seed % 8, seed);
  const x = vector(uniform, n, -1, 1);
  const gradient = vector(uniform, n, -1, 1);
  const isPinned = Array.from(x, () => pinnedShare > 0 && uniform(0, 1) < pinnedShare);
  const cauchy = x.map((xi, i) => isPinned[i] ? xi : xi - TIME * gradient[i]!);
  const box = { lower: new Float64Array(n), upper: new Float64Array(n) };
  for (let i = 0; i < n; i++) {
    const reached = uniform(0, 1) < reachedShare;
    const [low, high] = [Math.min(cauchy[i]!, x[i]!), Math.max(cauchy[i]!, x[i]!)];
    const atLower = isPinned[i] ? gradient[i]! > 0 : reached && cauchy[i] === low;
    const atUpper = isPinned[i] ? gradient[i]! <= 0 : reached && cauchy[i] === high;
    box.lower[i] = atLower ? low : low - leastRoom * 10 ** uniform(0, 4);
    box.upper[i] = atUpper ? high : high + leastRoom * 10 ** uniform(0, 4);
  }
  const free = [...cauchy.keys()].filter((i) =>
    box.lower[i]! < cauchy[i]! && cauchy[i]! < box.upper[i]!
  );
  return { matrix, dense, x, gradient, cauchy, box, free };
}

function run(
  { matrix, x, gradient, cauchy, box, free }: ReturnType<typeof randomState>,
): Float64Array {
  const point = cauchy.slice();
  const way = cauchy.map((ci, i) => ci - x[i]!);
  const direction = gradient.map((g, i) => free.includes(i) ? -g : 0);
  const known = {
    time: TIME,
    products: productsOf(matrix, way),
    moving: productsOf(matrix, direction),
    slope: inner(gradient, way),
    free: Int32Array.from(free),
    reached: Int32Array.from(cauchy.keys()).filter((i) => !free.includes(i) && way[i] !== 0),
  };
  const buckets = makeBuckets(new Float64Array(x.length), matrix.stride);
  fillBuckets(buckets, matrix, x, gradient, box, false);
  const done = minimiseOverFree(matrix, x, gradient, box, known, { point, buckets });
  assert.ok(done);
  return point;
}

/** The Newton step of the free coordinates by elimination in B_FF. */
function denseNewtonPoint(
  { dense, x, gradient, cauchy, free }: ReturnType<typeof randomState>,
): Float64Array {
  const n = x.length;
  const residual = multiply(dense, cauchy.map((ci, i) => ci - x[i]!)).map((b, i) =>
    -b - gradient[i]!
  );
  const reduced = Float64Array.from(free, (i) => residual[i]!);
  const block = Float64Array.from(
    { length: free.length ** 2 },
    (_, at) => dense[free[Math.floor(at / free.length)]! * n + free[at % free.length]!]!,
  );
  const step = solve(block, reduced);
  const point = cauchy.slice();
  free.forEach((i, k) => point[i]! += step[k]!);
  return point;
}

Deno.test("minimiseOverFree() is the dense Newton step where no bound is in its way", () => {
  for (let seed = 0; seed < 40; seed++) {
    // From nearly all free to nearly all active: both ways to form the Gram matrix.
    const state = randomState(6 + seed % 15, 1e6, (seed % 10) / 10, seed);
    // Condition numbers of B up to 10⁴, twice: in the model and in the elimination.
    assertClose(run(state), denseNewtonPoint(state), { relative: 1e-8, absolute: 1e-8 });
  }
});

Deno.test("minimiseOverFree() takes the pinned coordinates from the sums of the path", () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const [pinnedShare, reachedShare] = [(seed % 4) / 4, (seed % 3) / 3];
    const state = randomState(10 + seed % 12, 1e6, reachedShare, seed, pinnedShare);
    assertClose(run(state), denseNewtonPoint(state), { relative: 1e-8, absolute: 1e-8 });
    const { x, cauchy, free, box } = state;
    const pinned = x.filter((xi, i) =>
      xi === cauchy[i] && (xi === box.lower[i] || xi === box.upper[i])
    ).length;
    const reached = x.length - free.length - pinned;
    seen.add(`${2 * pinned <= x.length} ${reached === 0} ${free.length < reached}`);
  }
  // Sums over the pinned ones or over the others, with and without more to add, or over the free ones.
  for (const way of ["true false false", "false false false", "false true false"]) {
    assert.ok(seen.has(way), `none of ${way}`);
  }
  assert.ok([...seen].some((way) => way.endsWith("true")));
});

Deno.test("minimiseOverFree() projects the Newton step, or cuts it at the first bound", () => {
  let projected = 0;
  let cut = 0;
  for (let seed = 0; seed < 300; seed++) {
    const state = randomState(2 + seed % 5, 1e-3, 0.2, seed);
    const { x, gradient, cauchy, box } = state;
    const point = run(state);
    assert.deepEqual(clipIntoBox(point, box), point);

    const newton = denseNewtonPoint(state);
    const clipped = clipIntoBox(newton, box);
    const slope = inner(gradient, clipped.map((ci, i) => ci - x[i]!));
    if (Math.abs(slope) < 1e-6) continue; // The two ways of rounding may fall on either side.
    if (slope < 0) {
      projected++;
      assertClose(point, clipped, { relative: 1e-7, absolute: 1e-7 });
      continue;
    }
    cut++;
    const shares = newton.map((to, i) => {
      const step = to - cauchy[i]!;
      const room = (step < 0 ? box.lower[i]! : box.upper[i]!) - cauchy[i]!;
      return step === 0 ? 1 : Math.min(1, room / step);
    });
    const share = Math.min(...shares);
    const wanted = cauchy.map((ci, i) => ci + share * (newton[i]! - ci));
    assertClose(point, wanted, { relative: 1e-7, absolute: 1e-7 });
    const blocking = shares.indexOf(share);
    assert.ok(point[blocking] === box.lower[blocking] || point[blocking] === box.upper[blocking]);
  }
  assert.ok(projected > 50 && cut > 5, `${projected} projected, ${cut} cut`);
});

Deno.test("minimiseOverFree() moves nothing if no coordinate is free", () => {
  const state = randomState(5, 1, 0, 2);
  const pinned = { ...state, free: [], box: { lower: state.cauchy, upper: state.cauchy } };
  assert.deepEqual(run(pinned), state.cauchy);
});
