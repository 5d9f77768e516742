import assert from "node:assert/strict";
import { contours } from "../../../lib/report/figures/contours.ts";
import { assertClose } from "../../support/assert_close.ts";

const AXIS = Array.from({ length: 41 }, (_, k) => -2 + k / 10);
const grid = (f: (a: number, b: number) => number) => AXIS.map((b) => AXIS.map((a) => f(a, b)));

Deno.test("contours() of a cone are circles of the level's radius and length", () => {
  const segments = contours(AXIS, AXIS, grid(Math.hypot), [0.75, 1.5]);
  for (const level of [0.75, 1.5]) {
    const own = segments.filter((segment) => segment.level === level);
    const length = own.reduce((sum, { a, b, a2, b2 }) => sum + Math.hypot(a2 - a, b2 - b), 0);
    // Chords of a tenth against an arc: the error is of second order.
    assertClose([length], [2 * Math.PI * level], { relative: 2e-3 });
    for (const { a, b } of own) assertClose([Math.hypot(a, b)], [level], { relative: 2e-3 });
  }
});

Deno.test("contours() are closed: every end belongs to two segments within the grid", () => {
  const segments = contours(AXIS, AXIS, grid((a, b) => a * a + 3 * b * b), [0.9871]);
  const ends = new Map<string, number>();
  const count = (a: number, b: number) => {
    const name = `${a.toFixed(9)} ${b.toFixed(9)}`;
    ends.set(name, (ends.get(name) ?? 0) + 1);
  };
  for (const { a, b, a2, b2 } of segments) {
    count(a, b);
    count(a2, b2);
  }
  assert.deepEqual([...new Set(ends.values())], [2]);
});

Deno.test("contours() cut a saddle by the mean of its corners", () => {
  const saddle = (first: number) => contours([0, 1], [0, 1], [[first, 0], [0, 1]], [0.5]);
  // The mean 0.75 is with the high corners: the low ones are cut off.
  const [one, other] = saddle(2);
  assertClose([one!.a, one!.b, one!.a2, one!.b2], [0.75, 0, 1, 0.5]);
  assertClose([other!.a, other!.b, other!.a2, other!.b2], [0.5, 1, 0, 0.75]);
  // The mean 0.45 is with the low corners: the high ones are cut off.
  const [low] = saddle(0.8);
  assertClose([low!.a, low!.b, low!.a2, low!.b2], [0, 0.375, 0.375, 0]);
});

Deno.test("contours() leave out cells that are not finite, and levels beyond the values", () => {
  const values = [[0, 1, NaN], [0, 1, Infinity], [0, 1, 2]];
  const segments = contours([0, 1, 2], [0, 1, 2], values, [0.5, 1.5, 9]);
  assert.deepEqual(segments.map(({ level, a }) => [level, a]), [[0.5, 0.5], [0.5, 0.5]]);
});
