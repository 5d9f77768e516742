/** Sums and means along axes. */
import { add } from "../../../graph/ops/add.ts";
import { mul, scale } from "../../../graph/ops/mul.ts";
import { exp } from "../../../graph/ops/exp.ts";
import { log } from "../../../graph/ops/log.ts";
import { sign } from "../../../graph/ops/sign.ts";
import { sqrt } from "../../../graph/ops/sqrt.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import { square } from "../../../graph/ops/square.ts";
import { sub } from "../../../graph/ops/sub.ts";
import { sum } from "../../../graph/ops/sum.ts";
import { reducedShape, type Shape, sizeOf } from "../../../graph/shape.ts";
import type { Value } from "../../../graph/value.ts";
import { reduced } from "../host.ts";
import type { OnnxNode } from "../node.ts";
import { channelsLast, graphOperand, imageOperand } from "../operand.ts";
import { asGraph, axisOf, known, type Rule, type Rules, valueOf } from "../rule.ts";
import type { HostTensor } from "../tensor.ts";
import { largestAlong } from "./maximum.ts";

type Reduction = (x: Value, axes: readonly number[], keep: boolean) => Value;

/** The axes: an attribute before opset 13 or 18, an input since; all of them where none is said. */
function axesOf(shape: Shape, given: HostTensor | undefined, node: OnnxNode): readonly number[] {
  const axes = given ? [...given.data] : node.ints("axes") ?? [];
  if (axes.length > 0) return axes.map((axis) => axisOf(axis, shape.length));
  return node.int("noop_with_empty_axes", 0) === 1 ? [] : shape.map((_, axis) => axis);
}

const CHANNELS_LAST_AXIS = [0, 3, 1, 2];

function reduction(
  onHost: (entries: readonly number[]) => number,
  onGraph: Reduction,
): Rule {
  return {
    host: ([x, axes], node) => [
      reduced(x!, axesOf(x!.shape, axes, node), node.int("keepdims", 1) === 1, onHost),
    ],
    graph([x, axes], node, context) {
      const along = axesOf(x!.shape, known(axes, "axes"), node);
      const keep = node.int("keepdims", 1) === 1;
      const input = asGraph(x, context);
      if (keep && input.isChannelsLast) {
        const own = along.map((axis) => CHANNELS_LAST_AXIS[axis]!);
        return [imageOperand(onGraph(channelsLast(input), own, true))];
      }
      return [graphOperand(onGraph(valueOf(x, context), along, keep))];
    },
  };
}

const total = (entries: readonly number[]) => entries.reduce((a, b) => a + b, 0);

const mean: Reduction = (x, axes, keep) =>
  scale(sum(x, axes, keep), 1 / sizeOf(axes.map((axis) => x.shape[axis]!)));

// One by one: as arguments of a call there may be too many of them.
const largest = (entries: readonly number[]) => entries.reduce((a, b) => Math.max(a, b), -Infinity);

/** ln Σ eˣ = m + ln Σ e^(x − m), whose exponentials do not overflow with m the largest x. */
const logSumExp: Reduction = (x, axes, keep) => {
  const peak = largestAlong(x, axes, true);
  const result = add(peak, log(sum(exp(sub(x, peak)), axes, true)));
  return keep ? result : reshape(result, reducedShape(x.shape, axes, false));
};

function logSumExpOf(entries: readonly number[]): number {
  const peak = largest(entries);
  if (!Number.isFinite(peak)) return peak;
  return peak + Math.log(total(entries.map((x) => Math.exp(x - peak))));
}

/** The rules. */
export const REDUCTION_RULES: Rules = {
  ReduceSum: reduction(total, sum),
  ReduceMean: reduction((entries) => total(entries) / entries.length, mean),
  ReduceSumSquare: reduction(
    (entries) => total(entries.map((x) => x * x)),
    (x, axes, keep) => sum(square(x), axes, keep),
  ),
  ReduceL2: reduction(
    (entries) => entries.reduce((a, b) => Math.hypot(a, b), 0),
    (x, axes, keep) => sqrt(sum(square(x), axes, keep)),
  ),
  ReduceL1: reduction(
    (entries) => total(entries.map(Math.abs)),
    (x, axes, keep) => sum(mul(x, sign(x)), axes, keep),
  ),
  ReduceLogSumExp: reduction(logSumExpOf, logSumExp),
  ReduceMax: reduction(largest, largestAlong),
  ReduceMin: reduction(
    (entries) => -largest(entries.map((x) => -x)),
    (x, axes, keep) => scale(largestAlong(scale(x, -1), axes, keep), -1),
  ),
};
