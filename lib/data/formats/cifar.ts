import type { LabelledImages } from "../images.ts";
import { byteSource, type Chunks } from "./byte_source.ts";

const SIDE = 32;
const CHANNELS = 3;
const PLANE = SIDE * SIDE;
const PIXELS = PLANE * CHANNELS;

/** The two binary formats: CIFAR-100 has a coarse label before the fine one. */
export interface CifarFormat {
  /** Classes of each label byte of a record; the last one is the label that is kept. */
  readonly labelClasses: readonly number[];
  /** Records in each file. */
  readonly records: number;
}

/** A file of records. */
export interface CifarFile {
  readonly name: string;
  readonly content: Chunks;
}

/** Images that are filled file by file, in any order. */
export interface CifarImages {
  /**
   * Reads file number `index`, from 0.
   *
   * @throws {SyntaxError} If the file is shorter or longer than its records.
   * @throws {RangeError} If a label is out of range.
   */
  read(file: CifarFile, index: number): Promise<void>;
  readonly images: LabelledImages;
}

/**
 * Room for the images of `files` files of a binary format of CIFAR.
 *
 * A record is its label bytes and then 32 × 32 pixels: a red, a green and a blue plane, each
 * row-major. Pixels are interleaved here, to the shape [32, 32, 3] that the networks read.
 *
 * Source: Krizhevsky 2009, "Learning multiple layers of features from tiny images", and the data
 * set's page, "binary version".
 */
export function cifarImages(files: number, { labelClasses, records }: CifarFormat): CifarImages {
  const pixels = new Uint8Array(files * records * PIXELS);
  const labels = new Uint8Array(files * records);
  const head = labelClasses.length;
  return {
    images: { pixels, labels, shape: [SIDE, SIDE, CHANNELS], classes: labelClasses.at(-1)! },
    async read({ name, content }, index) {
      await using source = byteSource(name, content);
      const record = new Uint8Array(head + PIXELS);
      for (let row = 0; row < records; row++) {
        await source.fill(record);
        labelClasses.forEach((classes, k) => {
          if (record[k]! >= classes) {
            throw new RangeError(
              `Cannot use ${name}: ${k < head - 1 ? "coarse label" : "label"} ${row} is ` +
                `${record[k]}, want 0 to ${classes - 1}`,
            );
          }
        });
        const at = index * records + row;
        labels[at] = record[head - 1]!;
        interleave(record.subarray(head), pixels.subarray(at * PIXELS, (at + 1) * PIXELS));
      }
      await source.end();
    },
  };
}

/** Planes to pixels. */
function interleave(planes: Uint8Array, pixels: Uint8Array): void {
  for (let i = 0; i < PLANE; i++) {
    pixels[CHANNELS * i] = planes[i]!;
    pixels[CHANNELS * i + 1] = planes[PLANE + i]!;
    pixels[CHANNELS * i + 2] = planes[2 * PLANE + i]!;
  }
}
