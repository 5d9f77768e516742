/** Lists of values, which exporters write where a program splits a tensor into a list. */
import { concat } from "../../../graph/ops/concat.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import type { Shape } from "../../../graph/shape.ts";
import { joined, reshaped } from "../host.ts";
import { graphOperand, hostOperand, type Operand, plain } from "../operand.ts";
import { axisOf, known, type Rules, valueOf } from "../rule.ts";
import { split } from "./parts.ts";

/** A list travels along an edge as its first part, with all parts beside it. */
function listOf(parts: readonly Operand[]): Operand {
  return { ...parts[0]!, parts };
}

function partsOf(operand: Operand | undefined): readonly Operand[] {
  if (operand?.parts) return operand.parts;
  throw new RangeError("its input is no list of values");
}

function shaped(part: Operand, shape: Shape): Operand {
  return part.host
    ? hostOperand(reshaped(part.host, shape))
    : graphOperand(reshape(plain(part), shape));
}

/** Without an axis of one entry. */
function without(part: Operand, axis: number): Operand {
  return shaped(part, part.shape.toSpliced(axis, 1));
}

/** The rules. */
export const SEQUENCE_RULES: Rules = {
  SequenceConstruct: { graph: (inputs) => [listOf(inputs.map((input) => input!))] },
  SplitToSequence: {
    graph([x, sizes], node) {
      const axis = axisOf(node.int("axis", 0), x!.shape.length);
      const extent = x!.shape[axis]!;
      const given = known(sizes, "sizes");
      const isEach = given === undefined || given.shape.length === 0;
      const size = given?.data[0] ?? 1;
      const extents = isEach
        ? Array.from(
          { length: Math.ceil(extent / size) },
          (_, i) => Math.min(size, extent - i * size),
        )
        : [...given.data];
      const isDropped = given === undefined && node.int("keepdims", 1) === 0;
      const parts = split(x!, axis, extents);
      return [listOf(isDropped ? parts.map((part) => without(part, axis)) : parts)];
    },
  },
  SequenceAt: {
    graph([list, place]) {
      const parts = partsOf(list);
      const at = known(place, "place")!.data[0]!;
      const part = parts.at(at);
      if (part && at < parts.length) return [part];
      throw new RangeError(`it takes number ${at} of a list of ${parts.length}`);
    },
  },
  ConcatFromSequence: {
    graph([list], node, context) {
      const parts = partsOf(list);
      const isNew = node.int("new_axis", 0) === 1;
      const axis = axisOf(node.int("axis", 0), parts[0]!.shape.length + (isNew ? 1 : 0));
      const stood = isNew
        ? parts.map((part) => shaped(part, part.shape.toSpliced(axis, 0, 1)))
        : parts;
      if (stood.every((part) => part.host)) {
        return [hostOperand(joined(stood.map((part) => part.host!), axis))];
      }
      return [graphOperand(concat(stood.map((part) => valueOf(part, context)), axis))];
    },
  },
};
