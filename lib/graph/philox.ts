/** A counter and a key, as 32-bit words, least significant first. */
type Words = readonly [number, number, number, number];

const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const WEYL = [0x9e3779b9, 0xbb67ae85] as const;
const ROUNDS = 10;

/**
 * Philox-4×32 with ten rounds: four random 32-bit words for a counter and a key.
 *
 * It is the generator of TensorFlow's stateless random ops, so that every engine can draw the same
 * dropout masks; all other random numbers come from `lib/random`.
 *
 * Source: Salmon, Moraes, Dror & Shaw 2011, *Parallel random numbers: as easy as 1, 2, 3*, §3.3.
 *
 * @example The first known answer of the authors' own tests
 * ```ts
 * import { philox } from "./philox.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(philox([0, 0, 0, 0], [0, 0]).map((word) => word.toString(16)), [
 *   "6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8",
 * ]);
 * ```
 */
export function philox(
  counter: Words,
  [key0, key1]: readonly [number, number],
): [number, number, number, number] {
  let [a, b, c, d] = counter.map((word) => word >>> 0) as [number, number, number, number];
  let [low, high] = [key0 >>> 0, key1 >>> 0];
  for (let round = 0; round < ROUNDS; round++) {
    const first = upperHalf(MULTIPLIERS[0], a);
    const second = upperHalf(MULTIPLIERS[1], c);
    [a, b, c, d] = [
      (second ^ b ^ low) >>> 0,
      Math.imul(MULTIPLIERS[1], c) >>> 0,
      (first ^ d ^ high) >>> 0,
      Math.imul(MULTIPLIERS[0], a) >>> 0,
    ];
    low = (low + WEYL[0]) >>> 0;
    high = (high + WEYL[1]) >>> 0;
  }
  return [a, b, c, d];
}

/** Arithmetic of 32-bit words that wraps around: `low` and `high` are the halves of a product. */
export interface WordArithmetic<T> {
  word(value: number): T;
  add(a: T, b: T): T;
  xor(a: T, b: T): T;
  low(a: T, b: T): T;
  high(a: T, b: T): T;
}

/** The rounds of {@link philox} on whatever holds words, such as tensors of a compiler. */
export function philoxRounds<T>(
  counter: readonly [T, T, T, T],
  key: readonly [T, T],
  { word, add, xor, low, high }: WordArithmetic<T>,
): [T, T, T, T] {
  let [a, b, c, d] = counter;
  let [key0, key1] = key;
  const factors = MULTIPLIERS.map(word) as [T, T];
  const weyl = WEYL.map(word) as [T, T];
  for (let round = 0; round < ROUNDS; round++) {
    [a, b, c, d] = [
      xor(xor(high(factors[1], c), b), key0),
      low(factors[1], c),
      xor(xor(high(factors[0], a), d), key1),
      low(factors[0], a),
    ];
    key0 = add(key0, weyl[0]);
    key1 = add(key1, weyl[1]);
  }
  return [a, b, c, d];
}

/** Upper 32 bits of a product of two 32-bit words, in halves that a double holds exactly. */
function upperHalf(x: number, y: number): number {
  const [xh, xl, yh, yl] = [x >>> 16, x & 0xffff, y >>> 16, y & 0xffff];
  const middle = xh * yl + ((xl * yl) >>> 16);
  const carry = xl * yh + (middle & 0xffff);
  return (xh * yh + Math.floor(middle / 65536) + Math.floor(carry / 65536)) >>> 0;
}

/**
 * Random words as TensorFlow draws them: word i is word i mod 4 of the counter (⌊i/4⌋, 0, `draw`, 0).
 *
 * @param key Two 32-bit words.
 * @param draw Tells apart the arrays that are drawn with one key.
 * @returns Unsigned 32-bit words.
 */
export function philoxWords(
  key: readonly [number, number],
  draw: number,
  count: number,
): Float64Array {
  const words = new Float64Array(count);
  for (let first = 0; first < count; first += 4) {
    words.set(philox([first / 4, 0, draw, 0], key).slice(0, count - first), first);
  }
  return words;
}
