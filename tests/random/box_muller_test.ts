import assert from "node:assert/strict";
import { fillNormals, fillUniforms } from "../../lib/random/box_muller.ts";
import { stream } from "../../lib/random/stream.ts";
import { assertClose } from "../support/assert_close.ts";

/** Words at the borders of every branch, and a thousand others. */
function sampleWords(): Int32Array {
  const borders = [0, 1, 2, 3, 2 ** 29, 2 ** 30, 2 ** 31, 2 ** 32 - 1, 3037000499, 3037000500];
  const draws = stream(1, "sample words");
  const all = [...borders, ...Array.from({ length: 1000 }, () => draws.below(2 ** 32))];
  // Every border as the first word, which makes the radius, and as the second, the angle.
  return Int32Array.from([...all, ...all.toReversed()]);
}

Deno.test("fillNormals() is Box and Muller's formula", () => {
  const words = sampleWords();
  const normals = new Float64Array(words.length);
  fillNormals(words, normals);
  const wanted: number[] = [];
  for (let i = 0; i < words.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(((words[i]! >>> 0) + 0.5) / 2 ** 32));
    const angle = 2 * Math.PI * (((words[i + 1]! >>> 0) + 0.5) / 2 ** 32 - 1 / 8);
    wanted.push(radius * Math.cos(angle), radius * Math.sin(angle));
  }
  // Radii are at most 6.8, so a few roundings of 2⁻⁵³ on either side.
  assertClose(normals, wanted, { relative: 0, absolute: 1e-14 });
});

Deno.test("fillNormals() keeps its digits where the radius is tiny", () => {
  const normals = new Float64Array(2);
  fillNormals(Int32Array.of(-1, 0), normals);
  // u = 1 − 2⁻³³ and −ln u = 2⁻³³ + 2⁻⁶⁷ + …
  const radius = Math.sqrt(2 * (2 ** -33 + 2 ** -67));
  assertClose([Math.hypot(...normals)], [radius], { relative: 1e-15 });
});

Deno.test("fillUniforms() is never 0 or 1", () => {
  const uniforms = new Float64Array(2);
  fillUniforms(Int32Array.of(0, -1), uniforms);
  assert.deepEqual([...uniforms], [2 ** -33, 1 - 2 ** -33]);
});
