/** Entries by their index: of a table of embeddings by the examples, of a tensor by known numbers. */
import { concat } from "../../../graph/ops/concat.ts";
import { matMul } from "../../../graph/ops/mat_mul.ts";
import { oneHot } from "../../../graph/ops/one_hot.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import { slice } from "../../../graph/ops/slice.ts";
import { sizeOf } from "../../../graph/shape.ts";
import type { Value } from "../../../graph/value.ts";
import { gathered } from "../host.ts";
import { graphOperand } from "../operand.ts";
import { asGraph, axisOf, type Rule, type RuleContext, type Rules, valueOf } from "../rule.ts";

const GATHER: Rule = {
  host([x, indices], node) {
    const axis = axisOf(node.int("axis", 0), x!.shape.length);
    const shape = [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)];
    const rank = indices!.shape.length;
    return [gathered(x!, shape, (index) => {
      const at = index.slice(axis, axis + rank)
        .reduce((flat, i, k) => flat * indices!.shape[k]! + i, 0);
      return [
        ...index.slice(0, axis),
        placeOf(indices!.data[at]!, x!.shape[axis]!),
        ...index.slice(axis + rank),
      ];
    })];
  },
  graph([x, indices], node, context) {
    const axis = axisOf(node.int("axis", 0), x!.shape.length);
    const table = valueOf(x, context);
    if (indices!.host === undefined) {
      return [graphOperand(embedded(table, axis, asGraph(indices, context).held, context))];
    }
    const places = [...indices!.host.data].map((index) => placeOf(index, table.shape[axis]!));
    const rows = places.map((place) =>
      slice(
        table,
        table.shape.map((_, each) => each === axis ? place : 0),
        table.shape.with(axis, 1),
      )
    );
    const shape = [
      ...table.shape.slice(0, axis),
      ...indices!.shape,
      ...table.shape.slice(axis + 1),
    ];
    const isRun = places.every((place, i) => place === places[0]! + i);
    const taken = isRun
      ? slice(
        table,
        table.shape.map((_, each) => each === axis ? places[0] ?? 0 : 0),
        table.shape.with(axis, places.length),
      )
      : concat(rows, axis);
    return [graphOperand(reshape(taken, shape))];
  },
};

function placeOf(index: number, extent: number): number {
  const place = index < 0 ? index + extent : index;
  if (place >= 0 && place < extent) return place;
  throw new RangeError(`it takes entry ${index} of an axis of ${extent}`);
}

/** The rows of a table that the examples name: a product with unit vectors. */
function embedded(table: Value, axis: number, indices: Value, context: RuleContext): Value {
  if (axis !== 0 || table.shape.length !== 2 || indices.dtype !== "int32") {
    throw new RangeError("it looks up by the examples' values in other than the rows of a matrix");
  }
  // A row that is not there would be one of zeros.
  context.lookUp?.({ indices, rows: table.shape[0]! });
  const rows = oneHot(reshape(indices, [sizeOf(indices.shape)]), table.shape[0]!);
  return reshape(matMul(rows, table), [...indices.shape, table.shape[1]!]);
}

/** The rules. */
export const GATHER_RULES: Rules = { Gather: GATHER };
