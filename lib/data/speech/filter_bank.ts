/** Log mel filter banks, as Kaldi's `compute-fbank-feats` makes them with dither 0 and 40 bins. */
import { powerSpectrum } from "./power_spectrum.ts";

/** Filters, and so features of a frame. */
export const MEL_FILTERS = 40;
/** Samples of a frame: 25 ms at 16 kHz. */
export const FRAME_LENGTH = 400;
/** Samples from one frame to the next: 10 ms. */
export const FRAME_SHIFT = 160;
/** In hertz; TIMIT's. */
export const SAMPLE_RATE = 16_000;

const FFT = 512;
const LOWEST_HERTZ = 20;
const PREEMPHASIS = 0.97;
/** Energies are floored at the float32 rounding unit, as in Kaldi. */
const SMALLEST_ENERGY = 2 ** -23;

/** Povey's window: a Hann window to the power 0.85, which does not vanish as fast. */
const WINDOW = Float64Array.from(
  { length: FRAME_LENGTH },
  (_, i) => (0.5 - 0.5 * Math.cos(2 * Math.PI * i / (FRAME_LENGTH - 1))) ** 0.85,
);

interface Filter {
  readonly firstBin: number;
  readonly weights: Float64Array;
}

const FILTERS = melFilters();
const transform = powerSpectrum(FFT);

/**
 * Log mel energies of all whole frames.
 *
 * From each frame the mean is subtracted, x_i − 0.97 x_{i−1} is taken, and Povey's window is applied.
 * The power spectrum of 512 points is summed under 40 triangles. They are equally wide in
 * mel(f) = 1127 ln(1 + f/700), and reach from 20 Hz to 8 kHz.
 *
 * @param samples At 16 kHz.
 * @returns Row-major, shape [frames, 40], with ⌊(samples − 400)/160⌋ + 1 frames; none if there are
 *   fewer than 400 samples.
 */
export function logMelEnergies(samples: Int16Array): Float32Array {
  const count = Math.max(0, Math.floor((samples.length - FRAME_LENGTH) / FRAME_SHIFT) + 1);
  const energies = new Float32Array(count * MEL_FILTERS);
  const frame = new Float64Array(FFT);
  const power = new Float64Array(FFT / 2 + 1);
  for (let t = 0; t < count; t++) {
    fillFrame(samples.subarray(t * FRAME_SHIFT, t * FRAME_SHIFT + FRAME_LENGTH), frame);
    transform(frame, power);
    FILTERS.forEach(({ firstBin, weights }, k) => {
      let energy = 0;
      for (let i = 0; i < weights.length; i++) energy += weights[i]! * power[firstBin + i]!;
      energies[t * MEL_FILTERS + k] = Math.log(Math.max(energy, SMALLEST_ENERGY));
    });
  }
  return energies;
}

function fillFrame(samples: Int16Array, frame: Float64Array): void {
  let mean = 0;
  for (let i = 0; i < FRAME_LENGTH; i++) mean += samples[i]! / FRAME_LENGTH;
  // The first sample is taken to have followed itself.
  let before = samples[0]! - mean;
  for (let i = 0; i < FRAME_LENGTH; i++) {
    const sample = samples[i]! - mean;
    frame[i] = WINDOW[i]! * (sample - PREEMPHASIS * before);
    before = sample;
  }
  frame.fill(0, FRAME_LENGTH);
}

function melFilters(): readonly Filter[] {
  const mel = (hertz: number) => 1127 * Math.log(1 + hertz / 700);
  const [low, high] = [mel(LOWEST_HERTZ), mel(SAMPLE_RATE / 2)];
  const width = (high - low) / (MEL_FILTERS + 1);
  // Kaldi leaves out the bin of the Nyquist frequency, where the last triangle vanishes.
  const binMels = Array.from({ length: FFT / 2 }, (_, bin) => mel(bin * SAMPLE_RATE / FFT));
  return Array.from({ length: MEL_FILTERS }, (_, k) => {
    const [left, centre] = [low + k * width, low + (k + 1) * width];
    const weights = binMels.map((at) => Math.max(0, 1 - Math.abs(at - centre) / width));
    const firstBin = binMels.findIndex((at) => at > left);
    const last = weights.findLastIndex((weight) => weight > 0);
    return { firstBin, weights: Float64Array.from(weights.slice(firstBin, last + 1)) };
  });
}
