/** Windows of frames with the labelled one in the middle, standardised: what F2 reads. */
import type { LabelledFrames } from "../frames.ts";

/** The label of frames that belong to no class. */
export const UNLABELLED = -1;

/** Mean and standard deviation of each feature of a frame. */
export interface FrameMoments {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** What windows are made of. */
export interface WindowShape {
  /** Features of a frame. */
  readonly width: number;
  /** Frames of a window, odd: the labelled one, and as many on each side. */
  readonly context: number;
  readonly classes: number;
}

/** Windows under way, in the order of the utterances. */
export interface FrameWindows {
  /**
   * Takes the frames of an utterance.
   *
   * @param frames Row-major, shape [frames, width].
   * @param labels Of each frame, {@link UNLABELLED} for one that is context alone.
   */
  add(frames: Float32Array, labels: Int32Array): void;
  /** Over the frames of all utterances, labelled or not. */
  moments(): FrameMoments;
  /**
   * The examples, standardised: each feature minus the mean, divided by the deviation.
   *
   * @param moments Of the training set, for either part.
   * @throws {RangeError} If no frame has a label.
   */
  examples(moments: FrameMoments): LabelledFrames;
}

/**
 * Collects the windows of utterances.
 *
 * At the ends of an utterance the first and the last frame are repeated, so each frame has a window,
 * and no window reaches into another utterance.
 *
 * @example The ends of an utterance of three frames, each of one number
 * ```ts
 * import { gatherWindows } from "../frames.ts";
 * import { frameWindows } from "./frame_windows.ts";
 * import assert from "node:assert/strict";
 *
 * const windows = frameWindows({ width: 1, context: 3, classes: 1 });
 * windows.add(Float32Array.of(5, 6, 7), new Int32Array(3));
 * const plain = { mean: new Float64Array(1), deviation: Float64Array.of(1) };
 * assert.deepEqual([...gatherWindows(windows.examples(plain))], [5, 5, 6, 5, 6, 7, 6, 7, 7]);
 * ```
 */
export function frameWindows({ width, context, classes }: WindowShape): FrameWindows {
  const padding = (context - 1) / 2;
  const blocks: Float32Array[] = [];
  const starts: number[] = [];
  const labels: number[] = [];
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  let rows = 0;
  let unpadded = 0;
  return {
    add(frames, own) {
      const count = frames.length / width;
      if (count === 0) return;
      own.forEach((label, t) => {
        if (label === UNLABELLED) return;
        starts.push(rows + t);
        labels.push(label);
      });
      frames.forEach((value, i) => {
        sums[i % width] = sums[i % width]! + value;
        squares[i % width] = squares[i % width]! + value ** 2;
      });
      blocks.push(padded(frames, width, padding));
      rows += count + 2 * padding;
      unpadded += count;
    },
    moments() {
      const mean = sums.map((sum) => sum / unpadded);
      const deviation = squares.map((square, k) =>
        // What never changes, as digital silence, has no deviation, and is left as zeros.
        Math.sqrt(Math.max(0, square / unpadded - mean[k]! ** 2)) || 1
      );
      return { mean, deviation };
    },
    examples({ mean, deviation }) {
      if (labels.length === 0) {
        throw new RangeError(
          "Cannot make examples: no frame has a label; give utterances with labels",
        );
      }
      const all = new Float32Array(rows * width);
      let at = 0;
      for (const block of blocks) {
        block.forEach((value, i) => {
          const k = i % width;
          all[at + i] = (value - mean[k]!) / deviation[k]!;
        });
        at += block.length;
      }
      return {
        frames: all,
        width,
        context,
        starts: Int32Array.from(starts),
        labels: Int32Array.from(labels),
        classes,
      };
    },
  };
}

function padded(frames: Float32Array, width: number, padding: number): Float32Array {
  const block = new Float32Array(frames.length + 2 * padding * width);
  const body = padding * width;
  block.set(frames, body);
  const last = frames.subarray(frames.length - width);
  for (let k = 0; k < padding; k++) {
    block.set(frames.subarray(0, width), k * width);
    block.set(last, body + frames.length + k * width);
  }
  return block;
}
