/** Padding by a number, or by what lies at the edge. */
import { add } from "../../../graph/ops/add.ts";
import { slice, unslice } from "../../../graph/ops/slice.ts";
import { type Shape, sizeOf } from "../../../graph/shape.ts";
import { elementwise, joined, tabulated } from "../host.ts";
import type { OnnxNode } from "../node.ts";
import { graphOperand, hostOperand } from "../operand.ts";
import { axisOf, known, type Rule, type Rules, valueOf } from "../rule.ts";
import { floats, type HostTensor } from "../tensor.ts";
import { alongAxis, type Taps } from "./along_axis.ts";
import { split } from "./parts.ts";

/** Where an entry beyond the edge comes from; places count from the first entry. */
const MODES: Readonly<Record<string, (place: number, extent: number) => number>> = {
  edge: (place, extent) => Math.min(Math.max(place, 0), extent - 1),
  wrap: (place, extent) => ((place % extent) + extent) % extent,
  reflect(place, extent) {
    const period = Math.max(1, 2 * (extent - 1));
    const along = ((place % period) + period) % period;
    return Math.min(along, period - along);
  },
};

/** How many entries a node puts before and after each axis; less than 0 takes some off. */
interface Padding {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly mode: string;
  /** What it pads with, by the mode `constant`. */
  readonly number: number;
}

function paddingOf(
  rank: number,
  [pads, fill, axes]: readonly (HostTensor | undefined)[],
  node: OnnxNode,
): Padding {
  const mode = node.text("mode", "constant");
  if (mode !== "constant" && !MODES[mode]) {
    throw new RangeError(
      `it pads by the mode ${mode}; Basin knows constant, reflect, edge, wrap`,
    );
  }
  const given = [...pads?.data ?? node.ints("pads") ?? []];
  const before = new Array<number>(rank).fill(0);
  const after = [...before];
  [...axes?.data ?? before.keys()].forEach((axis, i) => {
    before[axisOf(axis, rank)] = given[i]!;
    after[axisOf(axis, rank)] = given[i + given.length / 2]!;
  });
  return { before, after, mode, number: fill?.data[0] ?? node.float("value", 0) };
}

function wholeOf(shape: Shape, { before, after }: Padding): Shape {
  return shape.map((extent, axis) => before[axis]! + extent + after[axis]!);
}

/** A known tensor with padding around it. */
function padded(x: HostTensor, padding: Padding): HostTensor {
  const { before, mode, number } = padding;
  const sourceOf = MODES[mode] ?? ((place: number) => place);
  const strides = x.shape.map((_, axis) => sizeOf(x.shape.slice(axis + 1)));
  return tabulated(wholeOf(x.shape, padding), x.isFloat, (index) => {
    const places = index.map((i, axis) => sourceOf(i - before[axis]!, x.shape[axis]!));
    const isInside = places.every((place, axis) => place >= 0 && place < x.shape[axis]!);
    return isInside
      ? x.data[places.reduce((sum, place, axis) => sum + place * strides[axis]!, 0)]!
      : number;
  });
}

const PAD: Rule = {
  host: ([x, ...rest], node) => [padded(x!, paddingOf(x!.shape.length, rest, node))],
  graph([x, ...rest], node, context) {
    const value = valueOf(x, context);
    const padding = paddingOf(value.shape.length, rest.map((each) => known(each, "padding")), node);
    const { before, after, mode, number } = padding;
    const sourceOf = MODES[mode];
    if (sourceOf) {
      const mirrored = before.reduce((result, count, axis) => {
        const extent = value.shape[axis]!;
        const taps = Array.from(
          { length: count + extent + after[axis]! },
          (_, o): Taps => [[sourceOf(o - count, extent), 1]],
        );
        const isWhole = count === 0 && after[axis] === 0;
        return isWhole ? result : alongAxis(result, axis, taps, context);
      }, value);
      return [graphOperand(mirrored)];
    }
    const off = (counts: readonly number[]) => counts.map((count) => Math.max(0, -count));
    const kept = slice(
      value,
      off(before),
      value.shape.map((extent, axis) => extent - off(before)[axis]! - off(after)[axis]!),
    );
    const whole = wholeOf(value.shape, padding);
    const within = unslice(kept, before.map((count) => Math.max(0, count)), whole);
    if (number === 0) return [graphOperand(within)];
    const nothing = floats(value.shape, new Float64Array(sizeOf(value.shape)));
    return [graphOperand(add(within, context.fixed(padded(nothing, padding))))];
  },
};

/** Running sums along an axis, each a product with a triangle of ones. */
const CUMULATIVE_SUM: Rule = {
  host([x, axis], node) {
    const along = axisOf(axis!.data[0]!, x!.shape.length);
    const isBackwards = node.int("reverse", 0) !== 0;
    const isExclusive = node.int("exclusive", 0) !== 0;
    const places = [...Array(x!.shape[along]!).keys()];
    const parts = split(hostOperand(x!), along, places.map(() => 1)).map(({ host }) => host!);
    let total = elementwise(parts.slice(0, 1), () => 0);
    for (const place of isBackwards ? places.toReversed() : places) {
      const next = elementwise([total, parts[place]!], (a, b) => a + b);
      parts[place] = isExclusive ? total : next;
      total = next;
    }
    return [joined(parts, along)];
  },
  graph([x, axis], node, context) {
    const value = valueOf(x, context);
    const along = axisOf(known(axis, "axis")!.data[0]!, value.shape.length);
    const extent = value.shape[along]!;
    const isBackwards = node.int("reverse", 0) !== 0;
    const least = node.int("exclusive", 0);
    const taps = Array.from(
      { length: extent },
      (_, o) =>
        Array.from({ length: extent }, (_, i) => [i, 1] as const)
          .filter(([i]) => (isBackwards ? i - o : o - i) >= least),
    );
    return [graphOperand(alongAxis(value, along, taps, context))];
  },
};

/** The rules. */
export const PAD_RULES: Rules = { Pad: PAD, CumSum: CUMULATIVE_SUM };
