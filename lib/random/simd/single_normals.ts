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

/** Most numbers drawn at a time: they stay in the processor's first cache. */
export const MOST = 4096;

/**
 * N(0, 1) numbers in float32 arithmetic, four of everything at a time: a third of the time that
 * `fillNormals` of `threefry`'s words takes in float64. IEEE 754 fixes their bits on every machine.
 *
 * Counter c of Threefry-2×32-20 gives two words w and v. They give the numbers 2c and 2c + 1 by Box
 * and Muller: radius times cosine and sine. The radius is √(−2 ln u), with u = (w + ½)/2³² rounded to
 * float32. The angle is a number of quarter turns, v's upper two bits, plus an angle of [−π/4, π/4]
 * by the other bits. The series are those of
 * `fillNormals`, as far as float32 sees them: relative errors of some 2⁻²³.
 */
export interface SingleNormals {
  /** Where they are drawn to. */
  readonly numbers: Float32Array;
  /**
   * Draws numbers 2c, 2c + 1, … under a key.
   *
   * @param low c's low word; the counter must not carry into the high one on the way.
   * @param count A multiple of 8 up to {@link MOST}.
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
  const kernels = new WebAssembly.Module(assemble([draw()]));
  const { exports } = new WebAssembly.Instance(kernels, { env: { memory } });
  const run = exports.draw as (...numbers: number[]) => void;
  return {
    numbers: new Float32Array(memory.buffer, 0, MOST),
    draw: (key0, key1, low, high, count) => run(key0, key1, low, high, 0, 4 * count),
  };
}

/** Threefry's rotations; they begin anew after eight rounds. */
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];
/** See `threefry`. */
const PARITY = 0x1bd11bda;
const SIGN = -(2 ** 31);

const integer = (value: number): Code => constant(Int32Array.of(value, value, value, value));
const float = (value: number): Code => constant(Float32Array.of(value, value, value, value));

function draw(): WasmFunction {
  const [key0, key1, low, high, target, targetEnd] = [0, 1, 2, 3, 4, 5];
  const [k0, k1, k2, counter, top, a, b] = [6, 7, 8, 9, 10, 11, 12];
  const keys = [k0, k1, k2];
  const round = (rotation: number): Code => [
    ...[...get(a), ...get(b), ...i32.add, ...set(a)],
    ...[...get(b), ...shiftLeft(rotation), ...get(b), ...shiftRight(32 - rotation), ...or],
    ...[...get(a), ...xor, ...set(b)],
  ];
  /** After each four rounds the next two words of the key. */
  const addKey = (step: number): Code => [
    ...[...get(a), ...get(keys[step % 3]!), ...i32.add, ...set(a)],
    ...[...get(b), ...get(keys[(step + 1) % 3]!), ...i32.add, ...integer(step), ...i32.add],
    ...set(b),
  ];
  return {
    name: "draw",
    parameters: 6,
    integers: 0,
    vectors: 18,
    body: [
      ...[...get(key0), ...i32.splat, ...set(k0), ...get(key1), ...i32.splat, ...set(k1)],
      ...[...get(k0), ...get(k1), ...xor, ...integer(PARITY), ...xor, ...set(k2)],
      ...[...get(low), ...i32.splat, ...constant(Int32Array.of(0, 1, 2, 3)), ...i32.add],
      ...set(counter),
      ...[...get(high), ...i32.splat, ...get(k1), ...i32.add, ...set(top)],
      ...repeatUntilEqual(target, targetEnd, [
        ...[...get(counter), ...get(k0), ...i32.add, ...set(a), ...get(top), ...set(b)],
        ...[0, 1, 2, 3, 4].flatMap((step) => [
          ...[0, 1, 2, 3].flatMap((r) => round(ROTATIONS[(4 * step + r) % 8]!)),
          ...addKey(step + 1),
        ]),
        ...radiusOf(a),
        ...cosineAndSine(b),
        ...[...get(target), ...get(COSINE), ...get(SINE), ...interleaveFirst, ...store()],
        ...[...get(target), ...get(COSINE), ...get(SINE), ...interleaveLast, ...store(16)],
        ...[...get(counter), ...integer(4), ...i32.add, ...set(counter)],
        ...advance(target, 32),
      ]),
    ],
  };
}

const [F, EXPONENT, Z, T, T2, T4] = [13, 14, 15, 16, 17, 18];
const [MASK, RADIUS, X, SINE, COSINE] = [19, 20, 21, 22, 23];

/** c₀ + c₁ · local, in this order and with c₁'s sign as a subtraction. */
function line(c0: number, c1: number, local: number): Code {
  return [
    ...[...float(c0), ...get(local), ...float(Math.abs(c1)), ...f32.multiply],
    ...(c1 < 0 ? f32.subtract : f32.add),
  ];
}

/** T, T2, T4 ← the square, fourth and eighth power of a local. */
function powers(local: number): Code {
  return [
    ...[...get(local), ...get(local), ...f32.multiply, ...set(T)],
    ...[...get(T), ...get(T), ...f32.multiply, ...set(T2)],
    ...[...get(T2), ...get(T2), ...f32.multiply, ...set(T4)],
  ];
}

/** RADIUS ← √(−2 ln u), u = 2^(EXPONENT − 32) F with F of [√½, √2). */
function radiusOf(word: number): Code {
  return [
    ...[...get(word), ...f32.fromUnsigned, ...float(0.5), ...f32.add, ...set(F)],
    ...[...get(F), ...shiftRight(23), ...integer(126), ...i32.subtract, ...set(EXPONENT)],
    ...[...get(F), ...integer(0x7fffff), ...and, ...float(0.5), ...or, ...set(F)],
    ...[...get(F), ...float(Math.SQRT1_2), ...f32.less, ...set(MASK)],
    ...[...get(F), ...get(F), ...f32.add, ...get(F), ...get(MASK), ...select, ...set(F)],
    ...[...get(EXPONENT), ...get(MASK), ...i32.add, ...set(EXPONENT)],
    ...[...get(F), ...float(1), ...f32.subtract, ...get(F), ...float(1), ...f32.add],
    ...[...f32.divide, ...set(Z), ...powers(Z)],
    ...[...integer(32), ...get(EXPONENT), ...i32.subtract, ...f32.fromSigned],
    ...[...float(Math.LN2), ...f32.multiply],
    // 2 artanh Z.
    ...[...get(Z), ...get(Z), ...f32.add, ...line(1, 1 / 3, T)],
    ...[...get(T2), ...line(1 / 5, 1 / 7, T), ...f32.multiply, ...f32.add],
    ...[...get(T4), ...float(1 / 9), ...f32.multiply, ...f32.add, ...f32.multiply],
    ...[...f32.subtract, ...set(RADIUS), ...get(RADIUS), ...get(RADIUS), ...f32.add],
    ...[...f32.squareRoot, ...set(RADIUS)],
  ];
}

/** COSINE, SINE ← RADIUS times those of the angle. */
function cosineAndSine(turn: number): Code {
  return [
    ...[...get(turn), ...integer(0x3fffffff), ...and, ...integer(2 ** 29), ...i32.subtract],
    ...[...f32.fromSigned, ...float(Math.PI / 2 ** 31), ...f32.multiply, ...set(X), ...powers(X)],
    ...[...get(X), ...line(1, -1 / 6, T)],
    ...[...get(T2), ...line(1 / 120, -1 / 5040, T), ...f32.multiply, ...f32.add],
    ...[...get(T4), ...float(1 / 362880), ...f32.multiply, ...f32.add, ...f32.multiply],
    ...set(SINE),
    ...line(1, -1 / 2, T),
    ...[...get(T2), ...line(1 / 24, -1 / 720, T), ...f32.multiply, ...f32.add],
    ...[...get(T4), ...line(1 / 40320, -1 / 3628800, T), ...f32.multiply, ...f32.add],
    ...set(COSINE),
    // A quarter turn changes sine and cosine, a half turn the signs.
    ...[...get(turn), ...shiftLeft(1), ...shiftSigned(31), ...set(MASK)],
    ...[...get(COSINE), ...set(X)],
    ...[...get(SINE), ...get(X), ...get(MASK), ...select],
    ...[...get(turn), ...get(MASK), ...xor, ...integer(SIGN), ...and, ...xor],
    ...[...get(RADIUS), ...f32.multiply, ...set(COSINE)],
    ...[...get(X), ...get(SINE), ...get(MASK), ...select],
    ...[...get(turn), ...integer(SIGN), ...and, ...xor],
    ...[...get(RADIUS), ...f32.multiply, ...set(SINE)],
  ];
}
