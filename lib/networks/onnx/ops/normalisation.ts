/** Normalisation: by fixed moments, by the batch's, by each example's own. */
import { add } from "../../../graph/ops/add.ts";
import { batchNorm } from "../../../graph/ops/batch_norm.ts";
import { inverseDeviation, momentsOver } from "../../../graph/ops/moments.ts";
import { constant } from "../../../graph/ops/constant.ts";
import { mul, scale as timesNumber } from "../../../graph/ops/mul.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import { square } from "../../../graph/ops/square.ts";
import { broadcastTo, sum } from "../../../graph/ops/sum.ts";
import { sub } from "../../../graph/ops/sub.ts";
import { sizeOf } from "../../../graph/shape.ts";
import type { Value } from "../../../graph/value.ts";
import { elementwise } from "../host.ts";
import {
  channelsLast,
  type GraphOperand,
  graphOperand,
  hostOperand,
  imageOperand,
  plain,
} from "../operand.ts";
import type { OnnxNode } from "../node.ts";
import { asGraph, axisOf, known, type RuleContext, type Rules, valueOf } from "../rule.ts";

/** (x − μ)/√(σ² + ε) over the entries along some axes. */
function standardised(x: Value, axes: readonly number[], epsilon: number): Value {
  const { centred, variance } = momentsOver(x, axes, true);
  return mul(centred, inverseDeviation(variance, epsilon));
}

/** Applies a function of [..., C] to an operand whose channel is the second axis. */
function byChannel(input: GraphOperand, of: (x: Value) => Value): GraphOperand {
  if (input.shape.length === 4) return imageOperand(of(channelsLast(input)));
  const value = plain(input);
  if (value.shape.length === 2) return graphOperand(of(value));
  // [N, C, L]: as images of one row.
  const [batch, channels] = value.shape as [number, number];
  const length = sizeOf(value.shape.slice(2));
  const images = of(channelsLast(graphOperand(reshape(value, [batch, channels, 1, length]))));
  return graphOperand(reshape(plain(imageOperand(images)), value.shape));
}

/** Normalises each of `groups` parts of the channels of each example. */
function byGroups(
  input: GraphOperand,
  groups: number,
  epsilon: number,
  gamma: Value,
  beta: Value,
): GraphOperand {
  const value = plain(input);
  const [batch, channels] = value.shape as [number, number];
  const rest = sizeOf(value.shape.slice(1)) / groups;
  const rows = standardised(reshape(value, [batch, groups, rest]), [2], epsilon);
  const images = reshape(rows, value.shape);
  // One number a channel, or one a group as before opset 21.
  const each = (x: Value) => {
    const wide = x.shape[0] === channels ? x : reshape(
      mul(reshape(x, [groups, 1]), onesLike(channels / groups)),
      [channels],
    );
    return reshape(wide, [channels, ...value.shape.slice(2).map(() => 1)]);
  };
  return graphOperand(add(mul(images, each(gamma)), each(beta)));
}

function onesLike(count: number): Value {
  return broadcastTo(constant(1), [1, count]);
}

/** Whether a batch norm is as in training; before opset 14 it is so if it gives the moments, too. */
function isInTraining(node: OnnxNode, { opset }: RuleContext): boolean {
  if (opset >= 14) return node.int("training_mode", 0) === 1;
  return node.outputs.slice(1).some((name) => name !== "");
}

/** The rules. */
export const NORMALISATION_RULES: Rules = {
  BatchNormalization: {
    graph([x, scale, offset, ...moments], node, context) {
      if (node.int("spatial", 1) === 0) {
        throw new RangeError(
          "it has spatial = 0, moments for each place of an image; Basin knows those for each " +
            "channel: write it as Sub, Mul and Add, or export it with opset 9 or later",
        );
      }
      // In an untrained model a moment and a weight may be one tensor; as a moment it is fixed.
      const [mean, variance] = moments.map((moment, i) => {
        const held = context.tensors.get(node.inputs[3 + i]!);
        return held ? hostOperand(held) : moment;
      });
      const epsilon = node.float("epsilon", 1e-5);
      const [gamma, beta] = [valueOf(scale, context), valueOf(offset, context)];
      if (context.batchMoments || isInTraining(node, context)) {
        return [byChannel(asGraph(x, context), (value) => batchNorm(value, gamma, beta, epsilon))];
      }
      const inverse = elementwise(
        [known(variance, "variance")!],
        (sigma) => 1 / Math.sqrt(sigma + epsilon),
      );
      const centre = valueOf(mean, context);
      const slope = mul(gamma, context.fixed(inverse));
      return [
        byChannel(
          asGraph(x, context),
          (value) => add(mul(value, slope), sub(beta, mul(centre, slope))),
        ),
      ];
    },
  },
  LayerNormalization: {
    graph([x, scale, offset], node, context) {
      const value = valueOf(x, context);
      const axis = axisOf(node.int("axis", -1), value.shape.length);
      const axes = value.shape.map((_, each) => each).slice(axis);
      const scaled = mul(
        standardised(value, axes, node.float("epsilon", 1e-5)),
        valueOf(scale, context),
      );
      return [graphOperand(offset ? add(scaled, valueOf(offset, context)) : scaled)];
    },
  },
  RMSNormalization: {
    graph([x, scale], node, context) {
      const value = valueOf(x, context);
      const axis = axisOf(node.int("axis", -1), value.shape.length);
      const axes = value.shape.map((_, each) => each).slice(axis);
      const share = 1 / sizeOf(value.shape.slice(axis));
      const power = timesNumber(sum(square(value), axes, true), share);
      const inverse = inverseDeviation(power, node.float("epsilon", 1e-5));
      return [graphOperand(mul(mul(value, inverse), valueOf(scale, context)))];
    },
  },
  InstanceNormalization: {
    graph([x, scale, offset], node, context) {
      const input = asGraph(x, context);
      const [gamma, beta] = [valueOf(scale, context), valueOf(offset, context)];
      return [byGroups(input, input.shape[1]!, node.float("epsilon", 1e-5), gamma, beta)];
    },
  },
  GroupNormalization: {
    graph([x, scale, offset], node, context) {
      const [gamma, beta] = [valueOf(scale, context), valueOf(offset, context)];
      const groups = node.int("num_groups", 1);
      return [byGroups(asGraph(x, context), groups, node.float("epsilon", 1e-5), gamma, beta)];
    },
  },
};
