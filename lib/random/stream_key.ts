import { threefry } from "./threefry.ts";

/** The 64-bit key of a random stream. */
export type StreamKey = readonly [number, number];

/**
 * Hashes a seed and a name to the key of a stream.
 *
 * The bytes of their JSON text are absorbed 64 bits at a time, h ← Threefry_h(m) ⊕ m (Matyas, Meyer
 * and Oseas 1985): this keeps no secret; names must only not collide by structure. JSON tells 1
 * from "1" and ["a", "b"] from ["ab"], and no JSON array is the beginning of another.
 *
 * @param use What the stream's numbers are made into: each kind has a key of its own.
 * @throws {RangeError} If a number is not finite, since JSON has no word for it.
 */
export function streamKey(
  seed: number,
  name: readonly (string | number)[],
  use: string,
): StreamKey {
  for (const part of [seed, ...name]) {
    if (typeof part === "string" || Number.isFinite(part)) continue;
    throw new RangeError(`Cannot seed a random stream with ${part}; give finite numbers and texts`);
  }
  const text = new TextEncoder().encode(JSON.stringify([seed, name, use]));
  const message = new Uint8Array(Math.ceil(text.length / 8) * 8);
  message.set(text);
  const words = new DataView(message.buffer);
  const mixed = new Int32Array(4);
  let key: StreamKey = [0, 0];
  for (let at = 0; at < message.length; at += 8) {
    // By DataView, as the order of bytes in a typed array is the machine's.
    const [low, high] = [words.getInt32(at, true), words.getInt32(at + 4, true)];
    threefry(key[0], key[1], low, high, mixed);
    key = [mixed[0]! ^ low, mixed[1]! ^ high];
  }
  return key;
}
