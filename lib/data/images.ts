/** Labelled images as bytes: what a source yields, before splitting and scaling. */
export interface LabelledImages {
  /** Row-major, shape [count, height, width, channels]. */
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
  /** [height, width, channels]. */
  readonly shape: readonly [number, number, number];
  readonly classes: number;
}

/** The images with these indices, in their order. */
export function selectImages(images: LabelledImages, indices: Uint32Array): LabelledImages {
  const width = images.shape[0] * images.shape[1] * images.shape[2];
  const pixels = new Uint8Array(indices.length * width);
  indices.forEach((source, row) => {
    pixels.set(images.pixels.subarray(source * width, (source + 1) * width), row * width);
  });
  return {
    ...images,
    pixels,
    labels: Uint8Array.from(indices, (source) => images.labels[source]!),
  };
}
