/** Data files in the formats of the published data sets, small and made up. */
import { createHash } from "node:crypto";
import { packTar } from "modern-tar";

/** A file of the IDX format with unsigned bytes. */
export function idxFile(shape: readonly number[], data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  bytes.set([0, 0, 8, shape.length]);
  const view = new DataView(bytes.buffer);
  shape.forEach((extent, k) => view.setUint32(4 + 4 * k, extent));
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

/** Bytes that differ from place to place: a linear congruence, modulo `bound`. */
export function patternBytes(length: number, seed = 1, bound = 256): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) % bound;
  });
}

/** Records of a CIFAR file: label bytes below `labelClasses`, then 3 072 bytes. */
export function cifarFile(
  records: number,
  labelClasses: readonly number[],
  seed: number,
): Uint8Array {
  const size = labelClasses.length + 3072;
  const bytes = patternBytes(records * size, seed);
  for (let row = 0; row < records; row++) {
    labelClasses.forEach((classes, k) => {
      bytes[row * size + k] = (row + seed + k) % classes;
    });
  }
  return bytes;
}

/** Packs with gzip. */
export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(bytes)]).stream();
  return await new Response(stream.pipeThrough(new CompressionStream("gzip"))).bytes();
}

/** An archive of files, in their order. */
export async function tarGz(files: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> {
  const entries = Object.entries(files).map(([name, body]) => ({
    header: { name, size: body.length, type: "file" as const, mtime: new Date(0) },
    body,
  }));
  return await gzip(await packTar(entries));
}

/** The header of a file in a tar archive. */
export async function tarHeader(name: string, size: number): Promise<Uint8Array> {
  const header = (await packTar([{ header: { name, size: 0, type: "file" } }])).slice(0, 512);
  const write = (at: number, text: string) => header.set(new TextEncoder().encode(text), at);
  write(124, size.toString(8).padStart(11, "0"));
  write(148, " ".repeat(8)); // the checksum counts itself as spaces
  const sum = header.reduce((total, byte) => total + byte, 0);
  write(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return header;
}

/** A checksum as hex. */
export function hexDigest(algorithm: string, bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest("hex");
}

/** Bytes in pieces of uneven lengths, as a disk or a network gives them. */
export function inPieces(bytes: Uint8Array): ReadableStream<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 1;
  for (let at = 0; at < bytes.length;) {
    pieces.push(bytes.slice(at, at + length));
    at += length;
    length = length * 3 % 1021 + 1;
  }
  return ReadableStream.from(pieces);
}
