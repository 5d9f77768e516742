import { unreadable } from "./byte_source.ts";

/** An array as NumPy keeps it, its numbers in row-major order. */
export interface NumericTable {
  readonly shape: readonly number[];
  readonly data: Float64Array;
  /** NumPy's name of the element type: `u1`, `f4`, `i8`, `b1`. */
  readonly dtype: string;
}

type Reader = (view: DataView, at: number, little: boolean) => number;

/** Element types by NumPy's code: kind and bytes. */
const READERS: Readonly<Record<string, Reader>> = {
  b1: (view, at) => view.getUint8(at),
  u1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  i2: (view, at, little) => view.getInt16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  f2: (view, at, little) => view.getFloat16(at, little),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

/**
 * Reads a `.npy` file: a magic string, a header that is a Python literal, and the numbers.
 *
 * Row-major and column-major order, both byte orders, versions 1 to 3. Integers beyond 2⁵³ round.
 *
 * Source: NumPy enhancement proposal 1, "A simple file format for NumPy arrays".
 *
 * @param name For messages: the file.
 * @throws {SyntaxError} If it is no such file, is cut off, or holds what are no numbers.
 */
export function decodeNpy(name: string, bytes: Uint8Array): NumericTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latin = (from: number, to: number) =>
    new TextDecoder("latin1").decode(bytes.subarray(from, to));
  if (bytes.length < 12 || bytes[0] !== 0x93 || latin(1, 6) !== "NUMPY") {
    throw unreadable(name, "it is no .npy file");
  }
  const isLong = view.getUint8(6) >= 2;
  const begin = isLong ? 12 : 10;
  const start = begin + (isLong ? view.getUint32(8, true) : view.getUint16(8, true));
  if (start > bytes.length) throw unreadable(name, "its header is cut off");
  const { dtype, order, isColumnMajor, shape } = parseHeader(name, latin(begin, start));
  const read = Object.hasOwn(READERS, dtype) ? READERS[dtype] : undefined;
  if (!read) {
    throw unreadable(
      name,
      `its numbers are of type ${dtype}; want one of ${Object.keys(READERS).join(", ")}`,
    );
  }
  const size = Number(dtype.slice(1));
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (start + count * size !== bytes.length) {
    throw unreadable(
      name,
      `shape [${shape}] of ${dtype} needs ${count * size} bytes, ${bytes.length - start} follow`,
    );
  }
  const data = new Float64Array(count);
  for (let i = 0; i < count; i++) data[i] = read(view, start + i * size, order !== ">");
  return { shape, dtype, data: isColumnMajor ? rowMajor(data, shape) : data };
}

function parseHeader(name: string, text: string) {
  const descr = /'descr': '([<>|=]?)([A-Za-z]\d*)'/.exec(text);
  const fortran = /'fortran_order': (True|False)/.exec(text);
  const extents = /'shape': \(([\d, ]*)\)/.exec(text);
  if (!descr || !fortran || !extents) {
    throw unreadable(name, `its header is ${JSON.stringify(text.trim().slice(0, 80))}`);
  }
  return {
    order: descr[1]!,
    dtype: descr[2]!,
    isColumnMajor: fortran[1] === "True",
    shape: extents[1]!.split(",").filter((part) => part.trim() !== "").map(Number),
  };
}

/** The same array with its last index varying fastest. */
function rowMajor(data: Float64Array, shape: readonly number[]): Float64Array {
  const target = new Float64Array(data.length);
  const index = new Array<number>(shape.length).fill(0);
  const strides: number[] = [];
  let stride = 1;
  for (const extent of shape) {
    strides.push(stride);
    stride *= extent;
  }
  for (let flat = 0; flat < data.length; flat++) {
    target[flat] = data[index.reduce((sum, at, axis) => sum + at * strides[axis]!, 0)]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return target;
}
