/**
 * Uniform and normal numbers from random words, by additions, multiplications, divisions and square
 * roots alone. IEEE 754 fixes the bits of these on every machine; ECMAScript leaves those of
 * Math.log and Math.cos to the implementation, and they are three times slower.
 *
 * @module
 */

/** 2⁻ᵏ, by which a number below 2ᵏ becomes one below 1. */
const POWERS_OF_HALF = Float64Array.from({ length: 33 }, (_, k) => 2 ** -k);
/** cos and sin of the four quarter turns. */
const QUARTER_COSINES = Float64Array.of(1, 0, -1, 0);
const QUARTER_SINES = Float64Array.of(0, 1, 0, -1);

/**
 * target_i ← (w_i + ½) / 2³², which is never 0 or 1.
 *
 * @param words Random words; shape [n].
 * @param target Shape [n].
 */
export function fillUniforms(words: Int32Array, target: Float64Array): void {
  for (let i = 0; i < words.length; i++) target[i] = ((words[i]! >>> 0) + 0.5) * 2 ** -32;
}

/**
 * Pairs of independent N(0, 1) numbers from pairs of words: √(−2 ln u) times cosine and sine of a
 * uniform angle. With 32-bit words the radius ends at √(66 ln 2) = 6.76.
 *
 * ln u = e ln 2 + 2 artanh z, z = (f − 1)/(f + 1), u = 2ᵉf, f ∈ [√½, √2): |z| ≤ 0.172, so the terms
 * after z²¹/21 are below 2⁻⁵³ of the first. The angle is a quarter turn, by the word's upper two
 * bits, plus one of (−π/4, π/4), where Taylor's series reach double precision at x¹⁵ and x¹⁶.
 *
 * Source: Box and Muller 1958, "A note on the generation of random normal deviates".
 *
 * @param words Random words; shape [2k].
 * @param target Shape [2k].
 */
export function fillNormals(words: Int32Array, target: Float64Array): void {
  for (let i = 0; i + 1 < words.length; i += 2) {
    const w = words[i]!;
    let exponent = 32 - Math.clz32(w);
    let f = ((w >>> 0) + 0.5) * POWERS_OF_HALF[exponent]!; // in [½, 1)
    if (f < Math.SQRT1_2) {
      f *= 2;
      exponent--;
    }
    const z = (f - 1) / (f + 1);
    const y = z * z;
    const y2 = y * y;
    const y4 = y2 * y2;
    // The series are summed in pairs, not by Horner's rule: the processor overlaps the pairs.
    const artanh = z * ((1 + y * (1 / 3)) + y2 * (1 / 5 + y * (1 / 7)) +
      y4 * ((1 / 9 + y * (1 / 11)) + y2 * (1 / 13 + y * (1 / 15)) +
          y4 * ((1 / 17 + y * (1 / 19)) + y2 * (1 / 21))));
    const radius = Math.sqrt(2 * ((32 - exponent) * Math.LN2 - 2 * artanh));

    const turn = words[i + 1]!;
    const x = ((turn & 0x3fffffff) - (2 ** 29 - 0.5)) * (Math.PI / 2 ** 31);
    const t = x * x;
    const t2 = t * t;
    const t4 = t2 * t2;
    const sine = x * ((1 - t * (1 / 6)) + t2 * (1 / 120 - t * (1 / 5040)) +
      t4 * ((1 / 362880 - t * (1 / 39916800)) +
          t2 * (1 / 6227020800 - t * (1 / 1307674368000))));
    const cosine = (1 - t * (1 / 2)) + t2 * (1 / 24 - t * (1 / 720)) +
      t4 * ((1 / 40320 - t * (1 / 3628800)) + t2 * (1 / 479001600 - t * (1 / 87178291200)) +
          t4 * (1 / 20922789888000));
    const c = QUARTER_COSINES[turn >>> 30]!;
    const s = QUARTER_SINES[turn >>> 30]!;
    target[i] = radius * (cosine * c - sine * s);
    target[i + 1] = radius * (sine * c + cosine * s);
  }
}
