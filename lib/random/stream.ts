import { createHash } from "node:crypto";
import { threefry2x32 } from "./threefry.ts";

/** An endless sequence of random numbers, read in order or at any index. */
export interface Stream {
  /** Next number of U(0, 1), never 0 or 1. */
  uniform(): number;
  /** Next number of N(0, 1). */
  normal(): number;
  /** Next integer of 0 … bound − 1, each equally likely. @throws {RangeError} If bound ∉ 1 … 2³². */
  below(bound: number): number;
  /** A permutation of 0 … count − 1, each equally likely (Fisher–Yates). */
  permutation(count: number): Uint32Array;
  /** Fills with U(0, 1): entry i is number `firstIndex + i` of the sequence, whatever was read. */
  fillUniform(target: Float32Array | Float64Array, firstIndex: number): void;
  /** Fills with N(0, 1): entry i is number `firstIndex + i` of the sequence, whatever was read. */
  fillNormal(target: Float32Array | Float64Array, firstIndex: number): void;
}

/**
 * The random stream of a name: counter-based, so that its i-th number is a function of (seed,
 * name, i) alone and the order of use changes nothing.
 *
 * The key is the SHA-256 of seed and name, the generator Threefry-2×32-20; uniforms have 32 bits
 * and normals come in pairs by Box & Muller 1958. Numbers read in order, blocks of uniforms and
 * blocks of normals are three independent sequences.
 *
 * @param seed Any finite number.
 * @param name What the numbers are for, as a path: another name, other numbers.
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
 * ```
 *
 * @throws {RangeError} If the seed is not finite.
 */
export function stream(seed: number, ...name: readonly (string | number)[]): Stream {
  if (!Number.isFinite(seed)) {
    throw new RangeError(`Cannot seed a stream with ${seed}; want a finite number`);
  }
  const digest = createHash("sha256").update(JSON.stringify([seed, ...name])).digest();
  const keys = [0, 1, 2].map((
    use,
  ) => [digest.readInt32LE(8 * use), digest.readInt32LE(8 * use + 4)]);
  const [sequence, uniforms, normals] = keys as [number, number][];
  const words = new Uint32Array(2);
  let next = 0;
  const word = (): number => {
    if (next % 2 === 0) draw(sequence!, next / 2, words);
    return words[next++ % 2]!;
  };
  const uniform = () => (word() + 0.5) / 2 ** 32;
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
    below: (bound) => below(bound, word),
    permutation: (count) => permutation(count, word),
    fillUniform: (target, firstIndex) => fillUniform(target, firstIndex, uniforms!),
    fillNormal: (target, firstIndex) => fillNormal(target, firstIndex, normals!),
  };
}

/** The two words of counter `pair`, which may exceed 32 bits. */
function draw([key0, key1]: readonly [number, number], pair: number, words: Uint32Array): void {
  threefry2x32(key0, key1, pair | 0, Math.floor(pair / 2 ** 32), words);
}

/** Words beyond the largest multiple of `bound` are dropped: the remainder would favour some. */
function below(bound: number, word: () => number): number {
  if (!(Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 32)) {
    throw new RangeError(`Cannot draw an integer below ${bound}; want an integer from 1 to 2³²`);
  }
  const limit = 2 ** 32 - (2 ** 32 % bound);
  for (;;) {
    const drawn = word();
    if (drawn < limit) return drawn % bound;
  }
}

function permutation(count: number, word: () => number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = below(i + 1, word);
    const moved = order[i]!;
    order[i] = order[j]!;
    order[j] = moved;
  }
  return order;
}

function fillUniform(
  target: Float32Array | Float64Array,
  firstIndex: number,
  key: readonly [number, number],
): void {
  const words = new Uint32Array(2);
  for (let i = 0; i < target.length; i++) {
    const index = firstIndex + i;
    if (i === 0 || index % 2 === 0) draw(key, Math.floor(index / 2), words);
    target[i] = (words[index % 2]! + 0.5) / 2 ** 32;
  }
}

/** Numbers 2k and 2k + 1 are the cosine and the sine of pair k. */
function fillNormal(
  target: Float32Array | Float64Array,
  firstIndex: number,
  key: readonly [number, number],
): void {
  const words = new Uint32Array(2);
  const length = target.length;
  let i = 0;
  for (let pair = Math.floor(firstIndex / 2); i < length; pair++) {
    draw(key, pair, words);
    const radius = Math.sqrt(-2 * Math.log((words[0]! + 0.5) / 2 ** 32));
    const angle = 2 * Math.PI * ((words[1]! + 0.5) / 2 ** 32);
    if (i > 0 || firstIndex % 2 === 0) target[i++] = radius * Math.cos(angle);
    if (i < length) target[i++] = radius * Math.sin(angle);
  }
}
