/**
 * Labelled windows of a sequence of frames: what a source of speech yields.
 *
 * Windows overlap, so the frames are kept once; example i is the `context` frames from
 * `starts[i]` on, one after the other.
 */
export interface LabelledFrames {
  /** Row-major, shape [frames, width]. */
  readonly frames: Float32Array;
  /** Features of one frame. */
  readonly width: number;
  /** Frames of one example. */
  readonly context: number;
  /** First frame of each example. */
  readonly starts: Int32Array;
  readonly labels: Int32Array;
  readonly classes: number;
}

/**
 * The examples with these indices, in their order.
 *
 * Where few are left, their windows are copied out, so that a small part makes a small file.
 */
export function selectFrames(all: LabelledFrames, indices: Uint32Array): LabelledFrames {
  const { frames, width, context, classes } = all;
  const starts = Int32Array.from(indices, (source) => all.starts[source]!);
  const labels = Int32Array.from(indices, (source) => all.labels[source]!);
  const size = width * context;
  if (indices.length * size >= frames.length) return { ...all, starts, labels };
  const dense = { frames: gatherWindows({ ...all, starts, labels }), width: size, context: 1 };
  return { ...dense, starts: Int32Array.from(starts.keys()), labels, classes };
}

/** The windows themselves: row-major, shape [examples, context × width]. */
export function gatherWindows({ frames, width, context, starts }: LabelledFrames): Float32Array {
  const size = width * context;
  const windows = new Float32Array(starts.length * size);
  starts.forEach((start, row) => {
    windows.set(frames.subarray(start * width, start * width + size), row * size);
  });
  return windows;
}
