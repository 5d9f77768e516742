/** Which entries of a model's weights belong to one filter: what leads to one unit or channel. */
import { sizeOf } from "../../graph/shape.ts";
import type { NetworkFilters } from "../filter_blocks.ts";
import type { OnnxModel } from "./model.ts";
import type { OnnxNode } from "./node.ts";
import type { Weight } from "./trainable.ts";

/** Nodes that hand a weight on as it is. */
const TRANSPARENT = new Set(["Identity", "Cast"]);

/**
 * The filters of all weights, in the order of x.
 *
 * The nodes that read a tensor say which of its axes counts them: of a convolution the first, of a
 * matrix the axis of the outputs, of an embedding the tokens. Vectors have none, as biases and norms;
 * any other tensor, such as positions, is one filter.
 */
export function filtersOf(model: OnnxModel, weights: readonly Weight[]): NetworkFilters[] {
  let offset = 0;
  return weights.flatMap(({ tensor, host: { shape, data } }): NetworkFilters[] => {
    const start = offset;
    const size = data.length;
    offset += size;
    const whole = (filters: number) => [{ offset: start, size, filters }];
    if (shape.filter((extent) => extent > 1).length <= 1) return whole(0);
    const axis = filterAxis(model, tensor, shape.length);
    if (axis === shape.length - 1) return whole(shape[axis]!);
    if (axis !== 0) return whole(1);
    // Along the first axis a filter is a run of entries, and so a block of its own.
    const length = sizeOf(shape.slice(1));
    return Array.from({ length: shape[0]! }, (_, row) => ({
      offset: start + row * length,
      size: length,
      filters: 1,
    }));
  });
}

/** The axis of a tensor that counts filters; `undefined` if no node reads it as a product does. */
function filterAxis(
  { nodes }: Pick<OnnxModel, "nodes">,
  tensor: string,
  rank: number,
): number | undefined {
  for (const node of nodes) {
    const place = node.inputs.indexOf(tensor);
    if (place < 0) continue;
    const axis = axisAt(node, place, rank);
    if (axis !== undefined) return axis;
    const isTurned = node.opType === "Transpose";
    if (!isTurned && !TRANSPARENT.has(node.opType)) continue;
    const beyond = filterAxis({ nodes }, node.outputs[0]!, rank);
    if (beyond === undefined) continue;
    const order = node.ints("perm");
    return isTurned ? order?.[beyond] ?? rank - 1 - beyond : beyond;
  }
  return undefined;
}

/** Of a node that multiplies by the tensor, or gathers its rows. */
function axisAt(node: OnnxNode, place: number, rank: number): number | undefined {
  switch (`${node.opType} ${place}`) {
    case "Conv 1":
    case "ConvTranspose 1":
    case "Gather 0":
      return 0;
    case "Gemm 0":
      return node.int("transA", 0) === 0 ? 0 : 1;
    case "Gemm 1":
      return node.int("transB", 0) === 0 ? 1 : 0;
    case "MatMul 0":
      return rank - 2;
    case "MatMul 1":
      return rank - 1;
    default:
      return undefined;
  }
}
