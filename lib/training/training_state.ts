import type { NumericArray } from "../engine/engine.ts";
import type { NormMoments } from "../objective/norm_moments.ts";
import type { DiffusionPoint } from "./diffusion.ts";
import type { EpochRecord } from "./history.ts";

/** The iterate that training would return if it ended now. */
export interface ChosenIterate {
  /** Length n. */
  readonly x: Float64Array;
  readonly record: EpochRecord;
  readonly moments?: NormMoments;
}

/** Training between two steps: all that the rest of it depends on besides its arguments. */
export interface TrainingState {
  /** The epoch that is going on, from 1. */
  readonly epoch: number;
  /** Examples of the epoch's order that have been stepped over. */
  readonly seen: number;
  /** Optimiser steps so far. */
  readonly steps: number;
  readonly history: readonly EpochRecord[];
  readonly diffusion: readonly DiffusionPoint[];
  readonly chosen: ChosenIterate;
  /** Parameters, slots and moments in the engine's session, by name. */
  readonly variables: Readonly<Record<string, NumericArray>>;
}

/** Where {@link train} keeps its state; arrays by name, saved and loaded together. */
export interface TrainingCheckpoint {
  /** What was saved last, or `undefined`. */
  load(): Readonly<Record<string, ArrayLike<number>>> | undefined;
  /** Whether to save after this step. */
  isDue(): boolean;
  /** Saves arrays, which are borrowed until the promise resolves. */
  save(arrays: Readonly<Record<string, NumericArray>>): void | Promise<void>;
}

const FIELDS = [
  "epoch",
  "steps",
  "trainLoss",
  "trainAccuracy",
  "testLoss",
  "testAccuracy",
  "distanceFromStart",
] as const satisfies readonly (keyof EpochRecord)[];

/** The state as arrays that hold every bit of it. */
export function packState(
  { epoch, seen, steps, history, diffusion, chosen, variables }: TrainingState,
): Record<string, NumericArray> {
  const moments = Object.entries(chosen.moments ?? {}).flatMap(([layer, { mean, variance }]) => [
    [`mean/${layer}`, mean] as const,
    [`variance/${layer}`, variance] as const,
  ]);
  return {
    place: Float64Array.of(epoch, seen, steps, chosen.record.epoch),
    history: Float64Array.from(history.flatMap((record) => FIELDS.map((name) => record[name]))),
    diffusion: Float64Array.from(diffusion.flatMap(({ step, distance }) => [step, distance])),
    chosen: halved(chosen.x),
    ...Object.fromEntries(moments),
    ...Object.fromEntries(
      Object.entries(variables).map(([name, values]) => [`variable/${name}`, values]),
    ),
  };
}

/** The inverse of {@link packState}. */
export function unpackState(arrays: Readonly<Record<string, ArrayLike<number>>>): TrainingState {
  const [epoch, seen, steps, chosenEpoch] = Array.from(arrays.place!) as [
    number,
    number,
    number,
    number,
  ];
  const numbers = Array.from(arrays.history!);
  const history = Array.from(
    { length: numbers.length / FIELDS.length },
    (_, k) =>
      Object.fromEntries(
        FIELDS.map((name, i) => [name, numbers[k * FIELDS.length + i]!]),
      ) as unknown as EpochRecord,
  );
  const below = (folder: string) =>
    Object.entries(arrays).filter(([name]) => name.startsWith(folder))
      .map(([name, values]) => [name.slice(folder.length), values] as const);
  const layers = below("mean/").map(([layer, mean]) =>
    [layer, {
      mean: Float64Array.from(mean),
      variance: Float64Array.from(arrays[`variance/${layer}`]!),
    }] as const
  );
  return {
    epoch,
    seen,
    steps,
    history,
    diffusion: Array.from(
      { length: arrays.diffusion!.length / 2 },
      (_, k) => ({ step: arrays.diffusion![2 * k]!, distance: arrays.diffusion![2 * k + 1]! }),
    ),
    chosen: {
      x: Float64Array.from(arrays.chosen!),
      record: history[chosenEpoch]!,
      ...(layers.length > 0 && { moments: Object.fromEntries(layers) }),
    },
    variables: Object.fromEntries(below("variable/")) as Record<string, NumericArray>,
  };
}

/** The same numbers in half the space where that loses nothing, as with weights of an engine. */
export function halved(x: Float64Array): Float64Array | Float32Array {
  const narrow = Float32Array.from(x);
  return x.every((value, i) => Object.is(value, narrow[i])) ? narrow : x;
}
