import assert from "node:assert/strict";
import {
  activeShare,
  assertBox,
  boundedness,
  clipIntoBox,
  directionWithin,
} from "../../lib/optim/box.ts";

const box = {
  lower: Float64Array.of(-1, 0, -Infinity, 2),
  upper: Float64Array.of(1, Infinity, Infinity, 2),
};

Deno.test("assertBox() names the coordinate and both bounds", () => {
  assertBox(box, 4);
  const crossed = { lower: Float64Array.of(0, 3), upper: Float64Array.of(1, 2.5) };
  assert.throws(() => assertBox(crossed, 2), {
    name: "RangeError",
    message: /coordinate 1: lower 3, upper 2\.5/,
  });
  assert.throws(() => assertBox({ ...crossed, upper: Float64Array.of(1, NaN) }, 2), RangeError);
  assert.throws(() => assertBox(box, 3), TypeError);
});

Deno.test("clipIntoBox() refuses what stays infinite or NaN", () => {
  assert.deepEqual([...clipIntoBox(Float64Array.of(-Infinity, -1, 5, 9), box)], [-1, 0, 5, 2]);
  assert.throws(() => clipIntoBox(Float64Array.of(0, Infinity, 0, 2), box), {
    name: "RangeError",
    message: /coordinate 1/,
  });
  assert.throws(() => clipIntoBox(Float64Array.of(NaN, 0, 0, 2), box), RangeError);
});

Deno.test("directionWithin() has the slope, and the first bound or the limit", () => {
  const x = Float64Array.of(0, 4, 0, 2);
  const gradient = Float64Array.of(1, -2, 0.5, 100);
  const found = (...d: number[]) => {
    const direction = new Float64Array(4);
    const end = x.map((xi, i) => xi + d[i]!);
    const { slope, largestStep } = directionWithin(end, x, gradient, box, 10, direction);
    assert.deepEqual([...direction], d);
    return [slope, largestStep];
  };
  assert.deepEqual(found(0.5, -1, 100, 0), [52.5, 2]);
  assert.deepEqual(found(-0.125, -1, 0, 0), [1.875, 4]);
  assert.deepEqual(found(0, 1, -1, 0), [-2.5, 10]);
});

Deno.test("boundedness() and activeShare() of a mixed box", () => {
  assert.deepEqual(boundedness(box), { bounded: true, boxed: false });
  const open = new Float64Array(2).fill(Infinity);
  assert.deepEqual(boundedness({ lower: open.map((v) => -v), upper: open }), {
    bounded: false,
    boxed: false,
  });
  assert.deepEqual(boundedness({ lower: new Float64Array(2), upper: new Float64Array(2) }), {
    bounded: true,
    boxed: true,
  });
  assert.equal(activeShare(Float64Array.of(1, 0.5, 0, 2), box), 0.5);
});
