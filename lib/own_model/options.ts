/** The flags of `basin measure`: one table for parsing, help and documentation. */
import { z } from "zod";
import type { Loss } from "../losses/loss.ts";
import { LOSS_NAMES, lossNamed } from "../losses/losses.ts";
import { didYouMean } from "../pipeline/config/suggest.ts";
import { UsageError } from "../pipeline/verbs/verb.ts";
import { PROTOCOLS } from "../sharpness/protocol.ts";
import { DATA_FILES } from "./data_kinds.ts";
import { MEASURE_NAMES, type MeasureName } from "../measures/measures.ts";

/** A flag of the command line. */
interface Flag<Schema extends z.ZodType> {
  /** What stands for the value in the help. */
  readonly value: string;
  readonly help: string;
  /** From the text given, or `undefined`, to the option. */
  readonly schema: Schema;
  /** Several values, one for each time it is given or word that follows. */
  readonly many?: true;
}

function flag<Schema extends z.ZodType>(
  value: string,
  help: string,
  schema: Schema,
): Flag<Schema> {
  return { value, help, schema };
}

/** A name or a path; an empty one is a variable of the shell that is not set. */
const named = z.string().min(1, 'got "", want a name');

/** A text of a form that is said in words. */
function patterned(pattern: RegExp, words: string) {
  return z.string().refine((text) => pattern.test(text), {
    error: ({ input }) => `got "${input}", want ${words}`,
  });
}

/** A number within a schema's bounds, from its text. */
function numeric(bounds: z.ZodNumber, fallback: number) {
  return z.string().default(String(fallback)).transform((text, context) => {
    const parsed = bounds.safeParse(text.trim() === "" ? NaN : Number(text));
    if (parsed.success) return parsed.data;
    context.addIssue(`got "${text}", ${wanted(bounds)}`);
    return z.NEVER;
  });
}

function wanted(bounds: z.ZodNumber): string {
  const kind = bounds.format === "safeint" ? "a whole number" : "a number";
  return bounds.safeParse(0).success ? `want ${kind} from 0` : `want ${kind} above 0`;
}

const positive = z.number().positive();
const count = z.int().positive();

/** One of several words. */
function choice<const Words extends readonly [string, ...string[]]>(
  words: Words,
  fallback: Words[number],
) {
  return z.string().default(fallback).transform((text, context): Words[number] => {
    const word = words.find((each) => each === text);
    if (word !== undefined) return word;
    context.addIssue(`got "${text}"${didYouMean(text, words)}`);
    return z.NEVER;
  });
}

/** All flags, in the order of the help. */
export const MEASURE_FLAGS = {
  weights: flag(
    "<file>",
    "safetensors file: Basin's weights, or a PyTorch state dict",
    named.optional(),
  ),
  network: flag(
    "<name>",
    "F1, F2, C1 to C4, or layers of your own: mlp:300,100 (dense and ReLU), mlp-norm:300,100 (with batch norm)",
    named.optional(),
  ),
  data: flag(
    "<name|file>",
    `a data set of the download stage, or a file: ${DATA_FILES} (default: mnist-10k)`,
    named.default("mnist-10k"),
  ),
  labels: flag(
    "<file>",
    "labels or real targets of --data: a .npy or an IDX file (default: those in the data, or the file that goes with them by name)",
    named.optional(),
  ),
  exampleWeights: flag(
    "<file|none>",
    "how much each example counts in f: a .npy file, or none to leave out the weights in --data (default: an array or a column weights there, if any)",
    named.optional(),
  ),
  normalise: flag(
    "<mean,std>",
    "subtract the mean and divide by the deviation, as in 0.1307,0.3081; one each, or all means and then all deviations of the channels",
    z.string().optional().transform((text, context) => {
      if (text === undefined) return undefined;
      const numbers = text.split(",").map((part) => part.trim() === "" ? NaN : Number(part));
      const half = numbers.length / 2;
      const [means, deviations] = [numbers.slice(0, half), numbers.slice(half)];
      const isSound = Number.isInteger(half) && numbers.every(Number.isFinite) &&
        deviations.every((deviation) => deviation > 0);
      if (isSound) return { means, deviations };
      context.addIssue(`got "${text}", want as many means as deviations above 0, with commas`);
      return z.NEVER;
    }),
  ),
  dataDir: flag(
    "<folder>",
    "that has the data set's files already (default: $BASIN_DATA_DIR)",
    named.optional(),
  ),
  part: flag(
    "<part>",
    "of a named data set: train or test (default: train)",
    choice(["train", "test"], "train"),
  ),
  examples: flag(
    "<count>",
    "take only the first so many examples (default: all)",
    numeric(count, Number.MAX_SAFE_INTEGER),
  ),
  evaluationBatch: flag(
    "<count>",
    "examples in each chunk of f (default: 5000; of a model as many as fit 2 GiB, at most 5000)",
    numeric(count, 5000),
  ),
  batchNorm: flag(
    "<mode>",
    "batch: each chunk's own moments; running: those in the file; recomputed: the whole set's (default: batch; of a model running)",
    choice(["batch", "running", "recomputed"], "batch"),
  ),
  normEpsilon: flag(
    "<number>",
    "what batch norm adds to the variance; PyTorch's default is 1e-5 (default: 1e-3)",
    numeric(positive, 1e-3),
  ),
  layout: flag(
    "<layout>",
    "of the tensors: basin, pytorch, or auto by their names (default: auto)",
    choice(["auto", "basin", "pytorch"], "auto"),
  ),
  map: {
    ...flag(
      "<module=layer...>",
      "modules of the file that are not in the order of the layers, as in fc_in=dense1",
      z.array(
        patterned(/^[^=]+=[^=]+$/, "module=layer, as in fc_in=dense1"),
      ).default([]),
    ),
    many: true as const,
  },
  freeze: {
    ...flag(
      "<pattern...>",
      "tensors of a model that stay fixed, * for any text, as in 'embed*'",
      z.array(z.string().min(1)).default([]),
    ),
    many: true as const,
  },
  output: flag(
    "<name>",
    "the output of a model that is measured (default: its first)",
    named.optional(),
  ),
  loss: flag(
    "<name>",
    `of which f is the mean: ${LOSS_NAMES.join(", ")} (default: what output and targets suggest)`,
    z.string().optional().transform((text, context): Loss | undefined => {
      if (text === undefined) return undefined;
      if (LOSS_NAMES.includes(text)) return lossNamed(text);
      context.addIssue(`got "${text}"${didYouMean(text, LOSS_NAMES)}`);
      return z.NEVER;
    }),
  ),
  measures: flag(
    "<names>",
    `which, separated by commas: ${MEASURE_NAMES.join(", ")} (default: all)`,
    z.string().default(MEASURE_NAMES.join(",")).transform(namesOf),
  ),
  eps: flag("<number>", "ε of Metric 2.1 (default: 1e-3)", numeric(positive, 1e-3)),
  protocol: flag(
    "<name>",
    `of Metric 2.1: ${PROTOCOLS.join(", ")} (default: converged)`,
    choice(PROTOCOLS, "converged"),
  ),
  dimension: flag(
    "<count>",
    "p of the random subspace (default: 100, at most n)",
    numeric(count, 100),
  ),
  rho: flag(
    "<number>",
    "ρ of adaptive sharpness in the box; the ellipsoid has ρ√n (default: 1e-3)",
    numeric(positive, 1e-3),
  ),
  radius: flag("<number>", "ρ of the ball (default: 0.05)", numeric(positive, 0.05)),
  maxIterations: flag(
    "<count>",
    "of L-BFGS-B in ball, box and ellipsoid, from each start (default: 20)",
    numeric(count, 20),
  ),
  sigma: flag(
    "<number>",
    "σ of expected sharpness; relative noise has the same (default: 0.01)",
    numeric(positive, 0.01),
  ),
  pairs: flag("<count>", "pairs of noise at each σ (default: 10)", numeric(count, 10)),
  rise: flag(
    "<number>",
    "rise of f allowed to the noise and to the rounding, in f's unit (default: 0.1)",
    numeric(positive, 0.1),
  ),
  lanczosSteps: flag(
    "<count>",
    "of the eigenvalues, each one Hessian product and n doubles of memory (default: 10)",
    numeric(count, 10),
  ),
  probes: flag(
    "<count>",
    "of the trace, each one Hessian product (default: 10)",
    numeric(count, 10),
  ),
  seed: flag("<count>", "of everything random (default: 0)", numeric(z.int().nonnegative(), 0)),
  surface: flag(
    "<file>",
    "draw f on 15 × 15 points of a plane of random directions, filter-normalised; .svg, or .json for Vega-Lite",
    patterned(/\.(svg|json)$/, "a file that ends in .svg or .json").optional(),
  ),
  report: flag(
    "<file.html>",
    "write a page with the results and figures, which needs no network",
    patterned(/\.html?$/, "a file that ends in .html").optional(),
  ),
  out: flag("<file>", "write all results as JSON to this file", named.optional()),
};

/** The texts of the command line, by the names of the options. */
export type MeasureTexts = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a measurement was asked for. */
export type MeasureOptions =
  & {
    readonly [Name in keyof typeof MEASURE_FLAGS]: z.output<typeof MEASURE_FLAGS[Name]["schema"]>;
  }
  & {
    /** ONNX files; none where weights and a network are given. */
    readonly models: readonly string[];
    /** Whether `evaluationBatch` is the user's. */
    readonly isChunkGiven: boolean;
    /** Whether `part` is. */
    readonly isPartGiven: boolean;
  };

/**
 * Reads the texts of the flags.
 *
 * @param models ONNX files, which stand before the flags.
 * @throws {UsageError} If some are wrong; the message names all of them.
 */
export function measureOptions(
  given: MeasureTexts,
  flagName: (option: string) => string,
  models: readonly string[] = [],
): MeasureOptions {
  const schema = z.strictObject(
    Object.fromEntries(Object.entries(MEASURE_FLAGS).map(([name, { schema }]) => [name, schema])),
  );
  // Exporters of models keep the moments of training; f of the paper's networks is the batch's own.
  const parsed = schema.safeParse({ ...(models.length > 0 && { batchNorm: "running" }), ...given });
  const faults = [
    ...subjectFaults(given, models, flagName),
    ...(parsed.error?.issues ?? []).map(({ path: [name], message }) =>
      `  --${flagName(String(name))} ${message}`
    ),
  ];
  if (parsed.success && faults.length === 0) {
    const options = parsed.data as unknown as MeasureOptions;
    return {
      ...options,
      models,
      isChunkGiven: given.evaluationBatch !== undefined,
      isPartGiven: given.part !== undefined,
    };
  }
  throw new UsageError(`Cannot measure with these flags:\n${faults.join("\n")}`);
}

/** Flags of which a model has no need, as it brings network and weights along. */
const OF_WEIGHTS = ["weights", "network", "layout", "map", "normEpsilon"] as const;

/** What is to be measured: one or two models, or weights and the network that they belong to. */
function subjectFaults(
  given: MeasureTexts,
  models: readonly string[],
  flagName: (option: string) => string,
): string[] {
  const fault = (name: string, why: string) =>
    given[name] === undefined ? [] : [`  --${flagName(name)} ${why}`];
  if (models.length > 0) {
    const why = `is not for ${models[0]}, which brings network and weights along`;
    return [
      ...OF_WEIGHTS.flatMap((name) => fault(name, why)),
      ...(models.length > 2 ? [`  got ${models.length} models, want one or two`] : []),
    ];
  }
  return [
    ...(given.weights === undefined
      ? ["  --weights is missing; give a safetensors file, or an ONNX model without a flag"]
      : []),
    ...(given.network === undefined
      ? ["  --network is missing; give F1, F2, C1, C2, C3, C4 or mlp:<units>,…"]
      : []),
    ...["freeze", "output"].flatMap((name) => fault(name, "is for ONNX models alone")),
  ];
}

function namesOf(text: string, context: z.RefinementCtx): readonly MeasureName[] {
  const names = text.split(",").map((name) => name.trim()).filter((name) => name !== "");
  if (names.length === 0) context.addIssue("names no measure");
  for (const name of names) {
    if (!MEASURE_NAMES.some((known) => known === name)) {
      context.addIssue(`got "${name}"${didYouMean(name, MEASURE_NAMES)}`);
    }
  }
  return MEASURE_NAMES.filter((name) => names.includes(name));
}
