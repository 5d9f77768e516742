/** Makes a data set of a name, as a file of training and one of test examples. */
import { z } from "zod";
import { acquire } from "../acquisition/acquire.ts";
import { readTimit } from "../acquisition/timit.ts";
import { CATALOGUE, type PublishedName } from "../acquisition/catalogue.ts";
import { changedExamples, changedName, type ExampleChanges } from "../data/changed_examples.ts";
import {
  encodeExamples,
  type Examples,
  selectExamples,
  summariseExamples,
} from "../data/examples.ts";
import { DIGITS_SOURCE, readDigits } from "../data/mnist_package.ts";
import { stratifiedSample, stratifiedSplit } from "../data/split.ts";
import { isStandInName, STAND_IN_NAMES, standIn } from "../data/stand_ins.ts";
import { QUARTER_TURNS } from "../data/turn_images.ts";
import { cacheFolder } from "../engine/setup/cache_folder.ts";
import type { StageContext } from "../pipeline/stage.ts";
import { writeJson } from "./artifacts.ts";

const DIGITS = "mnist-10k";
const DIGIT_SIZES = { train: 8000, test: 2000 };
const PUBLISHED_NAMES = Object.keys(CATALOGUE) as PublishedName[];

/** A number of examples; `all` is for profiles, which can change a parameter but not leave it out. */
const size = z.union([z.int().positive(), z.literal("all")])
  .transform((value) => value === "all" ? undefined : value).optional();

/** All that a data set can be called. */
export const DATASET_NAMES = [DIGITS, ...PUBLISHED_NAMES, "timit", ...STAND_IN_NAMES] as const;

/** Which data set, how much of it, and where its files are. */
export const DATASET_FIELDS = {
  dataset: z.enum(DATASET_NAMES),
  /** Examples for training; default all, of mnist-10k 8 000. */
  train: size,
  /** Examples for testing; default all, of mnist-10k 2 000. */
  test: size,
  /** Folder that has the files already; default `$BASIN_DATA_DIR`, if they are there. */
  dataDir: z.string().min(1).optional(),
  /** Checksum of a copy whose bytes are not the published ones; an error names it. */
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, "want sha256: and 64 hex digits").optional(),
  /** Of timit: 61 phones as transcribed (default), or the 39 of scoring; each has three states. */
  phones: z.union([z.literal(61), z.literal(39)]).optional(),
  /** Labels for training: the true ones, or random ones for all or a share of the examples. */
  labels: z.union([
    z.literal(true),
    z.literal("random"),
    z.strictObject({ random: z.number().gt(0).max(1) }),
  ]).optional(),
  /** Degrees by which all images are turned, clockwise: the same examples as another task. */
  turn: z.literal(QUARTER_TURNS).optional(),
  /** Seed of the study; parts are stratified and drawn by it. */
  seed: z.int().nonnegative(),
};

type Parameters = z.infer<z.ZodObject<typeof DATASET_FIELDS>>;

/** Where the data set goes, and who is told how far it is. */
type DatasetContext = Pick<StageContext<Parameters>, "parameters" | "output" | "log" | "progress">;

/** What is known before examples are chosen. */
interface Source {
  /** What tables call the data. */
  readonly name: string;
  readonly source: string;
  /** Checksum of the files that were read, if any were. */
  readonly digest?: string;
  readonly train: () => Examples;
  readonly test: () => Examples;
}

/**
 * Makes the outputs `train`, `test` and `summary`.
 *
 * @throws {Error} Without a stack, if files are missing, damaged or out of reach, or too small.
 */
export async function makeDataset(context: DatasetContext): Promise<void> {
  try {
    await writeParts(context);
  } catch (error) {
    throw withoutStack(error);
  }
}

async function writeParts(context: DatasetContext): Promise<void> {
  const { seed } = context.parameters;
  const { digest, source, ...plain } = await open(context);
  const changes = changesOf(context.parameters);
  const name = changedName(plain.name, changes);
  const summary: Record<string, unknown> = {
    dataset: name,
    source,
    splitSeed: seed,
    ...digest !== undefined && { digest },
  };
  for (const part of ["train", "test"] as const) {
    const examples = changedExamples(plain[part](), part, changes, seed);
    await Deno.writeFile(context.output(part), encodeExamples(examples, { name, source }));
    summary[part] = summariseExamples(examples);
    context.log(`${part}: ${examples.labels.length} examples of ${name}`);
  }
  await writeJson(context.output("summary"), summary);
}

function changesOf({ labels = true, turn = 0 }: Parameters): ExampleChanges {
  const randomShare = labels === true ? 0 : labels === "random" ? 1 : labels.random;
  return { turn, randomShare };
}

async function open(context: DatasetContext): Promise<Source> {
  const { dataset, seed, ...sizes } = context.parameters;
  if (dataset === DIGITS) {
    const images = await readDigits();
    const split = stratifiedSplit(images.labels, {
      train: sizes.train ?? DIGIT_SIZES.train,
      test: sizes.test ?? DIGIT_SIZES.test,
    }, seed);
    return {
      name: DIGITS,
      source: DIGITS_SOURCE,
      train: () => selectExamples(images, split.train),
      test: () => selectExamples(images, split.test),
    };
  }
  if (isStandInName(dataset)) {
    const { source, make } = standIn(dataset, seed, sizes);
    return { name: dataset, source, train: () => make("train"), test: () => make("test") };
  }
  const options = { phones: context.parameters.phones ?? 61, ...optionsOf(context) };
  const { train, test, ...identity } = dataset === "timit"
    ? await readTimit(options)
    : await acquire(CATALOGUE[dataset], options);
  const draw = (part: "train" | "test", all: Examples) => () => {
    const indices = stratifiedSample(all.labels, sizes[part] ?? all.labels.length, seed, part);
    return selectExamples(all, indices);
  };
  return { ...identity, train: draw("train", train), test: draw("test", test) };
}

function optionsOf(context: DatasetContext) {
  const { dataset, dataDir, digest } = context.parameters;
  const env = (name: string) => Deno.env.get(name) || undefined;
  const cache = cacheFolder(env);
  return {
    dataDir: dataDir?.replace(/^~(?=\/)/, env("HOME") ?? "~"), // no shell has read the YAML
    searchDir: env("BASIN_DATA_DIR"),
    mirror: env("BASIN_DATA_MIRROR"),
    cache: cache === undefined ? undefined : `${cache}/data`,
    digest,
    log: context.log,
    onTrouble: context.log,
    onProgress: (done: number, total: number) => {
      const note = dataset === "timit" ? `utterance ${done}` : `${Math.round(done / 1e6)} MB`;
      context.progress({ done, total, note: `${note} of ${dataset}` });
    },
  };
}

/** What is wrong with files, servers or sizes needs no stack, which the log would show. */
function withoutStack(error: unknown): unknown {
  if (error instanceof Error && !(error instanceof TypeError)) {
    error.stack = `${error.name}: ${error.message}`;
    delete error.cause;
  }
  return error;
}
