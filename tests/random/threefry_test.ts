import assert from "node:assert/strict";
import { threefry } from "../../lib/random/threefry.ts";

/** Words of `counters` consecutive counters. */
function words(key: [number, number], counter: [number, number], counters = 2): number[] {
  const output = new Int32Array(2 * counters);
  threefry(...key, ...counter, output);
  return Array.from(output, (word) => word >>> 0);
}

Deno.test("threefry() gives the published answers", () => {
  // Random123's kat_vectors, threefry2x32 with 20 rounds.
  const ones = 0xffffffff;
  assert.deepEqual(words([0, 0], [0, 0]).slice(0, 2), [0x6b200159, 0x99ba4efe]);
  assert.deepEqual(words([ones, ones], [ones, ones]).slice(0, 2), [0x1cb996fc, 0xbb002be7]);
  assert.deepEqual(
    words([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3]).slice(0, 2),
    [0xc4923a9c, 0x483df7a0],
  );
});

Deno.test("threefry() takes the second of two counters as it takes a first", () => {
  for (const low of [0, 5, 0x7fffffff, 0xfffffffe]) {
    const both = words([3, 4], [low, 9]);
    assert.deepEqual(both.slice(2), words([3, 4], [low + 1, 9]).slice(0, 2));
  }
});

Deno.test("threefry() carries from the low word of the counter into the high one", () => {
  const ones = 0xffffffff;
  const across = words([3, 4], [ones - 1, 9], 4);
  assert.deepEqual(across.slice(4), words([3, 4], [0, 10]));
  assert.deepEqual(words([3, 4], [ones, 9]).slice(2), words([3, 4], [0, 10]).slice(0, 2));
  assert.deepEqual(words([3, 4], [ones, ones]).slice(2), words([3, 4], [0, 0]).slice(0, 2));
});
