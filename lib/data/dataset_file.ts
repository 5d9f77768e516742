import { checkedDataset, type Dataset } from "./dataset.ts";
import type { LabelledImages } from "./images.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

/** Writes images as a data set file: bytes, to be scaled by 1/255 when read. */
export function encodeImages(
  images: LabelledImages,
  description: { readonly name: string; readonly source: string },
): Uint8Array {
  return encodeSafetensors({
    images: {
      dtype: "U8",
      shape: [images.labels.length, ...images.shape],
      data: images.pixels,
    },
    labels: { dtype: "U8", shape: [images.labels.length], data: images.labels },
  }, { ...description, classes: String(images.classes), scale: "1/255" });
}

/**
 * Reads a data set file; pixels become pixel/255, as in the paper's code.
 *
 * @throws {SyntaxError} If the file is no safetensors file, or lacks a part.
 * @throws {RangeError} If a label is out of range.
 */
export function decodeDataset(bytes: Uint8Array): Dataset {
  const { tensors: { images, labels }, metadata } = decodeSafetensors(bytes);
  if (!images || !labels || !metadata.classes) {
    throw new SyntaxError("Cannot read the data set: it lacks images, labels or classes");
  }
  const [count = 0, ...featureShape] = images.shape;
  return checkedDataset({
    name: metadata.name ?? "unnamed",
    features: Float32Array.from(images.data, (pixel) => pixel / 255),
    labels: Int32Array.from(labels.data),
    count,
    featureShape,
    classes: Number(metadata.classes),
  });
}
