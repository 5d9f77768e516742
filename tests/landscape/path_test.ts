import assert from "node:assert/strict";
import { PAPER_ALPHAS, pathPoint } from "../../lib/landscape/path.ts";
import { assertClose } from "../support/assert_close.ts";

const start = Float64Array.of(3, -1, 0.5);
const end = Float64Array.of(0.25, 2, -4);
const negative = (x: Float64Array) => x.map((xi) => -xi);

Deno.test("pathPoint() has the ends themselves at 0 and 1", () => {
  for (const kind of ["linear", "curvilinear"] as const) {
    assert.deepEqual(pathPoint(kind, start, end, 0), start);
    assert.deepEqual(pathPoint(kind, start, end, 1), end);
  }
});

Deno.test("pathPoint() goes on as the formulas do", () => {
  assertClose(pathPoint("linear", start, end, -1), start.map((xi, i) => 2 * xi - end[i]!));
  assertClose(pathPoint("linear", start, end, 2), start.map((xi, i) => 2 * end[i]! - xi));
  assertClose(pathPoint("curvilinear", start, end, -1), negative(end));
  assertClose(pathPoint("curvilinear", start, end, 2), negative(start));
  const half = Math.SQRT1_2;
  const middle = start.map((xi, i) => half * (xi + end[i]!));
  assertClose(pathPoint("curvilinear", start, end, 0.5), middle, { relative: 1e-15 });
});

Deno.test("a quadratic along the straight line is a parabola: three points give the other 22", () => {
  const f = (alpha: number) =>
    pathPoint("linear", start, end, alpha).reduce((sum, xi, i) => sum + (i + 1) * xi * xi, 0);
  const [f0, f1, f2] = [f(0), f(1), f(2)];
  const parabola = (alpha: number) =>
    f0 * (alpha - 1) * (alpha - 2) / 2 - f1 * alpha * (alpha - 2) + f2 * alpha * (alpha - 1) / 2;
  assertClose(PAPER_ALPHAS.map(f), PAPER_ALPHAS.map(parabola), { relative: 1e-12 });
});

Deno.test("PAPER_ALPHAS are 25 steps of 1/8 from -1 to 2", () => {
  assert.deepEqual(
    [PAPER_ALPHAS.length, PAPER_ALPHAS[0], PAPER_ALPHAS[8], PAPER_ALPHAS[16], PAPER_ALPHAS[24]],
    [25, -1, 0, 1, 2],
  );
});

Deno.test("pathPoint() refuses ends of different lengths", () => {
  assert.throws(() => pathPoint("linear", start, new Float64Array(2), 0), {
    name: "TypeError",
    message: /from a point of 3 entries to one of 2/,
  });
});
