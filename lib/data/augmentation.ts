/** Random flips, rotations and translations of images, as in the paper's study of augmentation. */
import { type Stream, stream } from "../random/stream.ts";
import type { Batch } from "./batches.ts";

/** How far images may be moved. */
export interface Augmentation {
  /** Mirror left and right with probability ½. */
  readonly flip: boolean;
  /** Rotations are U(−r, r). In degrees, 0 … 180. */
  readonly rotationDegrees: number;
  /** Translations are U(−s, s) of height and width, each by itself. Share of the side, 0 … 1. */
  readonly shift: number;
}

/** The paper's: "horizontal reflections, random rotations up to 10° and random translations". */
export const PAPER_AUGMENTATION: Augmentation = { flip: true, rotationDegrees: 10, shift: 0.2 };

/** One image's way. */
export interface ImageTransform {
  readonly flip: boolean;
  /** Positive turns the picture clockwise, rows counting downwards. */
  readonly radians: number;
  /** Translation in pixels. */
  readonly down: number;
  readonly right: number;
}

/** Uniform numbers that each example uses, in this order: flip, rotation, down, right. */
const DRAWS = 4;

/**
 * Draws the transforms of one epoch: a function of seed, epoch and example alone, so that neither
 * the order of the examples nor where training was resumed makes a difference.
 *
 * @param shape [height, width, channels].
 * @returns The transform of an example, by its index in the training set.
 * @throws {RangeError} If a limit is out of range.
 *
 * @example
 * ```ts
 * import { drawTransforms, PAPER_AUGMENTATION } from "./augmentation.ts";
 * import assert from "node:assert/strict";
 *
 * const transformOf = drawTransforms(PAPER_AUGMENTATION, [32, 32, 3], 1, 5);
 * const { radians, down } = transformOf(7);
 * assert.ok(Math.abs(radians) <= 10 * Math.PI / 180 && Math.abs(down) <= 0.2 * 32);
 * assert.deepEqual(drawTransforms(PAPER_AUGMENTATION, [32, 32, 3], 1, 5)(7), transformOf(7));
 * ```
 */
export function drawTransforms(
  augmentation: Augmentation,
  [height, width]: readonly [number, number, number],
  seed: number,
  epoch: number,
): (example: number) => ImageTransform {
  const { flip, rotationDegrees, shift } = checkedAugmentation(augmentation);
  const draws: Stream = stream(seed, "augmentation", epoch);
  const uniforms = new Float64Array(DRAWS);
  return (example) => {
    draws.fillUniform(uniforms, DRAWS * example);
    const [side, turn, down, right] = uniforms as unknown as [number, number, number, number];
    return {
      flip: flip && side < 0.5,
      radians: rotationDegrees * Math.PI / 180 * (2 * turn - 1),
      down: shift * height * (2 * down - 1),
      right: shift * width * (2 * right - 1),
    };
  };
}

/**
 * Augments a batch.
 *
 * @param batch Examples as they are; not changed.
 * @param shape [height, width, channels] of an example.
 * @param examples Index of each example in the training set.
 * @param transformOf See {@link drawTransforms}.
 * @throws {TypeError} If the batch has not so many features.
 */
export function augmentBatch(
  { features, labels }: Batch,
  shape: readonly [number, number, number],
  examples: Uint32Array,
  transformOf: (example: number) => ImageTransform,
): Batch {
  const size = shape[0] * shape[1] * shape[2];
  if (features.length !== examples.length * size) {
    throw new TypeError(
      `Cannot augment ${examples.length} images of shape [${shape}]: got ${features.length} features; give that many for each`,
    );
  }
  const augmented = new Float32Array(features.length);
  examples.forEach((example, row) => {
    const [from, to] = [row * size, (row + 1) * size];
    transformImage(
      features.subarray(from, to),
      shape,
      transformOf(example),
      augmented.subarray(from, to),
    );
  });
  return { features: augmented, labels };
}

/**
 * Moves one image: mirrored, then rotated about its centre, then translated.
 *
 * With c the centre, pixel p of the result is the image at c + R(−θ)(p − c − t), by bilinear
 * interpolation; beyond the border the border's pixels go on.
 *
 * @param image Row-major, of the shape [height, width, channels]; not changed.
 * @param target Receives the result.
 */
export function transformImage(
  image: Float32Array,
  [height, width, channels]: readonly [number, number, number],
  { flip, radians, down, right }: ImageTransform,
  target: Float32Array,
): void {
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const [centreY, centreX] = [(height - 1) / 2, (width - 1) / 2];
  const row = width * channels;
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dy = y - centreY - down;
      const dx = x - centreX - right;
      const sourceY = clamp(centreY + cos * dy - sin * dx, height - 1);
      const turnedX = clamp(centreX + sin * dy + cos * dx, width - 1);
      const sourceX = flip ? width - 1 - turnedX : turnedX;
      const top = Math.min(Math.floor(sourceY), Math.max(0, height - 2));
      const left = Math.min(Math.floor(sourceX), Math.max(0, width - 2));
      const v = sourceY - top;
      const u = sourceX - left;
      // The neighbours below and to the right, which an image of one row or column has not.
      const below = height > 1 ? row : 0;
      const beside = width > 1 ? channels : 0;
      for (let c = 0; c < channels; c++) {
        const i = top * row + left * channels + c;
        const upper = (1 - u) * image[i]! + u * image[i + beside]!;
        const lower = (1 - u) * image[i + below]! + u * image[i + below + beside]!;
        target[at++] = (1 - v) * upper + v * lower;
      }
    }
  }
}

function clamp(value: number, most: number): number {
  return value < 0 ? 0 : value > most ? most : value;
}

function checkedAugmentation(augmentation: Augmentation): Augmentation {
  const { rotationDegrees, shift } = augmentation;
  if (!(rotationDegrees >= 0 && rotationDegrees <= 180)) {
    throw new RangeError(`Cannot rotate images by up to ${rotationDegrees}°; want 0 to 180`);
  }
  if (!(shift >= 0 && shift <= 1)) {
    throw new RangeError(`Cannot shift images by up to ${shift} of their sides; want 0 to 1`);
  }
  return augmentation;
}
