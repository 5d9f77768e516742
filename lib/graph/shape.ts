/** Extents of a tensor, outermost axis first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Whether these numbers can be extents: integers, none negative. */
export function isShape(shape: Shape): boolean {
  return shape.every((extent) => Number.isInteger(extent) && extent >= 0);
}

/** Number of entries: the product of the extents. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Whether two shapes are equal, extent by extent. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** `[256, 512]` as it stands in an error message. */
export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/**
 * The shape to which `a` and `b` broadcast by NumPy's rule: axes are aligned at the right, and an
 * extent of 1 stretches to the other's.
 *
 * @returns The common shape, or `undefined` if there is none.
 */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const common: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const p = a[a.length - rank + axis] ?? 1;
    const q = b[b.length - rank + axis] ?? 1;
    if (p !== q && p !== 1 && q !== 1) return undefined;
    common.push(p === 1 ? q : p);
  }
  return common;
}

/** Axes along which a tensor of shape `from` is repeated when it broadcasts to shape `to`. */
export function broadcastAxes(from: Shape, to: Shape): number[] {
  const offset = to.length - from.length;
  return to.flatMap((extent, axis) =>
    axis < offset || (from[axis - offset] === 1 && extent !== 1) ? [axis] : []
  );
}

/** Row-major strides, with 0 along axes that broadcast to `target`. Length `target.length`. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const offset = target.length - shape.length;
  const strides = new Array<number>(target.length).fill(0);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1) strides[axis + offset] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Shape without `axes`, or with 1 in their place if `keepDimensions`. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDimensions: boolean) {
  return shape.flatMap((extent, axis) =>
    axes.includes(axis) ? (keepDimensions ? [1] : []) : [extent]
  );
}
