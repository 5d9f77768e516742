import assert from "node:assert/strict";
import { sharpnessBox } from "../../lib/sharpness/box.ts";

Deno.test("sharpnessBox() is ε(|x| + 1) wide on either side", () => {
  const { lower, upper } = sharpnessBox(Float64Array.of(0, -3, 7), 0.25);
  assert.deepEqual([...upper], [0.25, 1, 2]);
  assert.deepEqual([...lower], [-0.25, -1, -2]);
});

Deno.test("sharpnessBox() refuses an ε that is not positive and finite", () => {
  for (const epsilon of [0, -1e-3, NaN, Infinity]) {
    assert.throws(() => sharpnessBox(new Float64Array(1), epsilon), RangeError);
  }
});
