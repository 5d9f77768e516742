/** Padding by a number, or by what lies at the edge. */
import { add } from "../../../graph/ops/add.ts";
import { unslice } from "../../../graph/ops/slice.ts";
import { sizeOf } from "../../../graph/shape.ts";
import { gathered } from "../host.ts";
import { graphOperand } from "../operand.ts";
import { axisOf, known, type Rule, type Rules, valueOf } from "../rule.ts";
import { floats, type HostTensor } from "../tensor.ts";
import { alongAxis, type Taps } from "./along_axis.ts";

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

const PAD: Rule = {
  graph([x, pads, fill, axes], node, context) {
    const mode = node.text("mode", "constant");
    const value = valueOf(x, context);
    const given = [...known(pads, "padding")?.data ?? node.ints("pads") ?? []];
    const along = known(axes, "axes")?.data ?? value.shape.map((_, axis) => axis);
    const before = value.shape.map(() => 0);
    const after = value.shape.map(() => 0);
    [...along].forEach((axis, i) => {
      before[axisOf(axis, value.shape.length)] = given[i]!;
      after[axisOf(axis, value.shape.length)] = given[i + given.length / 2]!;
    });
    const sourceOf = MODES[mode];
    if (sourceOf) {
      const padded = before.reduce((result, count, axis) => {
        const extent = value.shape[axis]!;
        const taps = Array.from(
          { length: count + extent + after[axis]! },
          (_, o): Taps => [[sourceOf(o - count, extent), 1]],
        );
        const isWhole = count === 0 && after[axis] === 0;
        return isWhole ? result : alongAxis(result, axis, taps, context);
      }, value);
      return [graphOperand(padded)];
    }
    if (mode !== "constant") {
      throw new RangeError(
        `it pads by the mode ${mode}; Basin knows constant, reflect, edge, wrap`,
      );
    }
    if ([...before, ...after].some((count) => count < 0)) {
      throw new RangeError("it pads by less than nothing; Basin does not cut by Pad");
    }
    const whole = value.shape.map((extent, axis) => before[axis]! + extent + after[axis]!);
    const padded = unslice(value, before, whole);
    const number = known(fill, "value")?.data[0] ?? node.float("value", 0);
    if (number === 0) return [graphOperand(padded)];
    const inside = (index: readonly number[]) =>
      index.every((i, axis) => i >= before[axis]! && i < before[axis]! + value.shape[axis]!);
    const zero: HostTensor = floats([1], Float64Array.of(0));
    const around = gathered(zero, whole, () => [0]);
    around.data.forEach((_, flat) => {
      const index = whole.map((extent, axis) =>
        Math.floor(flat / sizeOf(whole.slice(axis + 1))) % extent
      );
      around.data[flat] = inside(index) ? 0 : number;
    });
    return [graphOperand(add(padded, context.fixed(around)))];
  },
};

/** Running sums along an axis, each a product with a triangle of ones. */
const CUMULATIVE_SUM: Rule = {
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
