/** Examples in the order of axes in which a model reads them. */
import type { Dataset } from "../data/dataset.ts";
import { sameShape, type Shape, showShape, sizeOf } from "../graph/shape.ts";
import type { Network } from "../networks/network.ts";

/** Data, and what was done to them, in a sentence each. */
export interface ArrangedData {
  readonly dataset: Dataset;
  readonly understood: readonly string[];
}

/**
 * The examples with the axes of the network's input: images by channel or by channel last, or single
 * numbers of which only the shape differs.
 *
 * @throws {RangeError} If an example has not as many numbers as the network reads, or its axes are
 *   those of the network in another order, which row by row would be other numbers.
 */
export function arrangedFor(
  { name, inputShape }: Pick<Network, "name" | "inputShape">,
  dataset: Dataset,
): ArrangedData {
  const { featureShape: own, name: data } = dataset;
  if (sameShape(own, inputShape)) return { dataset, understood: [] };
  const order = channelOrder(own, inputShape);
  if (order) {
    const features = permuted(dataset, order);
    return {
      dataset: { ...dataset, features, featureShape: inputShape },
      understood: [`examples ${showShape(own)} are turned to ${showShape(inputShape)}`],
    };
  }
  if (sizeOf(own) !== sizeOf(inputShape)) {
    throw new RangeError(
      `Cannot feed ${data} to ${name}: an example has the shape ${showShape(own)}, the model ` +
        `reads ${showShape(inputShape)}; give the data in that shape, or others with --data`,
    );
  }
  if (areReordered(own, inputShape)) {
    throw new RangeError(
      `Cannot feed ${data} to ${name}: an example has the shape ${showShape(own)}, the model ` +
        `reads ${showShape(inputShape)}, the same axes in another order; transpose the examples`,
    );
  }
  return {
    dataset: { ...dataset, featureShape: inputShape },
    understood: [`examples ${showShape(own)} are taken as ${showShape(inputShape)}, row by row`],
  };
}

/** Which axis goes where, if one is images by channel and the other the same by channel last. */
function channelOrder(from: Shape, to: Shape): readonly number[] | undefined {
  if (from.length !== 3 || to.length !== 3) return undefined;
  return [[2, 0, 1], [1, 2, 0]].find((order) => sameShape(order.map((axis) => from[axis]!), to));
}

/** Whether one shape has the extents of the other in another order; those of 1 are in no order. */
function areReordered(a: Shape, b: Shape): boolean {
  const [left, right] = [a, b].map((shape) => shape.filter((extent) => extent > 1)) as [
    number[],
    number[],
  ];
  const sorted = (extents: number[]) => extents.toSorted((x, y) => x - y);
  return !sameShape(left, right) && sameShape(sorted(left), sorted(right));
}

function permuted({ features, count, featureShape }: Dataset, order: readonly number[]) {
  const strides = [featureShape[1]! * featureShape[2]!, featureShape[2]!, 1];
  const [rows, columns, depth] = order.map((axis) => featureShape[axis]!) as [
    number,
    number,
    number,
  ];
  const [byRow, byColumn, byDepth] = order.map((axis) => strides[axis]!) as [
    number,
    number,
    number,
  ];
  const turned = new Float32Array(features.length);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const first = i * rows * columns * depth;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const start = first + row * byRow + column * byColumn;
        for (let k = 0; k < depth; k++) turned[at++] = features[start + k * byDepth]!;
      }
    }
  }
  return turned;
}
