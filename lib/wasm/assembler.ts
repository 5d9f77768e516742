/**
 * A small assembler for WebAssembly: as much of it as Basin's kernels need.
 *
 * V8 computes loops over typed arrays one number at a time; WebAssembly's vectors of two float64
 * numbers are the only way here to the processor's. All operations are IEEE 754's, lane by lane, so
 * that a kernel returns the bits of the plain loop whose order of summation it keeps.
 *
 * Source: WebAssembly Core Specification 2.0, §5 (binary format).
 *
 * @module
 */

/** Instructions as bytes. */
export type Code = readonly number[];

/** A function without result, whose parameters are addresses and numbers of bytes. */
export interface WasmFunction {
  /** Name under which it is exported. */
  readonly name: string;
  /** Number of i32 parameters: locals 0, 1, …. */
  readonly parameters: number;
  /** Number of i32 locals after them. */
  readonly integers: number;
  /** Number of vector locals after those; all begin at 0. */
  readonly vectors: number;
  /** What it does. */
  readonly body: Code;
}

const I32 = 0x7f;
const V128 = 0x7b;
const FUNCTION_TYPE = 0x60;
const NO_RESULT = 0x40;
const END = 0x0b;
const VECTOR = 0xfd;

/** Pushes local `index`. */
export const get = (index: number): Code => [0x20, ...leb128(index)];
/** Pops into local `index`. */
export const set = (index: number): Code => [0x21, ...leb128(index)];
/** Pops an address and pushes the two float64 numbers `offset` bytes behind it. */
export const load = (offset = 0): Code => [VECTOR, 0x00, 0, ...leb128(offset)];
/** Pops an address and pushes the float64 number `offset` bytes behind it, twice. */
export const loadTwice = (offset = 0): Code => [VECTOR, 0x0a, 0, ...leb128(offset)];
/** Pops an address and pushes the two float32 numbers `offset` bytes behind it, as float64. */
export const loadWidened = (offset = 0): Code => [VECTOR, 0x5d, 0, ...leb128(offset), VECTOR, 0x5f];
/** Pops four float32 numbers and pushes the first two as float64. */
export const widen: Code = [VECTOR, 0x5f];
/** Pops two numbers and an address, and writes the numbers `offset` bytes behind it. */
export const store = (offset = 0): Code => [VECTOR, 0x0b, 0, ...leb128(offset)];
/** Pops two vectors and pushes their sum. */
export const add: Code = [VECTOR, ...leb128(0xf0)];
/** Pops two vectors and pushes their product, entry by entry. */
export const multiply: Code = [VECTOR, ...leb128(0xf2)];
/** Pops two vectors and pushes their bitwise and. */
export const and: Code = [VECTOR, 0x4e];
/** Pops two vectors and pushes their bitwise or. */
export const or: Code = [VECTOR, 0x50];
/** Pops two vectors and pushes their bitwise exclusive or. */
export const xor: Code = [VECTOR, 0x51];
/** Pushes the 16 bytes of a typed array. */
export const constant = (values: ArrayBufferView): Code => [
  ...[VECTOR, 0x0c],
  ...new Uint8Array(values.buffer, values.byteOffset, 16),
];

/** On four float32 numbers: pops b and a and pushes a + b, a − b, a · b, a / b; a mask of a < b. */
export const f32 = {
  add: [VECTOR, ...leb128(0xe4)],
  subtract: [VECTOR, ...leb128(0xe5)],
  multiply: [VECTOR, ...leb128(0xe6)],
  divide: [VECTOR, ...leb128(0xe7)],
  less: [VECTOR, 0x43],
  /** Pops one vector. */
  squareRoot: [VECTOR, ...leb128(0xe3)],
  /** Pops four integers, with or without a sign, and pushes the nearest float32 numbers. */
  fromSigned: [VECTOR, ...leb128(0xfa)],
  fromUnsigned: [VECTOR, ...leb128(0xfb)],
} as const satisfies Record<string, Code>;

/** On four 32-bit integers: pops b and a and pushes a + b, a − b, modulo 2³². */
export const i32 = {
  add: [VECTOR, ...leb128(0xae)],
  subtract: [VECTOR, ...leb128(0xb1)],
  /** Pops a local i32's copy and pushes it four times. */
  splat: [VECTOR, 0x11],
} as const satisfies Record<string, Code>;
/** Pops four 32-bit integers and pushes them shifted to the left. */
export const shiftLeft = (bits: number): Code => [0x41, bits, VECTOR, ...leb128(0xab)];
/** Pops four 32-bit integers and pushes them shifted to the right, zeros coming in. */
export const shiftRight = (bits: number): Code => [0x41, bits, VECTOR, ...leb128(0xad)];
/** Pops four 32-bit integers and pushes them shifted to the right, their signs coming in. */
export const shiftSigned = (bits: number): Code => [0x41, bits, VECTOR, ...leb128(0xac)];

/** Pushes two zeros. */
export const zeros: Code = [VECTOR, 0x0c, ...new Array<number>(16).fill(0)];

/** Pops an address and pushes the i32 number `offset` bytes behind it. */
export const loadInteger = (offset = 0): Code => [0x28, 0, ...leb128(offset)];
/** Pops a vector and an address, and writes the vector's first number `offset` bytes behind it. */
export const storeFirst = (offset = 0): Code => [VECTOR, 0x5b, 0, ...leb128(offset), 0];
/** Pops a vector and pushes the absolute values. */
export const absolute: Code = [VECTOR, ...leb128(0xec)];
/** Pops a vector and pushes the square roots. */
export const squareRoot: Code = [VECTOR, ...leb128(0xef)];
/** Pops b and a and pushes (a₁, b₀): with the same vector twice, its numbers change places. */
export const secondAndFirst: Code = [VECTOR, 0x0d, ...shuffle(8, 16)];
/** Pops b and a and pushes (a₀, b₀). */
export const firstAndFirst: Code = [VECTOR, 0x0d, ...shuffle(0, 16)];
/** Pops b and a and pushes (a₁, b₁). */
export const secondAndSecond: Code = [VECTOR, 0x0d, ...shuffle(8, 24)];
/** Pops b and a, of four numbers each, and pushes (a₀, b₀, a₁, b₁). */
export const interleaveFirst: Code = [VECTOR, 0x0d, ...[0, 16, 4, 20].flatMap(bytesOf32)];
/** Pops b and a, of four numbers each, and pushes (a₂, b₂, a₃, b₃). */
export const interleaveLast: Code = [VECTOR, 0x0d, ...[8, 24, 12, 28].flatMap(bytesOf32)];

/** Pops b and a, of four numbers each, and pushes a_k four times. */
export const fourTimes = (k: number): Code => [
  ...[VECTOR, 0x0d],
  ...[0, 0, 0, 0].flatMap(() => bytesOf32(4 * k)),
];

/** Adds a constant from 0 to a local address. */
export const advance = (index: number, bytes: number): Code => [
  ...get(index),
  ...[0x41, ...signedLeb128(bytes)],
  ...[0x6a],
  ...set(index),
];
/** Adds one local to another. */
export const advanceBy = (index: number, other: number): Code => [
  ...get(index),
  ...get(other),
  ...[0x6a],
  ...set(index),
];
/** Repeats `body`, at least once, until two locals are equal. */
export const repeatUntilEqual = (index: number, other: number, body: Code): Code => [
  ...[0x03, NO_RESULT],
  ...body,
  ...get(index),
  ...get(other),
  ...[0x47, 0x0d, 0, END],
];

/** A module of such functions over a memory which it imports as `env.memory`. */
export function assemble(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [
    FUNCTION_TYPE,
    ...list(new Array<Code>(parameters).fill([I32])),
    0,
  ]);
  const exports = functions.map(({ name }, i) => [...text(name), 0, ...leb128(i)]);
  const bodies = functions.map(({ integers, vectors, body }) => {
    const locals = list([[...leb128(integers), I32], [...leb128(vectors), V128]]);
    const code = [...locals, ...body, END];
    return [...leb128(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, [[...text("env"), ...text("memory"), 2, 0, 0]]),
    ...section(3, functions.map((_, i) => leb128(i))),
    ...section(7, exports),
    ...section(10, bodies),
  ]);
}

function section(id: number, entries: readonly Code[]): Code {
  const content = list(entries);
  return [id, ...leb128(content.length), ...content];
}

function list(entries: readonly Code[]): Code {
  return [...leb128(entries.length), ...entries.flat()];
}

function text(name: string): Code {
  return list([...new TextEncoder().encode(name)].map((byte) => [byte]));
}

/** The bytes of two float64 numbers, which begin at byte `a` and `b` of two vectors side by side. */
function shuffle(a: number, b: number): Code {
  return [a, b].flatMap((first) => Array.from({ length: 8 }, (_, i) => first + i));
}

function bytesOf32(first: number): Code {
  return [first, first + 1, first + 2, first + 3];
}

/** As {@link leb128}, with a last byte whose seventh bit says that the number is not negative. */
function signedLeb128(value: number): Code {
  return value < 0x40 ? [value] : [value & 0x7f | 0x80, ...signedLeb128(value >>> 7)];
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. */
function leb128(value: number): Code {
  return value < 0x80 ? [value] : [value & 0x7f | 0x80, ...leb128(value >>> 7)];
}
