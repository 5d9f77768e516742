/** The safetensors format: an 8-byte header length, a JSON header, and the tensors' bytes. */

const ELEMENT_TYPES = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  U8: Uint8Array,
} as const;

/** Types that other writers use, and how they are widened, without loss, when read. */
const WIDENED = {
  F16: {
    bytes: 2,
    dtype: "F32",
    widen: (b: ArrayBuffer) => Float32Array.from(new Float16Array(b)),
  },
  BF16: { bytes: 2, dtype: "F32", widen: fromBfloat16 },
  // Counters, such as PyTorch's num_batches_tracked: exact to 2⁵³.
  I64: {
    bytes: 8,
    dtype: "F64",
    widen: (b: ArrayBuffer) => Float64Array.from(new BigInt64Array(b), Number),
  },
} as const;

/** A bfloat16 is the upper half of a float32. */
function fromBfloat16(buffer: ArrayBuffer): Float32Array {
  return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (half) => half << 16).buffer);
}

/** Element types that Basin reads and writes. */
export type TensorType = keyof typeof ELEMENT_TYPES;

/** A tensor in a file. */
export interface StoredTensor {
  readonly dtype: TensorType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
}

/** What a file holds. */
export interface TensorFile {
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const ALIGNMENT = 8;

/**
 * Writes tensors in the order given; equal tensors give equal bytes.
 *
 * The header is padded with spaces, so that the tensors begin at a multiple of eight bytes. Numbers
 * are written as they lie in memory, which is little-endian on every machine that Deno runs on.
 *
 * Source: the format's specification, https://github.com/huggingface/safetensors#format.
 *
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
 * import assert from "node:assert/strict";
 *
 * const bias = { dtype: "F32", shape: [2], data: Float32Array.of(1, -0.5) } as const;
 * const bytes = encodeSafetensors({ bias }, { network: "F1" });
 * assert.deepEqual(decodeSafetensors(bytes), {
 *   tensors: { bias },
 *   metadata: { network: "F1" },
 * });
 * ```
 *
 * @throws {TypeError} If a tensor's data do not fit its shape or type, or its name is the one that
 *   the format keeps for metadata.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let end = 0;
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    if (name === "__metadata__") {
      throw new TypeError(
        `Cannot write a tensor named ${name}: the format keeps that name; give another`,
      );
    }
    if (!(data instanceof ELEMENT_TYPES[dtype]) || data.length !== entriesOf(shape)) {
      throw new TypeError(
        `Cannot write the tensor ${name}: ${data.length} entries of ${data.constructor.name} ` +
          `as ${dtype}[${shape}]; give as many as the shape has, of the type's own array`,
      );
    }
    header[name] = { dtype, shape, data_offsets: [end, end += data.byteLength] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(8 + padded + end).fill(0x20, 8, 8 + padded);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(text, 8);
  let position = 8 + padded;
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a file that {@link encodeSafetensors}, Python's safetensors or another writer made.
 *
 * F16 and BF16 are widened to F32, I64 to F64.
 *
 * @param file Its name, for messages.
 * @throws {SyntaxError} If the bytes are not such a file: truncated, overlapping, of unknown types.
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  file = "the safetensors file",
): TensorFile {
  try {
    return decode(bytes);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new SyntaxError(
      `Cannot read ${file}: ${error.message}; is it a whole safetensors file?`,
      { cause: error.cause },
    );
  }
}

function decode(bytes: Uint8Array): TensorFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < 8 ? Infinity : Number(view.getBigUint64(0, true));
  if (8 + length > bytes.length) throw fault(`its header ends after its ${bytes.length} bytes`);
  const body = bytes.subarray(8 + length);
  const { __metadata__ = {}, ...entries } = parseHeader(bytes.subarray(8, 8 + length));
  if (!isStringMap(__metadata__)) throw fault("its metadata are not strings");
  const tensors: [string, StoredTensor][] = [];
  let end = 0;
  const byOffset = Object.entries(entries).map(([name, entry]) => ({
    name,
    ...checked(name, entry),
  }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
  for (const { name, dtype, shape, from, to } of byOffset) {
    if (from !== end || to > body.length) {
      throw fault(`the tensor ${name} claims bytes ${from} to ${to} of ${body.length}`);
    }
    end = to;
    const copy = body.slice(from, to); // a copy is aligned, wherever the header ended
    tensors.push([name, { shape, ...elementsOf(dtype, copy.buffer) }]);
  }
  if (end !== body.length) throw fault(`${body.length - end} bytes belong to no tensor`);
  return { tensors: Object.fromEntries(tensors), metadata: __metadata__ };
}

function isStringMap(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.values(value).every((entry) => typeof entry === "string");
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof header === "object" && header !== null && !Array.isArray(header)) {
      return header as Record<string, unknown>;
    }
  } catch (cause) {
    throw fault("its header is not JSON", cause);
  }
  throw fault("its header is not an object");
}

function checked(name: string, entry: unknown) {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const integers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  const known = { ...ELEMENT_TYPES, ...WIDENED };
  if (typeof dtype !== "string" || !Object.hasOwn(known, dtype)) {
    const type = dtype === undefined ? "no type" : `the type ${JSON.stringify(dtype)}`;
    throw fault(`the tensor ${name} has ${type}; known are ${Object.keys(known).join(", ")}`);
  }
  if (!integers(shape) || !integers(offsets) || offsets.length !== 2) {
    throw fault(`the tensor ${name} has no shape or offsets`);
  }
  const [from, to] = offsets as [number, number];
  const type = dtype as keyof typeof known;
  const width = isWidened(type) ? WIDENED[type].bytes : ELEMENT_TYPES[type].BYTES_PER_ELEMENT;
  if (to - from !== entriesOf(shape) * width) {
    throw fault(`the tensor ${name} has ${to - from} bytes for ${dtype}[${shape}]`);
  }
  return { dtype: type, shape, from, to };
}

function isWidened(dtype: TensorType | keyof typeof WIDENED): dtype is keyof typeof WIDENED {
  return Object.hasOwn(WIDENED, dtype);
}

function elementsOf(dtype: TensorType | keyof typeof WIDENED, buffer: ArrayBuffer) {
  return isWidened(dtype)
    ? { dtype: WIDENED[dtype].dtype, data: WIDENED[dtype].widen(buffer) }
    : { dtype, data: new ELEMENT_TYPES[dtype](buffer) };
}

function entriesOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** What is wrong in a file; who knows its name says which. */
class Fault extends Error {}

function fault(what: string, cause?: unknown): Fault {
  return new Fault(what, { cause });
}
