import assert from "node:assert/strict";
import { stream } from "../../lib/random/stream.ts";
import { streamKey } from "../../lib/random/stream_key.ts";
import { threefry } from "../../lib/random/threefry.ts";

const f = Math.fround;

/** a + b, a − b and a · b in float32. */
const plus = (a: number, b: number) => f(f(a) + f(b));
const minus = (a: number, b: number) => f(f(a) - f(b));
const times = (a: number, b: number) => f(f(a) * f(b));

/** The pair of normals of two words, one rounding after another. */
function plainPair(w: number, turn: number): [number, number] {
  const u = plus(w >>> 0, 0.5);
  let exponent = Math.floor(Math.log2(u)) + 1;
  let mantissa = u / 2 ** exponent;
  if (mantissa < f(Math.SQRT1_2)) [mantissa, exponent] = [2 * mantissa, exponent - 1];
  const z = f(minus(mantissa, 1) / plus(mantissa, 1));
  const [y, y2, y4] = powers(z);
  const series = plus(
    plus(plus(1, times(y, 1 / 3)), times(y2, plus(1 / 5, times(y, 1 / 7)))),
    times(y4, 1 / 9),
  );
  const half = minus(times(32 - exponent, Math.LN2), times(2 * z, series));
  const radius = f(Math.sqrt(2 * half));

  const x = times(f((turn & 0x3fffffff) - 2 ** 29), Math.PI / 2 ** 31);
  const [t, t2, t4] = powers(x);
  const sine = times(
    x,
    plus(
      plus(minus(1, times(t, 1 / 6)), times(t2, minus(1 / 120, times(t, 1 / 5040)))),
      times(t4, 1 / 362880),
    ),
  );
  const cosine = plus(
    plus(minus(1, times(t, 1 / 2)), times(t2, minus(1 / 24, times(t, 1 / 720)))),
    times(t4, minus(1 / 40320, times(t, 1 / 3628800))),
  );
  const [c, s] = [[cosine, sine], [-sine, cosine], [-cosine, -sine], [sine, -cosine]][turn >>> 30]!;
  return [f(radius * c!), f(radius * s!)];
}

function powers(a: number): [number, number, number] {
  const square = times(a, a);
  const fourth = times(square, square);
  return [square, fourth, times(fourth, fourth)];
}

Deno.test("fillSingleNormal() has the bits of plain float32 arithmetic on threefry()'s words", () => {
  const words = new Int32Array(20_000);
  const key = streamKey(5, ["bits"], "single normal");
  // In the middle of the counter's low word, and over its end.
  for (const counter of [0, 2 ** 32 - 1000, 2 ** 45 + 7]) {
    threefry(key[0], key[1], counter | 0, Math.floor(counter / 2 ** 32), words);
    const wanted = new Float32Array(words.length);
    for (let i = 0; i < words.length; i += 2) wanted.set(plainPair(words[i]!, words[i + 1]!), i);
    const drawn = new Float32Array(words.length);
    stream(5, "bits").fillSingleNormal(drawn, 2 * counter);
    assert.deepEqual(drawn, wanted);
  }
});

Deno.test("fillSingleNormal() is Box and Muller's formula to float32's precision", () => {
  const words = new Int32Array(20_000);
  const key = streamKey(6, [], "single normal");
  threefry(key[0], key[1], 0, 0, words);
  const drawn = new Float32Array(words.length);
  stream(6).fillSingleNormal(drawn, 0);
  for (let i = 0; i < words.length; i += 2) {
    const u = ((words[i]! >>> 0) + 0.5) / 2 ** 32;
    const angle = 2 * Math.PI * ((words[i + 1]! >>> 0) / 2 ** 32 - 1 / 8);
    const radius = Math.sqrt(-2 * Math.log(u));
    // u is rounded to 2⁻²⁴, which near u = 1 shows in the radius as 2⁻²⁴ / radius.
    const allowed = 1e-6 + 2 ** -24 / radius;
    assert.ok(Math.abs(drawn[i]! - radius * Math.cos(angle)) < allowed, `number ${i}`);
    assert.ok(Math.abs(drawn[i + 1]! - radius * Math.sin(angle)) < allowed, `number ${i + 1}`);
  }
});

Deno.test("fillSingleNormal() does not depend on block borders", () => {
  for (const first of [0, 1, 4093, 4096, 2 ** 33 - 3]) {
    const whole = new Float32Array(9500);
    stream(1, "borders").fillSingleNormal(whole, first);
    for (const [skip, length] of [[0, 1], [1, 0], [1, 9001], [2, 5], [130, 4096]]) {
      const part = new Float32Array(length!);
      stream(1, "borders").fillSingleNormal(part, first + skip!);
      assert.deepEqual(part, whole.subarray(skip, skip! + length!), `${first} ${skip} ${length}`);
    }
  }
  assert.throws(() => stream(1).fillSingleNormal(new Float32Array(1), -1), RangeError);
});
