import { fillNormals, fillUniforms } from "./box_muller.ts";
import { MOST, singleNormals, STEP } from "./simd/single_normals.ts";
import { type StreamKey, streamKey } from "./stream_key.ts";
import { threefry } from "./threefry.ts";

/**
 * Four endless sequences of random numbers: uniforms, normals, normals of single precision, and the
 * words behind integers and permutations. All but the last can be read at any index.
 */
export interface Stream {
  /** Next number of U(0, 1): the k-th call gives number k. Never 0 or 1. */
  uniform(): number;
  /** Next number of N(0, 1): the k-th call gives number k. */
  normal(): number;
  /** Next integer of 0 … bound − 1, each equally likely. @throws {RangeError} If bound ∉ 1 … 2³². */
  below(bound: number): number;
  /** A permutation of 0 … count − 1, each equally likely (Fisher and Yates). */
  permutation(count: number): Uint32Array;
  /**
   * Fills with U(0, 1): entry i is number `firstIndex + i` of the uniforms, whatever was read.
   *
   * @throws {RangeError} If `firstIndex` is not a whole number from 0 to 2⁵³ − 1.
   */
  fillUniform(target: Float32Array | Float64Array, firstIndex: number): void;
  /**
   * Fills with N(0, 1): entry i is number `firstIndex + i` of the normals, whatever was read.
   *
   * @throws {RangeError} If `firstIndex` is not a whole number from 0 to 2⁵³ − 1.
   */
  fillNormal(target: Float32Array | Float64Array, firstIndex: number): void;
  /**
   * Fills with N(0, 1) made in float32 arithmetic, for many millions of them: entry i is number
   * `firstIndex + i` of a sequence of their own.
   *
   * @throws {RangeError} If `firstIndex` is not a whole number from 0 to 2⁵³ − 1.
   */
  fillSingleNormal(target: Float32Array, firstIndex: number): void;
}

/** Turns random words into numbers, both of the same even length. */
type Kernel = (words: Int32Array, target: Float64Array) => void;

/** Words in a block: 16 KiB, which stays in the processor's first cache with what is made of it. */
const BLOCK = 4096;
/** Words in the block from which single numbers are read. */
const SMALL_BLOCK = 64;
/** The largest float32 below 1: a uniform of 32 bits may round up to 1, which is no uniform. */
const BELOW_ONE = 1 - 2 ** -24;

/**
 * The random stream of a name: counter-based, so that its i-th number is a function of seed, name
 * and i alone. Order of use, block borders and number of readers change nothing.
 *
 * Threefry-2×32-20 at counter k, under a hash of seed and name, gives words 2k and 2k + 1. Uniforms
 * have 32 bits; normals are made in pairs. Float32 numbers are the float64 ones, rounded.
 *
 * @param seed Any finite number.
 * @param name What the numbers are for, as a path: another name, other numbers.
 * @throws {RangeError} If a number among seed and name is not finite.
 *
 * @example Blocks do not depend on where they begin
 * ```ts
 * import { stream } from "./stream.ts";
 * import assert from "node:assert/strict";
 *
 * const whole = new Float64Array(8);
 * const tail = new Float64Array(3);
 * stream(1, "weights").fillNormal(whole, 0);
 * stream(1, "weights").fillNormal(tail, 5);
 * assert.deepEqual(tail, whole.subarray(5));
 * assert.equal(stream(1, "weights").normal(), whole[0]);
 * ```
 */
export function stream(seed: number, ...name: readonly (string | number)[]): Stream {
  const uniformKey = streamKey(seed, name, "uniform");
  const normalKey = streamKey(seed, name, "normal");
  const singleKey = streamKey(seed, name, "single normal");
  const word = reader(streamKey(seed, name, "word"), fillWords);
  return {
    uniform: reader(uniformKey, fillUniforms),
    normal: reader(normalKey, fillNormals),
    below: (bound) => below(bound, word),
    permutation: (count) => permutation(count, word),
    fillUniform: (target, firstIndex) => fill(target, firstIndex, uniformKey, fillUniforms),
    fillNormal: (target, firstIndex) => fill(target, firstIndex, normalKey, fillNormals),
    fillSingleNormal: (target, firstIndex) => fillSingle(target, firstIndex, singleKey),
  };
}

function fillWords(words: Int32Array, target: Float64Array): void {
  for (let i = 0; i < words.length; i++) target[i] = words[i]! >>> 0;
}

/** Makes numbers `first`, `first` + 1, …; `first` is even, as numbers 2k and 2k + 1 share a counter. */
function make(first: number, key: StreamKey, kernel: Kernel, words: Int32Array, to: Float64Array) {
  const counter = first / 2;
  threefry(key[0], key[1], counter | 0, Math.floor(counter / 2 ** 32), words);
  kernel(words, to);
}

/** Reads a sequence in order. */
function reader(key: StreamKey, kernel: Kernel): () => number {
  let block: Float64Array | undefined;
  let words: Int32Array | undefined;
  let next = 0;
  return () => {
    const at = next % SMALL_BLOCK;
    if (at === 0) {
      words ??= new Int32Array(SMALL_BLOCK);
      block ??= new Float64Array(SMALL_BLOCK);
      make(next, key, kernel, words, block);
    }
    next++;
    return block![at]!;
  };
}

function fill(
  target: Float32Array | Float64Array,
  firstIndex: number,
  key: StreamKey,
  kernel: Kernel,
): void {
  assertIndex(firstIndex);
  const skip = firstIndex % 2;
  const most = Math.min(BLOCK, Math.ceil((skip + target.length) / 4) * 4);
  const words = new Int32Array(most);
  const block = new Float64Array(most);
  const rounds = target instanceof Float32Array && kernel === fillUniforms;
  let done = 0;
  for (let first = firstIndex - skip; done < target.length; first += most) {
    make(first, key, kernel, words, block);
    const from = first < firstIndex ? skip : 0;
    const count = Math.min(most - from, target.length - done);
    if (rounds) { for (let i = 0; i < most; i++) block[i] = Math.min(block[i]!, BELOW_ONE); }
    target.set(block.subarray(from, from + count), done);
    done += count;
  }
}

function fillSingle(target: Float32Array, firstIndex: number, [key0, key1]: StreamKey): void {
  assertIndex(firstIndex);
  const { numbers, draw } = singleNormals();
  for (let done = 0; done < target.length;) {
    const first = firstIndex + done;
    const skip = first % 2;
    const counter = (first - skip) / 2;
    const low = counter % 2 ** 32;
    // The kernel does not carry into the counter's high word.
    const most = Math.min(MOST, 2 * (2 ** 32 - low));
    const count = Math.min(most - skip, target.length - done);
    const drawn = Math.ceil((skip + count) / STEP) * STEP;
    draw(key0, key1, low, Math.floor(counter / 2 ** 32), drawn);
    target.set(numbers.subarray(skip, skip + count), done);
    done += count;
  }
}

function assertIndex(firstIndex: number): void {
  if (Number.isSafeInteger(firstIndex) && firstIndex >= 0) return;
  throw new RangeError(
    `Cannot read a random stream from index ${firstIndex}; give a whole number from 0`,
  );
}

/** Words beyond the largest multiple of `bound` are dropped: the remainder would favour some. */
function below(bound: number, word: () => number): number {
  if (!(Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 32)) {
    throw new RangeError(
      `Cannot draw an integer below ${bound}; give a whole number from 1 to 2³²`,
    );
  }
  const limit = 2 ** 32 - (2 ** 32 % bound);
  for (;;) {
    const drawn = word();
    if (drawn < limit) return drawn % bound;
  }
}

function permutation(count: number, word: () => number): Uint32Array {
  if (!(Number.isInteger(count) && count >= 0 && count < 2 ** 32)) {
    throw new RangeError(`Cannot permute ${count} things; give a whole number from 0`);
  }
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = below(i + 1, word);
    const moved = order[i]!;
    order[i] = order[j]!;
    order[j] = moved;
  }
  return order;
}
