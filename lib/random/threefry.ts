/** 2³² in uint32 arithmetic is 0: keys and counters are pairs of 32-bit words. */
const PARITY = 0x1bd11bda;

/**
 * Threefry-2×32 with 20 rounds: a bijection of 64-bit counters for each 64-bit key, whose outputs
 * pass the statistical tests for random numbers.
 *
 * Source: Salmon, Moraes, Dror & Shaw 2011, _Parallel random numbers: as easy as 1, 2, 3_, §4.
 *
 * @param key0 First word of the key; words are taken modulo 2³².
 * @param key1 Second word of the key.
 * @param counter0 First word of the counter.
 * @param counter1 Second word of the counter.
 * @param output Receives the two random words at `offset` and `offset + 1`.
 */
export function threefry2x32(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  output: Uint32Array,
  offset = 0,
): void {
  const key2 = PARITY ^ key0 ^ key1;
  let a = (counter0 + key0) | 0;
  let b = (counter1 + key1) | 0;
  // Four rounds of add, rotate, exclusive-or; then a key injection. Unrolled: it is the inner loop.
  a = (a + b) | 0, b = ((b << 13) | (b >>> 19)) ^ a;
  a = (a + b) | 0, b = ((b << 15) | (b >>> 17)) ^ a;
  a = (a + b) | 0, b = ((b << 26) | (b >>> 6)) ^ a;
  a = (a + b) | 0, b = ((b << 6) | (b >>> 26)) ^ a;
  a = (a + key1) | 0, b = (b + key2 + 1) | 0;
  a = (a + b) | 0, b = ((b << 17) | (b >>> 15)) ^ a;
  a = (a + b) | 0, b = ((b << 29) | (b >>> 3)) ^ a;
  a = (a + b) | 0, b = ((b << 16) | (b >>> 16)) ^ a;
  a = (a + b) | 0, b = ((b << 24) | (b >>> 8)) ^ a;
  a = (a + key2) | 0, b = (b + key0 + 2) | 0;
  a = (a + b) | 0, b = ((b << 13) | (b >>> 19)) ^ a;
  a = (a + b) | 0, b = ((b << 15) | (b >>> 17)) ^ a;
  a = (a + b) | 0, b = ((b << 26) | (b >>> 6)) ^ a;
  a = (a + b) | 0, b = ((b << 6) | (b >>> 26)) ^ a;
  a = (a + key0) | 0, b = (b + key1 + 3) | 0;
  a = (a + b) | 0, b = ((b << 17) | (b >>> 15)) ^ a;
  a = (a + b) | 0, b = ((b << 29) | (b >>> 3)) ^ a;
  a = (a + b) | 0, b = ((b << 16) | (b >>> 16)) ^ a;
  a = (a + b) | 0, b = ((b << 24) | (b >>> 8)) ^ a;
  a = (a + key1) | 0, b = (b + key2 + 4) | 0;
  a = (a + b) | 0, b = ((b << 13) | (b >>> 19)) ^ a;
  a = (a + b) | 0, b = ((b << 15) | (b >>> 17)) ^ a;
  a = (a + b) | 0, b = ((b << 26) | (b >>> 6)) ^ a;
  a = (a + b) | 0, b = ((b << 6) | (b >>> 26)) ^ a;
  output[offset] = a + key2;
  output[offset + 1] = b + key0 + 5;
}
