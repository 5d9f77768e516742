import assert from "node:assert/strict";
import type { TimeSeries } from "../../../lib/data/formats/time_series.ts";
import { gatherWindows, type LabelledFrames } from "../../../lib/data/frames.ts";
import { seriesExamples } from "../../../lib/data/speech/series_examples.ts";
import { assertClose } from "../../support/assert_close.ts";

/** Utterances of so many frames; each value says by its thousands in which utterance it is. */
function utterances(lengths: readonly number[], first: number): TimeSeries {
  return {
    dimensions: 2,
    classes: ["ann", "bob", "cyd"],
    series: lengths.map((length, u) => ({
      frames: Float32Array.from({ length: 2 * length }, (_, i) => 1000 * (first + u) + i),
      label: u % 3,
    })),
  };
}

const TRAIN = utterances([7, 3, 12, 1], 0);
const TEST = utterances([5, 9], 50);
const { train, test } = seriesExamples({ train: TRAIN, test: TEST }, 5);

/** Mean and deviation of a dimension over the frames for training, each once. */
function moments(k: number): [mean: number, deviation: number] {
  const own = TRAIN.series.flatMap(({ frames }) => [...frames.filter((_, i) => i % 2 === k)]);
  const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
  const square = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length;
  return [mean, Math.sqrt(square)];
}

/** The windows as they were before standardisation, one row each. */
function rows(examples: LabelledFrames): number[][] {
  const all = [...gatherWindows(examples)].map((value, i) => {
    const [mean, deviation] = moments(i % 2);
    return value * deviation + mean;
  });
  return examples.labels.reduce<number[][]>(
    (found, _, row) => [...found, all.slice(10 * row, 10 * row + 10)],
    [],
  );
}

Deno.test("seriesExamples() has a window for each frame, with its utterance's class", () => {
  for (const [part, { series }] of [[train, TRAIN], [test, TEST]] as const) {
    const labels = series.flatMap(({ frames, label }) => Array(frames.length / 2).fill(label));
    assert.deepEqual([...part.labels], labels);
    assert.deepEqual([part.width, part.context, part.classes], [2, 5, 3]);
  }
});

Deno.test("seriesExamples() repeats the ends of an utterance, and no window reaches into another", () => {
  for (const [part, { series }] of [[train, TRAIN], [test, TEST]] as const) {
    const wanted = series.flatMap(({ frames }) => {
      const count = frames.length / 2;
      return Array.from({ length: count }, (_, t) =>
        [-2, -1, 0, 1, 2].flatMap((by) => {
          const at = Math.min(count - 1, Math.max(0, t + by));
          return [...frames.subarray(2 * at, 2 * at + 2)];
        }));
    });
    rows(part).forEach((row, i) => {
      // Float32 keeps values that are up to 50 deviations off, each about 1000, to 6e-8 of that.
      assertClose(row, wanted[i]!, { absolute: 0.01 });
    });
  }
});

Deno.test("seriesExamples() keeps an utterance on one side, and standardises both by the training set", () => {
  const utterancesOf = (part: LabelledFrames) =>
    new Set(rows(part).flat().map((value) => Math.floor((value + 0.5) / 1000)));
  const [inTrain, inTest] = [utterancesOf(train), utterancesOf(test)];
  assert.deepEqual([[...inTrain].sort(), [...inTest].sort()], [[0, 1, 2, 3], [50, 51]]);
  // rows() took back what the training set's moments did, for the test set too.
  assert.ok(inTrain.isDisjointFrom(inTest));
});

Deno.test("seriesExamples() refuses parts of other dimensions or classes", () => {
  const others: Partial<TimeSeries>[] = [{ dimensions: 3 }, { classes: ["ann", "cyd", "bob"] }];
  for (const other of others) {
    assert.throws(
      () => seriesExamples({ train: TRAIN, test: { ...TEST, ...other } }, 5),
      /^RangeError: Cannot use the two parts together: 2 and [23] dimensions, classes ann, bob, cyd/,
    );
  }
});
