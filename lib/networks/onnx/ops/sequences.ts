/** Lists of values, which exporters write where a program splits a tensor into a list. */
import { concat } from "../../../graph/ops/concat.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import { slice } from "../../../graph/ops/slice.ts";
import { graphOperand, type Operand } from "../operand.ts";
import { axisOf, known, type Rules, valueOf } from "../rule.ts";

/** A list travels along an edge as its first part, with all parts beside it. */
function listOf(parts: readonly Operand[]): Operand {
  return { ...parts[0]!, parts };
}

function partsOf(operand: Operand | undefined): readonly Operand[] {
  if (operand?.parts) return operand.parts;
  throw new RangeError("its input is no list of values");
}

/** The rules. */
export const SEQUENCE_RULES: Rules = {
  SequenceConstruct: { graph: (inputs) => [listOf(inputs.map((input) => input!))] },
  SplitToSequence: {
    graph([x, sizes], node, context) {
      const value = valueOf(x, context);
      const axis = axisOf(node.int("axis", 0), value.shape.length);
      const extent = value.shape[axis]!;
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
      let start = 0;
      return [listOf(extents.map((own) => {
        const starts = value.shape.map((_, each) => each === axis ? start : 0);
        start += own;
        const part = slice(value, starts, value.shape.with(axis, own));
        return graphOperand(isDropped ? reshape(part, value.shape.toSpliced(axis, 1)) : part);
      }))];
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
      const values = partsOf(list).map((part) => valueOf(part, context));
      const rank = values[0]!.shape.length;
      if (node.int("new_axis", 0) === 0) {
        return [graphOperand(concat(values, axisOf(node.int("axis", 0), rank)))];
      }
      const axis = axisOf(node.int("axis", 0), rank + 1);
      const stood = values.map((value) => reshape(value, value.shape.toSpliced(axis, 0, 1)));
      return [graphOperand(concat(stood, axis))];
    },
  },
};
