/** Any array in the IDX format, not MNIST's images alone. */
import { gunzipSync } from "fflate";
import { unreadable } from "./byte_source.ts";
import type { NumericTable } from "./npy.ts";

/** Element types by the format's code: NumPy's name, bytes, and how to read one. */
const TYPES: Readonly<
  Record<number, readonly [string, number, (view: DataView, at: number) => number]>
> = {
  0x08: ["u1", 1, (view, at) => view.getUint8(at)],
  0x09: ["i1", 1, (view, at) => view.getInt8(at)],
  0x0b: ["i2", 2, (view, at) => view.getInt16(at)],
  0x0c: ["i4", 4, (view, at) => view.getInt32(at)],
  0x0d: ["f4", 4, (view, at) => view.getFloat32(at)],
  0x0e: ["f8", 8, (view, at) => view.getFloat64(at)],
};

/**
 * Reads an array: two zero bytes, the element type, the number of axes, each extent as a big-endian
 * 32-bit integer, and the elements. A file packed by gzip is unpacked.
 *
 * Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits", file formats.
 *
 * @param name For messages.
 * @throws {SyntaxError} If it is no such file, or cut off.
 */
export function decodeIdx(name: string, packed: Uint8Array): NumericTable {
  const bytes = packed[0] === 0x1f && packed[1] === 0x8b ? unpacked(name, packed) : packed;
  const type = bytes[0] === 0 && bytes[1] === 0 ? TYPES[bytes[2]!] : undefined;
  const axes = bytes[3] ?? 0;
  const start = 4 + 4 * axes;
  if (!type || axes === 0 || bytes.length < start) throw unreadable(name, "it is no IDX file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const [dtype, size, read] = type;
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (start + count * size !== bytes.length) {
    throw unreadable(
      name,
      `shape [${shape}] of ${dtype} needs ${count * size} bytes, ${bytes.length - start} follow`,
    );
  }
  const data = Float64Array.from({ length: count }, (_, i) => read(view, start + i * size));
  return { shape, dtype, data };
}

function unpacked(name: string, packed: Uint8Array): Uint8Array {
  try {
    return gunzipSync(packed);
  } catch (cause) {
    throw unreadable(name, `it is no whole gzip file (${(cause as Error).message})`, cause);
  }
}
