/** Makes the third word of the key depend on the other two, so that no key is degenerate. */
const PARITY = 0x1bd11bda;

/**
 * Threefry-2×32 with 20 rounds, at consecutive counters: a bijection of 64-bit counters for each
 * 64-bit key, whose outputs pass the statistical tests for random numbers.
 *
 * Two counters are taken side by side: the rounds of one wait for each other, those of two overlap
 * in the processor, which doubles the speed.
 *
 * Source: Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", §4.2.
 *
 * @param key0 First word of the key, modulo 2³² like all words.
 * @param key1 Second word of the key.
 * @param counter0 Low word of the first counter.
 * @param counter1 High word of the first counter.
 * @param output Receives two words per counter; its length is a multiple of 4, unchecked.
 *
 * @example The published answer for key 0 and counter 0
 * ```ts
 * import { threefry } from "./threefry.ts";
 * import assert from "node:assert/strict";
 *
 * const output = new Int32Array(4);
 * threefry(0, 0, 0, 0, output);
 * assert.deepEqual([output[0]! >>> 0, output[1]! >>> 0], [0x6b200159, 0x99ba4efe]);
 * ```
 */
export function threefry(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  output: Int32Array,
): void {
  const k0 = key0 | 0;
  const k1 = key1 | 0;
  const k2 = PARITY ^ k0 ^ k1;
  let low = counter0 | 0;
  let high = counter1 | 0;
  // Int32Array and `| 0` throughout: unsigned words would leave the engine's small integers.
  for (let i = 0; i < output.length; i += 4) {
    let a = (low + k0) | 0;
    let b = (high + k1) | 0;
    low = (low + 1) | 0;
    if (low === 0) high = (high + 1) | 0;
    let c = (low + k0) | 0;
    let d = (high + k1) | 0;
    low = (low + 1) | 0;
    if (low === 0) high = (high + 1) | 0;
    // Four rounds of add, rotate, exclusive-or; then the next two words of the key; five times.
    a = (a + b) | 0, b = ((b << 13) | (b >>> 19)) ^ a;
    c = (c + d) | 0, d = ((d << 13) | (d >>> 19)) ^ c;
    a = (a + b) | 0, b = ((b << 15) | (b >>> 17)) ^ a;
    c = (c + d) | 0, d = ((d << 15) | (d >>> 17)) ^ c;
    a = (a + b) | 0, b = ((b << 26) | (b >>> 6)) ^ a;
    c = (c + d) | 0, d = ((d << 26) | (d >>> 6)) ^ c;
    a = (a + b) | 0, b = ((b << 6) | (b >>> 26)) ^ a;
    c = (c + d) | 0, d = ((d << 6) | (d >>> 26)) ^ c;
    a = (a + k1) | 0, b = (b + k2 + 1) | 0;
    c = (c + k1) | 0, d = (d + k2 + 1) | 0;
    a = (a + b) | 0, b = ((b << 17) | (b >>> 15)) ^ a;
    c = (c + d) | 0, d = ((d << 17) | (d >>> 15)) ^ c;
    a = (a + b) | 0, b = ((b << 29) | (b >>> 3)) ^ a;
    c = (c + d) | 0, d = ((d << 29) | (d >>> 3)) ^ c;
    a = (a + b) | 0, b = ((b << 16) | (b >>> 16)) ^ a;
    c = (c + d) | 0, d = ((d << 16) | (d >>> 16)) ^ c;
    a = (a + b) | 0, b = ((b << 24) | (b >>> 8)) ^ a;
    c = (c + d) | 0, d = ((d << 24) | (d >>> 8)) ^ c;
    a = (a + k2) | 0, b = (b + k0 + 2) | 0;
    c = (c + k2) | 0, d = (d + k0 + 2) | 0;
    a = (a + b) | 0, b = ((b << 13) | (b >>> 19)) ^ a;
    c = (c + d) | 0, d = ((d << 13) | (d >>> 19)) ^ c;
    a = (a + b) | 0, b = ((b << 15) | (b >>> 17)) ^ a;
    c = (c + d) | 0, d = ((d << 15) | (d >>> 17)) ^ c;
    a = (a + b) | 0, b = ((b << 26) | (b >>> 6)) ^ a;
    c = (c + d) | 0, d = ((d << 26) | (d >>> 6)) ^ c;
    a = (a + b) | 0, b = ((b << 6) | (b >>> 26)) ^ a;
    c = (c + d) | 0, d = ((d << 6) | (d >>> 26)) ^ c;
    a = (a + k0) | 0, b = (b + k1 + 3) | 0;
    c = (c + k0) | 0, d = (d + k1 + 3) | 0;
    a = (a + b) | 0, b = ((b << 17) | (b >>> 15)) ^ a;
    c = (c + d) | 0, d = ((d << 17) | (d >>> 15)) ^ c;
    a = (a + b) | 0, b = ((b << 29) | (b >>> 3)) ^ a;
    c = (c + d) | 0, d = ((d << 29) | (d >>> 3)) ^ c;
    a = (a + b) | 0, b = ((b << 16) | (b >>> 16)) ^ a;
    c = (c + d) | 0, d = ((d << 16) | (d >>> 16)) ^ c;
    a = (a + b) | 0, b = ((b << 24) | (b >>> 8)) ^ a;
    c = (c + d) | 0, d = ((d << 24) | (d >>> 8)) ^ c;
    a = (a + k1) | 0, b = (b + k2 + 4) | 0;
    c = (c + k1) | 0, d = (d + k2 + 4) | 0;
    a = (a + b) | 0, b = ((b << 13) | (b >>> 19)) ^ a;
    c = (c + d) | 0, d = ((d << 13) | (d >>> 19)) ^ c;
    a = (a + b) | 0, b = ((b << 15) | (b >>> 17)) ^ a;
    c = (c + d) | 0, d = ((d << 15) | (d >>> 17)) ^ c;
    a = (a + b) | 0, b = ((b << 26) | (b >>> 6)) ^ a;
    c = (c + d) | 0, d = ((d << 26) | (d >>> 6)) ^ c;
    a = (a + b) | 0, b = ((b << 6) | (b >>> 26)) ^ a;
    c = (c + d) | 0, d = ((d << 6) | (d >>> 26)) ^ c;
    output[i] = (a + k2) | 0;
    output[i + 1] = (b + k0 + 5) | 0;
    output[i + 2] = (c + k2) | 0;
    output[i + 3] = (d + k0 + 5) | 0;
  }
}
