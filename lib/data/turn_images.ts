import type { LabelledImages } from "./images.ts";

/** Degrees by which images can be turned without drawing them anew. */
export const QUARTER_TURNS = [0, 90, 180, 270] as const;

/** Degrees, clockwise. */
export type QuarterTurn = typeof QUARTER_TURNS[number];

/**
 * Turns all images clockwise, pixel by pixel.
 *
 * @example
 * ```ts
 * import { turnImages } from "./turn_images.ts";
 * import assert from "node:assert/strict";
 *
 * const image = {
 *   pixels: Uint8Array.of(1, 2, 3, 4), // 1 2
 *   labels: Uint8Array.of(0), //          3 4
 *   shape: [2, 2, 1],
 *   classes: 1,
 * } as const;
 * assert.deepEqual(turnImages(image, 90).pixels, Uint8Array.of(3, 1, 4, 2));
 * ```
 *
 * @throws {RangeError} If images that are not square are turned by 90 or 270 degrees.
 */
export function turnImages(images: LabelledImages, degrees: QuarterTurn): LabelledImages {
  const [height, width, channels] = images.shape;
  if (height !== width && degrees % 180 !== 0) {
    throw new RangeError(
      `Cannot turn images of ${height} × ${width} pixels by ${degrees}°; only square ones fit`,
    );
  }
  let turned = images;
  for (let quarter = 0; quarter < degrees / 90; quarter++) turned = quarterTurn(turned);
  return { ...turned, shape: [height, width, channels] };
}

/** Row r, column c comes from row `height − 1 − c`, column r. */
function quarterTurn(images: LabelledImages): LabelledImages {
  const [height, width, channels] = images.shape;
  const size = height * width * channels;
  const pixels = new Uint8Array(images.pixels.length);
  for (let first = 0; first < pixels.length; first += size) {
    for (let row = 0; row < width; row++) {
      for (let column = 0; column < height; column++) {
        const from = first + ((height - 1 - column) * width + row) * channels;
        const to = first + (row * height + column) * channels;
        for (let k = 0; k < channels; k++) pixels[to + k] = images.pixels[from + k]!;
      }
    }
  }
  return { ...images, pixels, shape: [width, height, channels] };
}
