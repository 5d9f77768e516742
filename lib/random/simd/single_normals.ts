import {
  advance,
  and,
  assemble,
  type Code,
  constant,
  f32,
  get,
  i32,
  interleaveFirst,
  interleaveLast,
  load,
  or,
  repeatUntilEqual,
  select,
  set,
  shiftLeft,
  shiftRight,
  shiftSigned,
  store,
  type WasmFunction,
  xor,
} from "../../wasm/assembler.ts";
import { integer, words, WORDS_STEP } from "./threefry_words.ts";

/** Most numbers drawn at a time: they stay in the processor's first cache. */
export const MOST = 4096;
/** Numbers are drawn in multiples of so many. */
export const STEP = WORDS_STEP / Float32Array.BYTES_PER_ELEMENT;

/**
 * N(0, 1) numbers in float32 arithmetic, four of everything at a time: a fifth of the time that
 * `fillNormals` of `threefry`'s words takes in float64. IEEE 754 fixes their bits on every machine.
 *
 * Counter c of Threefry-2×32-20 gives two words w and v. They give the numbers 2c and 2c + 1 by Box
 * and Muller: radius times cosine and sine. The radius is √(−2 ln u), with u = (w + ½)/2³² rounded to
 * float32. The angle is a number of quarter turns, v's upper two bits, plus an angle of [−π/4, π/4]
 * by the other bits. The series are those of
 * `fillNormals`, as far as float32 sees them: relative errors of some 2⁻²³.
 *
 * All words come first, then the numbers in their place: one loop over both has more at hand than
 * the processor overlaps, and takes 2.7 times as long.
 */
export interface SingleNormals {
  /** Where they are drawn to. */
  readonly numbers: Float32Array;
  /**
   * Draws numbers 2c, 2c + 1, … under a key.
   *
   * @param low c's low word; what comes after the end of the low words is of no use.
   * @param count A multiple of {@link STEP} up to {@link MOST}.
   */
  draw(key0: number, key1: number, low: number, high: number, count: number): void;
}

let made: SingleNormals | undefined;

/** The one kernel of the process. */
export function singleNormals(): SingleNormals {
  return made ??= make();
}

function make(): SingleNormals {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const kernels = new WebAssembly.Module(assemble([words(), normals()]));
  const { exports } = new WebAssembly.Instance(kernels, { env: { memory } });
  const run = exports as Record<string, (...numbers: number[]) => void>;
  return {
    numbers: new Float32Array(memory.buffer, 0, MOST),
    draw: (key0, key1, low, high, count) => {
      run.words!(key0, key1, low, high, 0, 4 * count);
      run.normals!(0, 4 * count);
    },
  };
}

const SIGN = -(2 ** 31);
/** Vectors of words taken side by side, as their divisions and roots overlap. */
const GROUPS = 2;

const float = (value: number): Code => constant(Float32Array.of(value, value, value, value));

/** Locals of one group: the two words, and what becomes of them. */
function localsOf(group: number) {
  const at = (k: number) => 2 + 13 * group + k;
  return {
    offset: 32 * group,
    ...{ word: at(0), turn: at(1), f: at(2), exponent: at(3), z: at(4), t: at(5), t2: at(6) },
    ...{ t4: at(7), mask: at(8), radius: at(9), x: at(10), sine: at(11), cosine: at(12) },
  } as const;
}

type Locals = ReturnType<typeof localsOf>;

/** `normals(words, wordsEnd)`: numbers in place of the words that `words` has written. */
function normals(): WasmFunction {
  const [at, end] = [0, 1];
  const groups = Array.from({ length: GROUPS }, (_, group) => localsOf(group));
  return {
    name: "normals",
    parameters: 2,
    integers: 0,
    vectors: 13 * GROUPS,
    body: repeatUntilEqual(at, end, [
      ...groups.flatMap((group) => [
        ...[...get(at), ...load(group.offset), ...set(group.word)],
        ...[...get(at), ...load(group.offset + 16), ...set(group.turn)],
      ]),
      ...groups.flatMap(radius),
      ...groups.flatMap(cosineAndSine),
      ...groups.flatMap(({ offset, cosine, sine }) => [
        ...[...get(at), ...get(cosine), ...get(sine), ...interleaveFirst, ...store(offset)],
        ...[...get(at), ...get(cosine), ...get(sine), ...interleaveLast, ...store(offset + 16)],
      ]),
      ...advance(at, 32 * GROUPS),
    ]),
  };
}

/** c₀ + c₁ · local, in this order and with c₁'s sign as a subtraction. */
function line(c0: number, c1: number, local: number): Code {
  return [
    ...[...float(c0), ...get(local), ...float(Math.abs(c1)), ...f32.multiply],
    ...(c1 < 0 ? f32.subtract : f32.add),
  ];
}

/** t, t2, t4 ← the square, fourth and eighth power of a local. */
function powers({ t, t2, t4 }: Locals, local: number): Code {
  return [
    ...[...get(local), ...get(local), ...f32.multiply, ...set(t)],
    ...[...get(t), ...get(t), ...f32.multiply, ...set(t2)],
    ...[...get(t2), ...get(t2), ...f32.multiply, ...set(t4)],
  ];
}

/** radius ← √(−2 ln u), u = 2^(exponent − 32) f with f of [√½, √2). */
function radius(group: Locals): Code {
  const { word, f, exponent, mask, z, t, t2, t4, radius } = group;
  return [
    ...[...get(word), ...f32.fromUnsigned, ...float(0.5), ...f32.add, ...set(f)],
    ...[...get(f), ...shiftRight(23), ...integer(126), ...i32.subtract, ...set(exponent)],
    ...[...get(f), ...integer(0x7fffff), ...and, ...float(0.5), ...or, ...set(f)],
    ...[...get(f), ...float(Math.SQRT1_2), ...f32.less, ...set(mask)],
    ...[...get(f), ...get(f), ...get(mask), ...and, ...f32.add, ...set(f)],
    ...[...get(exponent), ...get(mask), ...i32.add, ...set(exponent)],
    ...[...get(f), ...float(1), ...f32.subtract, ...get(f), ...float(1), ...f32.add],
    ...[...f32.divide, ...set(z), ...powers(group, z)],
    ...[...integer(32), ...get(exponent), ...i32.subtract, ...f32.fromSigned],
    ...[...float(Math.LN2), ...f32.multiply],
    // 2 artanh z.
    ...[...get(z), ...get(z), ...f32.add, ...line(1, 1 / 3, t)],
    ...[...get(t2), ...line(1 / 5, 1 / 7, t), ...f32.multiply, ...f32.add],
    ...[...get(t4), ...float(1 / 9), ...f32.multiply, ...f32.add, ...f32.multiply],
    ...[...f32.subtract, ...set(radius), ...get(radius), ...get(radius), ...f32.add],
    ...[...f32.squareRoot, ...set(radius)],
  ];
}

/** cosine, sine ← radius times those of the angle. */
function cosineAndSine(group: Locals): Code {
  const { turn, x, t, t2, t4, sine, cosine, mask, radius } = group;
  return [
    ...[...get(turn), ...integer(0x3fffffff), ...and, ...integer(2 ** 29), ...i32.subtract],
    ...[...f32.fromSigned, ...float(Math.PI / 2 ** 31), ...f32.multiply, ...set(x)],
    ...powers(group, x),
    ...[...get(x), ...line(1, -1 / 6, t)],
    ...[...get(t2), ...line(1 / 120, -1 / 5040, t), ...f32.multiply, ...f32.add],
    ...[...get(t4), ...float(1 / 362880), ...f32.multiply, ...f32.add, ...f32.multiply],
    ...set(sine),
    ...line(1, -1 / 2, t),
    ...[...get(t2), ...line(1 / 24, -1 / 720, t), ...f32.multiply, ...f32.add],
    ...[...get(t4), ...line(1 / 40320, -1 / 3628800, t), ...f32.multiply, ...f32.add],
    ...set(cosine),
    // A quarter turn changes sine and cosine, a half turn the signs.
    ...[...get(turn), ...shiftLeft(1), ...shiftSigned(31), ...set(mask)],
    ...[...get(cosine), ...set(x)],
    ...[...get(sine), ...get(x), ...get(mask), ...select],
    ...[...get(turn), ...get(mask), ...xor, ...integer(SIGN), ...and, ...xor],
    ...[...get(radius), ...f32.multiply, ...set(cosine)],
    ...[...get(x), ...get(sine), ...get(mask), ...select],
    ...[...get(turn), ...integer(SIGN), ...and, ...xor],
    ...[...get(radius), ...f32.multiply, ...set(sine)],
  ];
}
