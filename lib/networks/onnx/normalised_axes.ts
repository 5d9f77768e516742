import { type Shape, sizeOf } from "../../graph/shape.ts";
import type { OnnxNode } from "./node.ts";

/** First opset whose softmax is over one axis, and not over that axis and all after it. */
const ONE_AXIS = 13;

/** Entries that a softmax makes sum to 1: so many, so far apart in row-major order. */
interface Run {
  readonly extent: number;
  readonly stride: number;
}

/**
 * The axes over which the entries of an output sum to 1.
 *
 * @param softmax The node, and its shape.
 * @param later Nodes that reshape or transpose what it makes, one after the other, with their shapes.
 * @returns `undefined` if they are no whole axes.
 */
export function normalisedAxes(
  opset: number,
  softmax: { readonly node: OnnxNode; readonly shape: Shape },
  later: readonly { readonly node: OnnxNode; readonly shape: Shape }[],
): readonly number[] | undefined {
  const own = softmax.node.int("axis", opset < ONE_AXIS ? 1 : -1);
  const first = own < 0 ? own + softmax.shape.length : own;
  const behind = opset < ONE_AXIS ? softmax.shape.length : first + 1;
  let shape = softmax.shape;
  let run: Run | undefined = {
    extent: sizeOf(shape.slice(first, behind)),
    stride: sizeOf(shape.slice(behind)),
  };
  for (const { node, shape: next } of later) {
    // What only reshapes leaves every entry where it is in row-major order.
    if (node.opType === "Transpose") {
      const axes: readonly number[] | undefined = run && axesOf(run, shape);
      const order = node.ints("perm") ?? [...shape.keys()].reverse();
      run = axes && runOf(axes.map((axis) => order.indexOf(axis)), next);
    }
    shape = next;
  }
  return run && axesOf(run, shape);
}

/** The axes of more than one entry that make up a run; `undefined` if it begins or ends within one. */
function axesOf({ extent, stride }: Run, shape: Shape): readonly number[] | undefined {
  const axes = [...shape.keys()].filter((axis) => {
    const own = sizeOf(shape.slice(axis + 1));
    return shape[axis]! > 1 && own >= stride && own < extent * stride;
  });
  const last = axes.at(-1);
  const isWhole = sizeOf(axes.map((axis) => shape[axis]!)) === extent &&
    (last === undefined || sizeOf(shape.slice(last + 1)) === stride);
  return isWhole ? axes : undefined;
}

/** The run of some axes; `undefined` if others stand between them. */
function runOf(axes: readonly number[], shape: Shape): Run | undefined {
  const [first, last] = [Math.min(...axes), Math.max(...axes)];
  const between = [...shape.keys()].slice(first, last + 1).filter((axis) => shape[axis]! > 1);
  if (between.length !== axes.length) return undefined;
  return {
    extent: sizeOf(shape.slice(first, last + 1)),
    stride: sizeOf(shape.slice(last + 1)),
  };
}
