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
 * the processor overlaps, and takes 2.9 times as long.
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
/**
 * Vectors of words taken side by side: their divisions and roots overlap, and each constant, which
 * costs four instructions, serves all of them.
 */
const GROUPS = 8;

const float = (value: number): Code => constant(Float32Array.of(value, value, value, value));

const [AT, END, CONSTANT] = [0, 1, 2];

/** Locals of one group. */
function localsOf(group: number) {
  const at = (k: number) => 3 + 12 * group + k;
  return {
    offset: 32 * group,
    ...{ turn: at(0), f: at(1), exponent: at(2), z: at(3), t: at(4), t2: at(5), t4: at(6) },
    ...{ mask: at(7), radius: at(8), x: at(9), sine: at(10), cosine: at(11) },
  } as const;
}

type Locals = ReturnType<typeof localsOf>;
const groups = Array.from({ length: GROUPS }, (_, group) => localsOf(group));

/** What is done in each group. */
const each = (body: (group: Locals) => Code): Code => groups.flatMap(body);
/** The same with a constant, which is in `k`. */
const withConstant = (value: Code, body: (group: Locals) => Code): Code => [
  ...[...value, ...set(CONSTANT)],
  ...each(body),
];
const k = get(CONSTANT);

/** `normals(words, wordsEnd)`: numbers in place of the words that `words` has written. */
function normals(): WasmFunction {
  return {
    name: "normals",
    parameters: 2,
    integers: 0,
    vectors: 1 + 12 * GROUPS,
    body: repeatUntilEqual(AT, END, [
      ...radius,
      ...sineAndCosine,
      ...turned,
      ...advance(AT, WORDS_STEP),
    ]),
  };
}

/** local ← c₀ + c₁ t, with c₁'s sign as a subtraction. */
function line(local: "radius" | "x" | "sine" | "cosine", c0: number, c1: number): Code {
  return [
    ...withConstant(float(Math.abs(c1)), (group) => [
      ...[...get(group.t), ...k, ...f32.multiply, ...set(group[local])],
    ]),
    ...withConstant(float(c0), (group) => [
      ...[...k, ...get(group[local]), ...(c1 < 0 ? f32.subtract : f32.add), ...set(group[local])],
    ]),
  ];
}

/** local ← lower + t² · local: the lower terms of a series in t, and those of t² on. */
function joined(local: "radius" | "sine" | "cosine", lower: "x" | "cosine"): Code {
  return each((group) => [
    ...[...get(group[lower]), ...get(group.t2), ...get(group[local]), ...f32.multiply],
    ...[...f32.add, ...set(group[local])],
  ]);
}

/** t, t2, t4 ← the square, fourth and eighth power of a local. */
function powers(local: "z" | "x"): Code {
  const squared = (from: "z" | "x" | "t" | "t2", to: "t" | "t2" | "t4"): Code =>
    each((group) => [
      ...[...get(group[from]), ...get(group[from]), ...f32.multiply, ...set(group[to])],
    ]);
  return [...squared(local, "t"), ...squared("t", "t2"), ...squared("t2", "t4")];
}

/** radius ← √(−2 ln u), u = 2^(32 − exponent) f with f of [√½, √2). */
const radius: Code = [
  ...withConstant(float(0.5), ({ offset, f }) => [
    ...[...get(AT), ...load(offset), ...f32.fromUnsigned, ...k, ...f32.add, ...set(f)],
  ]),
  ...withConstant(integer(158), ({ f, exponent }) => [
    ...[...k, ...get(f), ...shiftRight(23), ...i32.subtract, ...set(exponent)],
  ]),
  ...withConstant(integer(0x7fffff), ({ f }) => [...get(f), ...k, ...and, ...set(f)]),
  ...withConstant(float(0.5), ({ f }) => [...get(f), ...k, ...or, ...set(f)]),
  ...withConstant(float(Math.SQRT1_2), ({ f, mask }) => [
    ...[...get(f), ...k, ...f32.less, ...set(mask)],
  ]),
  ...each(({ f, mask, exponent }) => [
    ...[...get(f), ...get(f), ...get(mask), ...and, ...f32.add, ...set(f)],
    ...[...get(exponent), ...get(mask), ...i32.subtract, ...f32.fromSigned, ...set(exponent)],
  ]),
  ...withConstant(float(1), ({ f, z }) => [
    ...[...get(f), ...k, ...f32.subtract, ...get(f), ...k, ...f32.add, ...f32.divide, ...set(z)],
  ]),
  ...withConstant(float(Math.LN2), ({ exponent }) => [
    ...[...get(exponent), ...k, ...f32.multiply, ...set(exponent)],
  ]),
  // 2 artanh z.
  ...[...powers("z"), ...line("radius", 1 / 5, 1 / 7), ...line("cosine", 1, 1 / 3)],
  ...joined("radius", "cosine"),
  ...withConstant(float(1 / 9), ({ t4, radius }) => [
    ...[...get(radius), ...get(t4), ...k, ...f32.multiply, ...f32.add, ...set(radius)],
  ]),
  ...each(({ exponent, z, radius }) => [
    ...[...get(exponent), ...get(z), ...get(z), ...f32.add, ...get(radius), ...f32.multiply],
    ...[...f32.subtract, ...set(radius)],
    ...[...get(radius), ...get(radius), ...f32.add, ...f32.squareRoot, ...set(radius)],
  ]),
];

/** sine and cosine of an angle of [−π/4, π/4]. */
const sineAndCosine: Code = [
  ...withConstant(integer(0x3fffffff), ({ offset, x }) => [
    ...[...get(AT), ...load(offset + 16), ...k, ...and, ...set(x)],
  ]),
  ...withConstant(integer(2 ** 29), ({ x }) => [
    ...[...get(x), ...k, ...i32.subtract, ...f32.fromSigned, ...set(x)],
  ]),
  ...withConstant(float(Math.PI / 2 ** 31), ({ x }) => [
    ...[...get(x), ...k, ...f32.multiply, ...set(x)],
  ]),
  ...[...powers("x"), ...line("sine", 1 / 120, -1 / 5040), ...line("cosine", 1, -1 / 6)],
  ...joined("sine", "cosine"),
  ...withConstant(float(1 / 362880), ({ t4, x, sine }) => [
    ...[...get(sine), ...get(t4), ...k, ...f32.multiply, ...f32.add],
    ...[...get(x), ...f32.multiply, ...set(sine)],
  ]),
  ...[...line("cosine", 1 / 24, -1 / 720), ...line("x", 1, -1 / 2), ...joined("cosine", "x")],
  ...line("x", 1 / 40320, -1 / 3628800),
  ...each(({ t4, x, cosine }) => [
    ...[...get(cosine), ...get(t4), ...get(x), ...f32.multiply, ...f32.add, ...set(cosine)],
  ]),
];

/**
 * Radius times cosine and sine, over the words. A quarter turn makes them change places, which is to
 * add their difference to both where the mask has bits; a half turn changes the signs.
 */
const turned: Code = withConstant(integer(SIGN), (group) => {
  const { offset, turn, mask, radius, x, sine, cosine } = group;
  return [
    ...[...get(AT), ...load(offset + 16), ...set(turn)],
    ...[...get(turn), ...shiftLeft(1), ...shiftSigned(31), ...set(mask)],
    ...[...get(cosine), ...get(sine), ...xor, ...get(mask), ...and, ...set(x)],
    ...[...get(cosine), ...get(x), ...xor, ...get(turn), ...get(mask), ...xor, ...k, ...and],
    ...[...xor, ...get(radius), ...f32.multiply, ...set(cosine)],
    ...[...get(sine), ...get(x), ...xor, ...get(turn), ...k, ...and],
    ...[...xor, ...get(radius), ...f32.multiply, ...set(sine)],
    ...[...get(AT), ...get(cosine), ...get(sine), ...interleaveFirst, ...store(offset)],
    ...[...get(AT), ...get(cosine), ...get(sine), ...interleaveLast, ...store(offset + 16)],
  ];
});
