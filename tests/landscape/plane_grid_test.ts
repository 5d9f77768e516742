import assert from "node:assert/strict";
import { centredGrid, gridAround } from "../../lib/landscape/plane_grid.ts";
import { assertClose } from "../support/assert_close.ts";

Deno.test("centredGrid() has the origin exactly, and ends at the radius", () => {
  for (const [radius, points] of [[0.3, 7], [1, 31], [2.5, 3]] as const) {
    const { as, bs } = centredGrid(radius, points);
    assert.equal(as.length, points);
    assert.equal(as[(points - 1) / 2], 0);
    assert.deepEqual([as[0], as.at(-1)], [-radius, radius]);
    assert.equal(bs, as);
  }
});

Deno.test("gridAround() holds every mark with a margin, in equal steps on both sides", () => {
  const marks = [{ a: -3, b: 0.2 }, { a: 9, b: 0.1 }, { a: 2, b: -1 }];
  const { as, bs } = gridAround(marks, 21);
  assert.equal(as.length, 21);
  const step = as[1]! - as[0]!;
  for (const axis of [as, bs]) {
    assertClose(axis.slice(1).map((value, k) => value - axis[k]!), axis.slice(1).map(() => step));
  }
  for (const { a, b } of marks) {
    assert.ok(as[0]! <= a - 2.9 && a + 2.9 <= as.at(-1)!);
    assert.ok(bs[0]! <= b - 2.9 && b + 2.9 <= bs.at(-1)!);
  }
});

Deno.test("grids refuse what has no middle, no size or no extent", () => {
  assert.throws(() => centredGrid(1, 4), /4 points a side.*odd/);
  assert.throws(() => centredGrid(1, 1), /odd number from 3/);
  assert.throws(() => centredGrid(0, 5), /radius 0/);
  assert.throws(() => centredGrid(Infinity, 5), /radius Infinity/);
  assert.throws(() => gridAround([{ a: 1, b: 1 }], 5), /around one point/);
  assert.throws(() => gridAround([{ a: 1, b: 1 }, { a: NaN, b: 1 }], 5), RangeError);
  assert.throws(() => gridAround([{ a: 1, b: 1 }, { a: 2, b: 1 }], 2.5), /2.5 points/);
});
