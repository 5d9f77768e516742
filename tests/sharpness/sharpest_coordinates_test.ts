import assert from "node:assert/strict";
import { stream } from "../../lib/random/stream.ts";
import { sharpestCoordinates } from "../../lib/sharpness/sharpest_coordinates.ts";

Deno.test("sharpestCoordinates() chooses what sorting all rises would choose", () => {
  const [x, diagonal] = ["x", "diagonal"].map((name) => {
    const values = new Float64Array(500);
    stream(1, name).fillNormal(values, 0);
    return values;
  }) as [Float64Array, Float64Array];
  const rise = (i: number) => 0.5 * diagonal[i]! * (1e-3 * (Math.abs(x[i]!) + 1)) ** 2;
  const sorted = [...x.keys()].sort((a, b) => rise(b) - rise(a));
  for (const count of [0, 1, 37, 499, 500]) {
    const expected = Uint32Array.from(sorted.slice(0, count)).toSorted();
    assert.deepEqual(sharpestCoordinates(x, diagonal, count), expected, `${count}`);
  }
});

Deno.test("sharpestCoordinates() takes the first of equal ones, and what is NaN last", () => {
  const flat = new Float64Array(5);
  assert.deepEqual(sharpestCoordinates(flat, flat, 3), Uint32Array.of(0, 1, 2));
  const broken = Float64Array.of(NaN, -1, 0, 0, NaN);
  assert.deepEqual(sharpestCoordinates(flat, broken, 2), Uint32Array.of(2, 3));
  assert.deepEqual(sharpestCoordinates(flat, broken, 4), Uint32Array.of(0, 1, 2, 3));
});

Deno.test("sharpestCoordinates() refuses counts and lengths that do not fit", () => {
  const x = new Float64Array(3);
  for (const count of [-1, 4, 1.5, NaN]) {
    assert.throws(() => sharpestCoordinates(x, x, count), RangeError);
  }
  assert.throws(() => sharpestCoordinates(x, new Float64Array(2), 1), TypeError);
});
