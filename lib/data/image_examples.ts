import { checkedDataset } from "./dataset.ts";
import type { UnderstoodDataset } from "./array_dataset.ts";
import { decodeImage } from "./formats/image_file.ts";

/** An image file and its class. */
export interface LabelledFile {
  /** For messages: the file, or its place in another one. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly label: number;
}

/**
 * Labelled examples from image files of one size; bytes are divided by 255. Where some are grey and
 * some coloured, the grey ones get three equal channels.
 *
 * @param name What tables call the data.
 * @param classes Number of classes.
 * @throws {SyntaxError} If a file is no image.
 * @throws {RangeError} If there are none, or two differ in size; both are named.
 */
export function datasetOfImages(
  name: string,
  files: readonly LabelledFile[],
  classes: number,
): UnderstoodDataset {
  const images = files.map(({ name, bytes }) => decodeImage(name, bytes));
  const [first] = images;
  if (!first) throw new RangeError(`Cannot use ${name}: it has no images; put some there`);
  const odd = images.findIndex(({ height, width }) =>
    height !== first.height || width !== first.width
  );
  if (odd >= 0) {
    throw new RangeError(
      `Cannot use ${name}: ${files[0]!.name} is of ${first.height} × ${first.width} pixels, ` +
        `${files[odd]!.name} of ${images[odd]!.height} × ${images[odd]!.width}; ` +
        "bring them to one size",
    );
  }
  const grey = images.filter(({ channels }) => channels === 1).length;
  const channels = grey === images.length ? 1 : 3;
  const { height, width } = first;
  const size = height * width * channels;
  const features = new Float32Array(images.length * size);
  images.forEach(({ pixels, channels: own }, i) => {
    for (let k = 0; k < size; k++) {
      features[i * size + k] = pixels[own === channels ? k : Math.floor(k / 3)]! / 255;
    }
  });
  const dataset = checkedDataset({
    name,
    features,
    labels: Int32Array.from(files, ({ label }) => label),
    count: images.length,
    featureShape: [height, width, channels],
    classes,
  });
  return {
    dataset,
    areBytes: true,
    understood: [
      `${images.length} images of [${dataset.featureShape}]; bytes are divided by 255`,
      ...(grey > 0 && channels === 3
        ? [`${grey} grey images get three equal channels, as the others have`]
        : []),
    ],
  };
}
