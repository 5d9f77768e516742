/** Seeded stand-ins with the shapes of the paper's data sets: for tests, and where data are missing. */
import { stream } from "../random/stream.ts";
import type { LabelledFrames } from "./frames.ts";
import type { LabelledImages } from "./images.ts";

/** Which examples of a stand-in. */
export interface SyntheticPart {
  /** The classes, alike for both parts, and the examples are drawn by it. */
  readonly seed: number;
  /** Name of the part: other examples of the same classes. */
  readonly part: string;
  readonly count: number;
}

/** Cosines along each side of a class's picture. */
const WAVES = 4;
const CONTRAST = 40;
const NOISE = 56;
const LARGEST_SHIFT = 2;

/**
 * Images of `classes` random smooth patterns, shifted and under noise.
 *
 * The pattern of a class is, for each channel, a cosine series with coefficients of
 * N(0, 1)/(1 + u + v), u, v < 4, scaled to variance 1. An example is its class's pattern shifted
 * round by at most 2 pixels each way: 128 + 40 pattern + 56 N(0, 1), rounded and clipped to bytes.
 * Classes are equally likely.
 *
 * @param shape [height, width, channels].
 */
export function syntheticImages(
  shape: readonly [number, number, number],
  classes: number,
  { seed, part, count }: SyntheticPart,
): LabelledImages {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const patterns = Array.from({ length: classes }, (_, label) => pattern(shape, seed, label));
  const choices = stream(seed, "synthetic images", part, "choices");
  const normals = stream(seed, "synthetic images", part, "noise");
  const noise = new Float32Array(size);
  const pixels = new Uint8ClampedArray(count * size);
  const labels = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    labels[row] = choices.below(classes);
    const down = choices.below(2 * LARGEST_SHIFT + 1) + height - LARGEST_SHIFT;
    const right = choices.below(2 * LARGEST_SHIFT + 1) + width - LARGEST_SHIFT;
    normals.fillNormal(noise, row * size);
    const source = patterns[labels[row]!]!;
    let i = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let from = (((y + down) % height) * width + (x + right) % width) * channels;
        for (let c = 0; c < channels; c++, i++, from++) {
          pixels[row * size + i] = 128 + CONTRAST * source[from]! + NOISE * noise[i]!;
        }
      }
    }
  }
  return { pixels: new Uint8Array(pixels.buffer), labels, shape, classes };
}

function pattern(
  [height, width, channels]: readonly [number, number, number],
  seed: number,
  label: number,
): Float64Array {
  const values = new Float64Array(height * width * channels);
  const draws = stream(seed, "synthetic images", "pattern", label);
  for (let c = 0; c < channels; c++) {
    let energy = 0;
    for (let u = 0; u < WAVES; u++) {
      for (let v = 0; v < WAVES; v++) {
        const amplitude = draws.normal() / (1 + u + v);
        if (u + v === 0) continue; // brightness tells no class
        energy += amplitude ** 2 * (u === 0 || v === 0 ? 0.5 : 0.25);
        for (let y = 0; y < height; y++) {
          const wave = amplitude * Math.cos(Math.PI * u * (y + 0.5) / height);
          for (let x = 0; x < width; x++) {
            const at = (y * width + x) * channels + c;
            values[at] = values[at]! + wave * Math.cos(Math.PI * v * (x + 0.5) / width);
          }
        }
      }
    }
    for (let at = c; at < values.length; at += channels) {
      values[at] = values[at]! / Math.sqrt(energy);
    }
  }
  return values;
}

/** Share of labels of {@link syntheticFrames} that say nothing of the features. */
const RELABELLED = 0.35;
const CLASS_DISTANCE = 0.5;

/**
 * Vectors with TIMIT's shape and difficulty: 360 features, a skewed prior, irreducible error.
 *
 * Class c = 0 … classes − 1 has the prior ∝ 1/(c + 1) and a mean drawn from N(0, ¼ I); an example is
 * its mean plus N(0, I). Then 35 % of the labels are drawn anew from the prior: nobody can be right
 * on more of these than the prior allows.
 */
export function syntheticFrames(
  width: number,
  classes: number,
  { seed, part, count }: SyntheticPart,
): LabelledFrames {
  const cumulative = zipf(classes);
  const means = new Float32Array(classes * width);
  stream(seed, "synthetic frames", "means").fillNormal(means, 0);
  const choices = stream(seed, "synthetic frames", part, "choices");
  const frames = new Float32Array(count * width);
  stream(seed, "synthetic frames", part, "noise").fillNormal(frames, 0);
  const labels = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const label = quantile(cumulative, choices.uniform());
    for (let i = 0; i < width; i++) {
      const at = row * width + i;
      frames[at] = frames[at]! + CLASS_DISTANCE * means[label * width + i]!;
    }
    // Both numbers are always drawn, so that an example's do not depend on those before it.
    const relabelled = choices.uniform() < RELABELLED;
    const other = quantile(cumulative, choices.uniform());
    labels[row] = relabelled ? other : label;
  }
  const starts = Int32Array.from({ length: count }, (_, row) => row);
  return { frames, width, context: 1, starts, labels, classes };
}

function zipf(classes: number): Float64Array {
  const cumulative = new Float64Array(classes);
  let sum = 0;
  for (let c = 0; c < classes; c++) cumulative[c] = sum += 1 / (c + 1);
  return cumulative.map((value) => value / sum);
}

/** The first class whose cumulative probability is above u. */
function quantile(cumulative: Float64Array, u: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > u) high = middle;
    else low = middle + 1;
  }
  return low;
}
