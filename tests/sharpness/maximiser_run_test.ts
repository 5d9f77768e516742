import assert from "node:assert/strict";
import { runMaximiser } from "../../lib/sharpness/maximiser_run.ts";
import { smooth } from "./functions.ts";

/** A hill with its top inside the box, at which the first full step from the origin overshoots. */
const hill = smooth(
  2,
  ([a, b]) => 1 - 20 * (a! - 0.01) ** 2 - 3e3 * (a! - 0.01) ** 4 - 8 * (b! + 0.02) ** 2,
  ([a, b]) => [-40 * (a! - 0.01) - 12e3 * (a! - 0.01) ** 3, -16 * (b! + 0.02)],
);
const box = { lower: Float64Array.of(-1, -1), upper: Float64Array.of(1, 1) };

/** Where a climb from the origin comes to, with f known to no better than a resolution, or exactly. */
async function climb(lossAtX: number, resolution?: number) {
  const { end, evaluations } = await runMaximiser(hill, lossAtX, new Float64Array(2), box, {
    maxIterations: 10,
    onIteration: () => {},
    keepsEnd: true,
    ...(resolution !== undefined && { resolution: () => resolution }),
  });
  return { loss: end!.value, evaluations };
}

Deno.test("runMaximiser() is cut short by no more than a thousandth of what it has risen", async () => {
  const start = (await hill.evaluate(new Float64Array(2))).value;
  const exact = await climb(start);
  assert.ok(exact.loss > 1 - 1e-9, `${exact.loss}`); // the top
  // f(x) at the start; far below it, as where a climb begins at a vertex; above all that is found.
  for (const lossAtX of [start, start - 1000, 2]) {
    const { loss } = await climb(lossAtX, 1);
    assert.ok(exact.loss - loss <= 1e-3 * (exact.loss - start), `${lossAtX}: ${loss}`);
  }
  assert.deepEqual(await climb(2, 1), exact, "nothing has risen above f(x)");
});

Deno.test("runMaximiser() from far below f(x) is cut short by its rise above f(x) alone", async () => {
  // A ridge 1e-3 above f(x) = 0; the climb to it begins 23 below.
  const top = 1e-3;
  const ridge = smooth(
    1,
    ([y]) => top - 10 * Math.abs(y! - 1) ** 1.2,
    ([y]) => [-12 * Math.abs(y! - 1) ** 0.2 * Math.sign(y! - 1)],
  );
  const { largestLoss } = await runMaximiser(
    ridge,
    0,
    Float64Array.of(-1),
    { lower: Float64Array.of(-5), upper: Float64Array.of(5) },
    { maxIterations: 20, onIteration: () => {}, resolution: () => 1 },
  );
  // Cut short by a thousandth of its rise above its start, 0.02, it ends a third of the way up.
  assert.ok(largestLoss > 0.999 * top, `${largestLoss}`);
});
