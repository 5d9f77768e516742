import type { LabelledImages } from "../images.ts";
import { byteSource, type Chunks, unreadable } from "./byte_source.ts";

/** Element type 0x08 of the format: unsigned bytes, the only one that MNIST's files have. */
const UNSIGNED_BYTE = 0x08;
const CLASSES = 10;
/** A damaged header must not make us reserve memory: 1 GiB is twenty times MNIST's images. */
const LARGEST = 2 ** 30;

/** A file of the format. */
export interface IdxFile {
  /** For messages, for instance `train-images-idx3-ubyte`. */
  readonly name: string;
  /** Unpacked bytes. */
  readonly content: Chunks;
}

/**
 * Reads images and labels in the IDX format of MNIST and Fashion-MNIST, already unpacked.
 *
 * A file is two zero bytes, the element type, the number of dimensions, each extent as a big-endian
 * 32-bit integer, and the elements in row-major order.
 *
 * Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits", file formats.
 *
 * @throws {SyntaxError} If a file is not of that format, has the other's dimensions, ends early or
 *   goes on, or there is not one label for each image.
 * @throws {RangeError} If a label is above 9.
 */
export async function readIdxImages(
  images: IdxFile,
  labels: IdxFile,
): Promise<LabelledImages> {
  const { shape: [count, height = 0, width = 0], data: pixels } = await readIdx(images, 3);
  const { shape: [labelCount], data } = await readIdx(labels, 1);
  if (labelCount !== count) {
    throw unreadable(labels.name, `it has ${labelCount} labels for the ${count} of ${images.name}`);
  }
  const stray = data.findIndex((label) => label >= CLASSES);
  if (stray >= 0) {
    throw new RangeError(
      `Cannot use ${labels.name}: label ${stray} is ${data[stray]}, want 0 to ${CLASSES - 1}`,
    );
  }
  return { pixels, labels: data, shape: [height, width, 1], classes: CLASSES };
}

async function readIdx({ name, content }: IdxFile, dimensions: number) {
  await using source = byteSource(name, content);
  const magic = new Uint8Array(4);
  await source.fill(magic);
  if (magic[0] !== 0 || magic[1] !== 0 || magic[2] !== UNSIGNED_BYTE || magic[3] !== dimensions) {
    throw unreadable(
      name,
      `it begins with ${hex(magic)}, want ${hex(Uint8Array.of(0, 0, UNSIGNED_BYTE, dimensions))} ` +
        `(unsigned bytes in ${dimensions} dimension${dimensions > 1 ? "s" : ""})`,
    );
  }
  const extents = new Uint8Array(4 * dimensions);
  await source.fill(extents);
  const view = new DataView(extents.buffer);
  const shape = Array.from({ length: dimensions }, (_, k) => view.getUint32(4 * k));
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (size === 0 || size > LARGEST) {
    throw unreadable(name, `its header claims the shape [${shape.join(", ")}]`);
  }
  const data = new Uint8Array(size);
  await source.fill(data);
  await source.end();
  return { shape, data };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
