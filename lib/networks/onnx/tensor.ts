/** Tensors that are known before anything runs: weights, shapes, constants. */
import { type Shape, showShape, sizeOf } from "../../graph/shape.ts";
import type { TensorMessage } from "./messages.ts";

/** Entries in row-major order; whole numbers are exact up to 2⁵³. */
export interface HostTensor {
  readonly shape: Shape;
  readonly data: Float64Array;
  /** Whether the entries are real numbers, and not whole ones or truth values. */
  readonly isFloat: boolean;
}

/** Reads a part of a file beside the model. */
export type ReadExternal = (location: string, offset: number, length?: number) => Uint8Array;

/** Element types of ONNX: name, bytes of an entry, and how to read one. */
const TYPES: Readonly<
  Record<number, {
    readonly name: string;
    readonly bytes: number;
    readonly isFloat?: true;
    read(view: DataView, at: number): number;
  }>
> = {
  1: { name: "float", bytes: 4, isFloat: true, read: (view, at) => view.getFloat32(at, true) },
  2: { name: "uint8", bytes: 1, read: (view, at) => view.getUint8(at) },
  3: { name: "int8", bytes: 1, read: (view, at) => view.getInt8(at) },
  4: { name: "uint16", bytes: 2, read: (view, at) => view.getUint16(at, true) },
  5: { name: "int16", bytes: 2, read: (view, at) => view.getInt16(at, true) },
  6: { name: "int32", bytes: 4, read: (view, at) => view.getInt32(at, true) },
  7: { name: "int64", bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  9: { name: "bool", bytes: 1, read: (view, at) => view.getUint8(at) },
  10: {
    name: "float16",
    bytes: 2,
    isFloat: true,
    read: (view, at) => halfOf(view.getUint16(at, true)),
  },
  11: { name: "double", bytes: 8, isFloat: true, read: (view, at) => view.getFloat64(at, true) },
  12: { name: "uint32", bytes: 4, read: (view, at) => view.getUint32(at, true) },
  13: { name: "uint64", bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
  16: {
    name: "bfloat16",
    bytes: 2,
    isFloat: true,
    read: (view, at) => bfloatOf(view.getUint16(at, true)),
  },
};

const FLOAT32 = 1;

/** Whether this machine has numbers in the order of the file. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Whether values of this element type are real numbers. */
export function isFloatType(dataType: number): boolean {
  return TYPES[dataType]?.isFloat === true;
}

/** Whether values of this element type are numbers, and not texts, say. */
export function isNumeric(dataType: number): boolean {
  return TYPES[dataType] !== undefined;
}

/**
 * The entries of a tensor message.
 *
 * @throws {RangeError} If its type is none that Basin reads, or it has not the entries of its shape.
 */
export function hostTensorOf(message: TensorMessage, readExternal: ReadExternal): HostTensor {
  const { dims: shape, dataType, name, dataLocation } = message;
  const type = TYPES[dataType];
  if (type === undefined) {
    throw new RangeError(
      `Cannot read the tensor ${name}: its element type is number ${dataType}; Basin reads ` +
        `${Object.values(TYPES).map((each) => each.name).join(", ")}; export it as float`,
    );
  }
  const size = sizeOf(shape);
  const tensor = (data: Float64Array): HostTensor => {
    if (data.length === size) return { shape, data, isFloat: type.isFloat === true };
    throw new RangeError(
      `Cannot read the tensor ${name} ${showShape(shape)}: it has ${data.length} entries, ` +
        `want ${size}; is the file cut short?`,
    );
  };
  const raw = dataLocation === 1 ? external(message, readExternal) : message.rawData;
  if (raw.length > 0) {
    // Millions of weights are float32: one by one they would take seconds.
    if (dataType === FLOAT32 && IS_LITTLE_ENDIAN && raw.length % type.bytes === 0) {
      // A copy begins where a float32 may; slice() of Node's buffers would not copy.
      return tensor(Float64Array.from(new Float32Array(new Uint8Array(raw).buffer)));
    }
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    const count = Math.floor(raw.length / type.bytes);
    return tensor(Float64Array.from({ length: count }, (_, i) => type.read(view, i * type.bytes)));
  }
  const packed = { 10: halfOf, 16: bfloatOf }[dataType];
  if (packed) return tensor(Float64Array.from(message.int32Data, packed));
  const field = [message.floatData, message.doubleData, message.int64Data, message.uint64Data]
    .find(({ length }) => length > 0) ?? message.int32Data;
  return tensor(Float64Array.from(field));
}

function external({ name, externalData }: TensorMessage, readExternal: ReadExternal): Uint8Array {
  const entries = new Map(externalData.map(({ key, value }) => [key, value]));
  const location = entries.get("location");
  if (location === undefined) {
    throw new RangeError(
      `Cannot read the tensor ${name}: it lies in another file without a name; export the model again`,
    );
  }
  const length = entries.get("length");
  return readExternal(
    location,
    Number(entries.get("offset") ?? 0),
    length === undefined ? undefined : Number(length),
  );
}

/** IEEE 754 half precision. */
function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const WORD = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function bfloatOf(bits: number): number {
  WORD.setUint32(0, bits << 16);
  return WORD.getFloat32(0);
}

/** A tensor of real numbers. */
export function floats(shape: Shape, data: Float64Array): HostTensor {
  return { shape, data, isFloat: true };
}

/** A tensor of whole numbers. */
export function wholes(shape: Shape, data: ArrayLike<number>): HostTensor {
  return { shape, data: Float64Array.from(data), isFloat: false };
}

/** A vector of whole numbers, such as a shape. */
export function vector(entries: readonly number[]): HostTensor {
  return wholes([entries.length], entries);
}
