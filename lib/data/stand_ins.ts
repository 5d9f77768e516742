/** The stand-ins by name; every name begins with `synthetic`, and so does every table's line on them. */
import type { Examples } from "./examples.ts";
import { syntheticFrames, syntheticImages, type SyntheticPart } from "./synthetic.ts";

/** Names of the stand-ins. */
export type StandInName =
  | "synthetic-mnist"
  | "synthetic-cifar-10"
  | "synthetic-cifar-100"
  | "synthetic-timit";

interface StandIn {
  /** Examples of the data set that it stands in for. */
  readonly sizes: Readonly<Record<"train" | "test", number>>;
  readonly make: (part: SyntheticPart) => Examples;
}

const CIFAR_SIZES = { train: 50_000, test: 10_000 };
const STAND_INS: Readonly<Record<StandInName, StandIn>> = {
  "synthetic-mnist": {
    sizes: { train: 60_000, test: 10_000 },
    make: (part) => syntheticImages([28, 28, 1], 10, part),
  },
  "synthetic-cifar-10": {
    sizes: CIFAR_SIZES,
    make: (part) => syntheticImages([32, 32, 3], 10, part),
  },
  "synthetic-cifar-100": {
    sizes: CIFAR_SIZES,
    make: (part) => syntheticImages([32, 32, 3], 100, part),
  },
  "synthetic-timit": {
    // A tenth of the paper's 721 329 and 310 621: as dense vectors all of them would be 1.5 GB.
    sizes: { train: 72_000, test: 31_000 },
    make: (part) => syntheticFrames(360, 1973, part),
  },
};

/** The names that {@link standIn} knows. */
export const STAND_IN_NAMES: readonly StandInName[] = Object.keys(STAND_INS) as StandInName[];

/** Whether the name is a stand-in's. */
export function isStandInName(name: string): name is StandInName {
  return Object.hasOwn(STAND_INS, name);
}

/** Examples of each part, unless other numbers are asked for. */
export function standInSizes(name: StandInName): Readonly<Record<"train" | "test", number>> {
  return STAND_INS[name].sizes;
}

/**
 * The stand-in of a name.
 *
 * @param sizes Number of examples in each part; by default those of the data set it stands in for.
 *
 * @example Ten images of 28 × 28 pixels
 * ```ts
 * import { standIn } from "./stand_ins.ts";
 * import assert from "node:assert/strict";
 *
 * const { make, source } = standIn("synthetic-mnist", 1, { train: 10 });
 * assert.equal(make("train").labels.length, 10);
 * assert.match(source, /^synthetic/);
 * ```
 */
export function standIn(
  name: StandInName,
  seed: number,
  sizes: Readonly<Partial<Record<"train" | "test", number | undefined>>> = {},
): { readonly source: string; readonly make: (part: "train" | "test") => Examples } {
  const { sizes: whole, make } = STAND_INS[name];
  return {
    source: `synthetic, drawn with seed ${seed}; no real data`,
    make: (part) => make({ seed, part, count: sizes[part] ?? whole[part] }),
  };
}
