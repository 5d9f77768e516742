/**
 * Power spectra of real frames by a radix-2 fast Fourier transform.
 *
 * @param size Length of the frames, a power of two.
 * @returns A function of a frame, which it overwrites, that fills |X_k|², k = 0 … size/2.
 * @throws {RangeError} If the size is no power of two.
 *
 * @example A cosine of three periods has its power in bin 3
 * ```ts
 * import { powerSpectrum } from "./power_spectrum.ts";
 * import assert from "node:assert/strict";
 *
 * const frame = Float64Array.from({ length: 16 }, (_, i) => Math.cos(2 * Math.PI * 3 * i / 16));
 * const power = new Float64Array(9);
 * powerSpectrum(16)(frame, power);
 * assert.ok(Math.abs(power[3]! - 64) < 1e-12 && power[4]! < 1e-12);
 * ```
 */
export function powerSpectrum(size: number): (frame: Float64Array, power: Float64Array) => void {
  if (!(size >= 2 && Number.isInteger(Math.log2(size)))) {
    throw new RangeError(`Cannot transform frames of ${size} samples; want a power of two`);
  }
  const cos = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos(2 * Math.PI * k / size));
  const sin = Float64Array.from({ length: size / 2 }, (_, k) => -Math.sin(2 * Math.PI * k / size));
  const reversed = bitReversal(size);
  const imaginary = new Float64Array(size);
  return (real, power) => {
    for (let i = 0; i < size; i++) {
      const j = reversed[i]!;
      if (i < j) [real[i], real[j]] = [real[j]!, real[i]!];
    }
    imaginary.fill(0);
    for (let span = 1; span < size; span *= 2) {
      const stride = size / (2 * span);
      for (let block = 0; block < size; block += 2 * span) {
        for (let k = 0; k < span; k++) {
          const a = block + k;
          const b = a + span;
          const [c, s] = [cos[k * stride]!, sin[k * stride]!];
          const re = c * real[b]! - s * imaginary[b]!;
          const im = c * imaginary[b]! + s * real[b]!;
          real[b] = real[a]! - re;
          imaginary[b] = imaginary[a]! - im;
          real[a] = real[a]! + re;
          imaginary[a] = imaginary[a]! + im;
        }
      }
    }
    for (let k = 0; k <= size / 2; k++) power[k] = real[k]! ** 2 + imaginary[k]! ** 2;
  };
}

function bitReversal(size: number): Uint32Array {
  const reversed = new Uint32Array(size);
  for (let i = 1; i < size; i++) reversed[i] = (reversed[i >> 1]! >> 1) | (i & 1 ? size >> 1 : 0);
  return reversed;
}
