/** Shapes that an exporter wrote for a fixed number of examples, for another number. */
import { type Shape, sizeOf } from "../../graph/shape.ts";

/** Input and target of a reshape, as they are for the number of examples in the file. */
export interface DeclaredReshape {
  readonly from: Shape;
  readonly to: Shape;
  /** Whether the examples are the inner part of the axis that has them, and not the outer one. */
  readonly isInner?: boolean;
}

/**
 * The target of a reshape for the examples at hand.
 *
 * In row-major order the axis of examples has so many entries before it; the target gets it where
 * as many stand before. That may lie between two axes: then it joins the next one if what follows is
 * split (heads [positions, examples · heads, features]), and the one before it otherwise (rows
 * [positions · examples, features]).
 *
 * @param shape Of the input, for the examples at hand.
 * @returns The shape, and the axis that has the examples as its inner part, if one has;
 *   `undefined` if the examples cannot be told in either shape.
 *
 * @example
 * ```ts
 * import { freedReshape } from "./free_batch.ts";
 * import assert from "node:assert/strict";
 *
 * // Six positions of one example and 24 features become two heads of 12; of five examples, ten.
 * const heads = freedReshape([6, 5, 24], { from: [6, 1, 24], to: [6, 2, 12] });
 * assert.deepEqual(heads, { shape: [6, 10, 12] });
 * const rows = freedReshape([6, 5, 24], { from: [6, 1, 24], to: [6, 24] });
 * assert.deepEqual(rows, { shape: [30, 24], innerOf: 0 });
 * const back = freedReshape([30, 24], { from: [6, 24], to: [6, 1, 24], isInner: true });
 * assert.deepEqual(back, { shape: [6, 5, 24] });
 * ```
 */
export function freedReshape(
  shape: Shape,
  { from, to, isInner = false }: DeclaredReshape,
): { readonly shape: Shape; readonly innerOf?: number } | undefined {
  const changed = [...shape.keys()].filter((axis) => shape[axis] !== from[axis]);
  if (changed.length === 0) return { shape: to };
  const [axis] = changed as [number];
  if (changed.length > 1) return undefined;
  const times = shape[axis]! / from[axis]!;
  const scaled = (place: number) => to.with(place, to[place]! * times);
  const before = sizeOf(from.slice(0, isInner ? axis + 1 : axis));
  const place = to.findIndex((_, each) => sizeOf(to.slice(0, each)) === before);
  const isLast = place < 0 && sizeOf(to) === before;
  if ((place < 0 && !isLast) || !Number.isInteger(times)) return undefined;
  // What stands behind the examples; those of the file are one, or the first part of their axis.
  const rest = from.slice(isInner ? axis + 1 : axis);
  const isJoined = isLast || place > 0 && to[place] !== 1 && !isSplit(rest, to.slice(place));
  return isJoined
    ? {
      shape: scaled(isLast ? to.length - 1 : place - 1),
      innerOf: isLast ? to.length - 1 : place - 1,
    }
    : { shape: scaled(place) };
}

/** Whether some axis of a shape begins within one of the other. */
function isSplit(from: Shape, to: Shape): boolean {
  const begins = (shape: Shape) => shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  const own = new Set(begins(from));
  return begins(to).some((place) => !own.has(place));
}
