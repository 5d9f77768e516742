/** How a window slides over images, as ONNX says it. */
import { add } from "../../../graph/ops/add.ts";
import { slice, unslice } from "../../../graph/ops/slice.ts";
import type { Value } from "../../../graph/value.ts";
import type { OnnxNode } from "../node.ts";
import type { RuleContext } from "../rule.ts";
import { floats } from "../tensor.ts";

/** Along height and width. */
export interface SlidingWindow {
  readonly window: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** Entries of padding before and after. */
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
  /** Number of positions. */
  readonly positions: readonly [number, number];
  /** Whether the last position may reach over the end of the padding. */
  readonly isOverhanging: boolean;
}

/** Reads kernel, strides, dilations and padding of a node on images of this height and width. */
export function slidingWindow(
  node: OnnxNode,
  window: readonly [number, number],
  extents: readonly [number, number],
): SlidingWindow {
  const pairOf = (name: string): [number, number] => {
    const given = node.ints(name);
    if (!given || given.length === 0) return [1, 1];
    return given.length === 1 ? [1, given[0]!] : [given[0]!, given[1]!];
  };
  const strides = pairOf("strides");
  const dilations = pairOf("dilations");
  const isCeiling = node.int("ceil_mode", 0) === 1;
  const mode = node.text("auto_pad", "NOTSET");
  const given = node.ints("pads") ?? [0, 0, 0, 0];
  const pads = given.length === 2 ? [0, given[0]!, 0, given[1]!] : given;
  const along = [0, 1].map((axis) => {
    const extent = extents[axis]!;
    const reach = (window[axis]! - 1) * dilations[axis]! + 1;
    if (mode === "SAME_UPPER" || mode === "SAME_LOWER") {
      const positions = Math.ceil(extent / strides[axis]!);
      const total = Math.max(0, (positions - 1) * strides[axis]! + reach - extent);
      const less = total >> 1;
      const before = mode === "SAME_UPPER" ? less : total - less;
      return { before, after: total - before, positions };
    }
    const [before, after] = mode === "VALID" ? [0, 0] : [pads[axis]!, pads[axis + 2]!];
    const free = extent + before + after - reach;
    const steps = isCeiling ? Math.ceil(free / strides[axis]!) : Math.floor(free / strides[axis]!);
    // A window that begins beyond the images and the padding before them does not count.
    const isBeyond = isCeiling && steps * strides[axis]! >= extent + before;
    const positions = steps + 1 - (isBeyond ? 1 : 0);
    if (positions < 1) {
      throw new RangeError(
        `its window of ${reach} is larger than its padded images of ${extent + before + after}`,
      );
    }
    return { before, after, positions };
  });
  const pair = (key: "before" | "after" | "positions"): [number, number] => [
    along[0]![key],
    along[1]![key],
  ];
  return {
    window,
    strides,
    dilations,
    before: pair("before"),
    after: pair("after"),
    positions: pair("positions"),
    isOverhanging: isCeiling,
  };
}

/** Height and width that all positions of the window together see, padding included. */
export function paddedExtents(
  [height, width]: readonly [number, number],
  { window, strides, dilations, before, after, positions }: SlidingWindow,
): [number, number] {
  const along = (axis: 0 | 1, extent: number) =>
    Math.max(
      before[axis] + extent + after[axis],
      (positions[axis] - 1) * strides[axis] + (window[axis] - 1) * dilations[axis] + 1,
    );
  return [along(0, height), along(1, width)];
}

/** Images [N, H, W, C] with padding around them, zeros or another number. */
export function padImages(
  x: Value,
  sliding: SlidingWindow,
  number: number,
  context: RuleContext,
): Value {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [rows, columns] = paddedExtents([height, width], sliding);
  const [above, left] = sliding.before;
  const padded = unslice(x, [0, above, left, 0], [batch, rows, columns, channels]);
  if (number === 0 || padded === x) return padded;
  const around = new Float64Array(rows * columns).map((_, flat) => {
    const [row, column] = [Math.floor(flat / columns) - above, flat % columns - left];
    return row >= 0 && row < height && column >= 0 && column < width ? 0 : number;
  });
  return add(padded, context.fixed(floats([1, rows, columns, 1], around)));
}

/** What a tap of the window sees of padded images, at all its positions. */
export function tapOf(padded: Value, sliding: SlidingWindow, row: number, column: number): Value {
  const [batch, , , channels] = padded.shape as [number, number, number, number];
  const { dilations, strides, positions } = sliding;
  return slice(
    padded,
    [0, row * dilations[0], column * dilations[1], 0],
    [batch, ...positions, channels],
    [1, ...strides, 1],
  );
}

/** All taps of a window, row by row. */
export function tapsOf({ window: [rows, columns] }: SlidingWindow): [number, number][] {
  return Array.from(
    { length: rows * columns },
    (_, tap) => [Math.floor(tap / columns), tap % columns],
  );
}
