/** Writes NumPy's `.npz` files. */
import { zipSync } from "fflate";

/** An array: float32, or int64 or bytes where it says so. */
export interface NpzArray {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
  readonly isWhole?: boolean;
  readonly areBytes?: boolean;
}

/** The bytes of a file with these arrays. */
export function npzFile(arrays: Readonly<Record<string, NpzArray>>): Uint8Array {
  return zipSync(Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [`${name}.npy`, npyFile(array)]),
  ));
}

/** Version 1 of the format: a magic string, the length of the header, a Python literal. */
function npyFile({ shape, data, isWhole = false, areBytes = false }: NpzArray): Uint8Array {
  const extents = shape.map((extent) => `${extent},`).join(" ");
  const dtype = areBytes ? "|u1" : isWhole ? "<i8" : "<f4";
  const header = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${extents}), }`;
  const text = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`;
  const numbers = areBytes
    ? Uint8Array.from(data)
    : isWhole
    ? new Uint8Array(BigInt64Array.from(Array.from(data, BigInt)).buffer)
    : new Uint8Array(Float32Array.from(data).buffer);
  const magic = Uint8Array.of(0x93, ...new TextEncoder().encode("NUMPY"), 1, 0);
  const length = Uint8Array.of(text.length & 255, text.length >> 8);
  const parts = [magic, length, new TextEncoder().encode(text), numbers];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
