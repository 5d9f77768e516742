/** Sums and means along axes. */
import { mul, scale } from "../../../graph/ops/mul.ts";
import { exp } from "../../../graph/ops/exp.ts";
import { log } from "../../../graph/ops/log.ts";
import { sign } from "../../../graph/ops/sign.ts";
import { sqrt } from "../../../graph/ops/sqrt.ts";
import { square } from "../../../graph/ops/square.ts";
import { sum } from "../../../graph/ops/sum.ts";
import { type Shape, sizeOf } from "../../../graph/shape.ts";
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

/** The rules. */
export const REDUCTION_RULES: Rules = {
  ReduceSum: reduction(total, sum),
  ReduceMean: reduction((entries) => total(entries) / entries.length, mean),
  ReduceSumSquare: reduction(
    (entries) => total(entries.map((x) => x * x)),
    (x, axes, keep) => sum(square(x), axes, keep),
  ),
  ReduceL2: reduction(
    (entries) => Math.hypot(...entries),
    (x, axes, keep) => sqrt(sum(square(x), axes, keep)),
  ),
  ReduceL1: reduction(
    (entries) => total(entries.map(Math.abs)),
    (x, axes, keep) => sum(mul(x, sign(x)), axes, keep),
  ),
  ReduceLogSumExp: reduction(
    (entries) => Math.log(total(entries.map(Math.exp))),
    (x, axes, keep) => log(sum(exp(x), axes, keep)),
  ),
  ReduceMax: reduction((entries) => Math.max(...entries), largestAlong),
  ReduceMin: reduction(
    (entries) => Math.min(...entries),
    (x, axes, keep) => scale(largestAlong(scale(x, -1), axes, keep), -1),
  ),
};
