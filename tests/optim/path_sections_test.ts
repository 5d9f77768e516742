import assert from "node:assert/strict";
import { clipIntoBox } from "../../lib/optim/box.ts";
import type { LimitedMemoryMatrix } from "../../lib/optim/limited_memory_matrix.ts";
import type { Box } from "../../lib/optim/objective.ts";
import { pathMinimum } from "../../lib/optim/path_sections.ts";
import { assertClose } from "../support/assert_close.ts";
import { inner, multiply } from "./dense.ts";
import { densePathMinimiser } from "./dense_lbfgsb.ts";
import { multiplyModel, productsOf, randomModel } from "./model.ts";
import { randomBox, vector } from "./random_problems.ts";

/** The sums of a path in float64, and how often they were looked at. */
function pathOf(matrix: LimitedMemoryMatrix, x: Float64Array, gradient: Float64Array, box: Box) {
  const bound = (i: number) => (gradient[i]! < 0 ? box.upper[i]! : box.lower[i]!) - x[i]!;
  const isMoving = (i: number, t: number) => gradient[i] !== 0 && t < bound(i) / -gradient[i]!;
  const wayAt = (t: number) =>
    gradient.map((g, i) => isMoving(i, t) ? -t * g : g === 0 ? 0 : bound(i));
  const looks = { count: 0 };
  const search = {
    times: 16,
    path: (times: readonly number[]) => {
      looks.count++;
      return Promise.resolve(times.map((t) => {
        const moving = gradient.map((g, i) => isMoving(i, t) ? -g : 0);
        const products = productsOf(matrix, wayAt(t));
        return { products, moving: productsOf(matrix, moving), squares: inner(moving, moving) };
      }));
    },
  };
  return { search, wayAt, looks };
}

Deno.test("pathMinimum() agrees with a brute-force walk on random models and boxes", async () => {
  let same = 0;
  const problems = 60;
  for (let seed = 0; seed < problems; seed++) {
    const n = 4 + seed % 17;
    const { matrix, dense, uniform } = randomModel(n, 1 + seed % 6, 1 + seed % 9, seed);
    const box = randomBox(uniform, n);
    const x = clipIntoBox(vector(uniform, n, -2, 2), box);
    const gradient = Float64Array.from(
      { length: n },
      () => uniform(-1, 1) * 10 ** uniform(-2, 2),
    );
    const { search, wayAt, looks } = pathOf(matrix, x, gradient, box);
    const way = wayAt(await pathMinimum(search, matrix));
    const wanted = densePathMinimiser((v) => multiply(dense, v), x, gradient, box);
    const model = (z: Float64Array) => inner(gradient, z) + inner(z, multiplyModel(matrix, z)) / 2;
    const least = wanted.map((ci, i) => ci - x[i]!);
    // One path rises and falls again within a section: there q is nearly as low as at the first minimum.
    assert.ok(model(way) <= 0.99 * model(least), `problem ${seed}`);
    const apart = Math.max(...way.map((zi, i) => Math.abs(zi - least[i]!)));
    if (apart <= 1e-5 * (1 + Math.max(...least.map(Math.abs)))) same++;
    assert.ok(looks.count <= 12, `${looks.count} looks`);
  }
  assert.ok(same >= problems - 1, `${same} of ${problems} are the first minimum`);
});

Deno.test("pathMinimum() stays where there is no slope, and finds a far minimum", async () => {
  const { matrix } = randomModel(5, 2, 2, 1);
  const box = { lower: new Float64Array(5).fill(-1), upper: new Float64Array(5).fill(1) };
  const none = new Float64Array(5);
  assert.equal(await pathMinimum(pathOf(matrix, none, none, box).search, matrix), 0);
  // One straight piece: q′ is zero at ‖g‖² / gᵀBg, here with breakpoints far beyond it.
  const wide = { lower: none.map(() => -1e9), upper: none.map(() => 1e9) };
  const gradient = Float64Array.of(1, -2, 0.5, 3, -1);
  const time = await pathMinimum(pathOf(matrix, none, gradient, wide).search, matrix);
  const curvature = inner(gradient, multiplyModel(matrix, gradient));
  assertClose([time], [inner(gradient, gradient) / curvature], { relative: 1e-9 });
});
