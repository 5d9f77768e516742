/** From utterances whose frames are features already to examples: a window for each frame. */
import type { TimeSeries } from "../formats/time_series.ts";
import type { LabelledFrames } from "../frames.ts";
import { frameWindows } from "./frame_windows.ts";

/**
 * Windows of the frames of two parts, each frame with the class of its utterance.
 *
 * Both are standardised by the training set's moments.
 *
 * @param context Frames of a window.
 * @throws {RangeError} If the parts differ in dimensions or classes.
 */
export function seriesExamples(
  parts: { readonly train: TimeSeries; readonly test: TimeSeries },
  context: number,
): { readonly train: LabelledFrames; readonly test: LabelledFrames } {
  const { train, test } = parts;
  const shape = { width: train.dimensions, context, classes: train.classes.length };
  if (test.dimensions !== shape.width || test.classes.join() !== train.classes.join()) {
    throw new RangeError(
      `Cannot use the two parts together: ${shape.width} and ${test.dimensions} dimensions, classes ` +
        `${train.classes.join(", ")} and ${test.classes.join(", ")}; want the same of both`,
    );
  }
  const windowsOf = ({ series, dimensions }: TimeSeries) => {
    const windows = frameWindows(shape);
    for (const { frames, label } of series) {
      windows.add(frames, new Int32Array(frames.length / dimensions).fill(label));
    }
    return windows;
  };
  const own = windowsOf(train);
  const moments = own.moments();
  return { train: own.examples(moments), test: windowsOf(test).examples(moments) };
}
