/** Damaged versions of a file, the same ones every time. */
import { stream } from "../../lib/random/stream.ts";

/** A damaged file and what was done to it. */
export interface Damaged {
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** Cut off, bits flipped, bytes inserted, removed, overwritten: `count` of each, seeded. */
export function* damage(original: Uint8Array, seed: number, count = 12): Generator<Damaged> {
  const draws = stream(seed, "damage");
  const place = () => draws.below(original.length);
  yield { what: "empty", bytes: new Uint8Array(0) };
  yield { what: "zeros", bytes: new Uint8Array(original.length) };
  for (let i = 0; i < count; i++) {
    const length = i < 4 ? i + 1 : place();
    yield { what: `cut after ${length}`, bytes: original.slice(0, length) };
    const at = i < 4 ? i : place();
    const flipped = original.slice();
    flipped[at] = flipped[at]! ^ (1 << draws.below(8));
    yield { what: `bit flipped in ${at}`, bytes: flipped };
    const hole = place();
    yield {
      what: `byte ${hole} removed`,
      bytes: Uint8Array.of(...original.slice(0, hole), ...original.slice(hole + 1)),
    };
    yield {
      what: `byte inserted at ${hole}`,
      bytes: Uint8Array.of(...original.slice(0, hole), 7, ...original.slice(hole)),
    };
    const noise = original.slice();
    const from = place();
    const end = Math.min(noise.length, from + 16);
    for (let k = from; k < end; k++) noise[k] = draws.below(256);
    yield { what: `noise from ${from} on`, bytes: noise };
  }
}
