import { unzipSync } from "fflate";
import { unreadable } from "./byte_source.ts";
import { decodeNpy, type NumericTable } from "./npy.ts";

/** Larger members are no arrays that fit here, and some are bombs. */
const MOST_BYTES = 2 ** 32;

/**
 * Reads the arrays of a `.npz` file, a zip file of `.npy` files, by their names.
 *
 * @param name For messages: the file.
 * @throws {SyntaxError} If it is no such file, is damaged, or holds something else.
 */
export function decodeNpz(name: string, bytes: Uint8Array): ReadonlyMap<string, NumericTable> {
  let members: Readonly<Record<string, Uint8Array>>;
  try {
    members = unzipSync(bytes, {
      filter({ name: member, originalSize }) {
        if (!member.endsWith(".npy")) throw new Error(`it holds ${member}; want .npy files`);
        if (originalSize <= MOST_BYTES) return true;
        throw new Error(`${member} has ${originalSize} bytes; at most ${MOST_BYTES}`);
      },
    });
  } catch (error) {
    throw unreadable(name, `it is no whole .npz file (${(error as Error).message})`);
  }
  const arrays = Object.entries(members).map(([member, own]) =>
    [member.slice(0, -".npy".length), decodeNpy(`${name}: ${member}`, own)] as const
  );
  if (arrays.length === 0) throw unreadable(name, "it holds no arrays");
  return new Map(arrays);
}
