/** A piece of a contour line, in the grid's coordinates. */
export interface ContourSegment {
  readonly level: number;
  readonly a: number;
  readonly b: number;
  readonly a2: number;
  readonly b2: number;
}

/**
 * Contour lines of values on a grid, by marching squares: within a cell an edge is crossed where
 * linear interpolation along it gives the level.
 *
 * A saddle, whose diagonals lie on different sides, is cut by the mean of its corners. Cells with a
 * value that is not finite have no lines.
 *
 * Source: Lorensen and Cline 1987, in two dimensions.
 *
 * @param as Ascending, shape [m].
 * @param bs Ascending, shape [n].
 * @param values `values[row][column]` at (as[column], bs[row]).
 *
 * @example
 * ```ts
 * import { contours } from "./contours.ts";
 * import assert from "node:assert/strict";
 *
 * // The plane z = a has one straight line at each level.
 * const [segment, ...others] = contours([0, 1], [0, 1], [[0, 1], [0, 1]], [0.25]);
 * assert.deepEqual(segment, { level: 0.25, a: 0.25, b: 0, a2: 0.25, b2: 1 });
 * assert.equal(others.length, 0);
 * ```
 */
export function contours(
  as: readonly number[],
  bs: readonly number[],
  values: readonly (readonly number[])[],
  levels: readonly number[],
): ContourSegment[] {
  const segments: ContourSegment[] = [];
  for (let row = 0; row + 1 < bs.length; row++) {
    for (let column = 0; column + 1 < as.length; column++) {
      // Around the cell, from its lower left corner to the right.
      const corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([right, up]) => ({
        a: as[column + right!]!,
        b: bs[row + up!]!,
        value: values[row + up!]![column + right!]!,
      }));
      if (!corners.every(({ value }) => Number.isFinite(value))) continue;
      for (const level of levels) segments.push(...cellSegments(corners, level));
    }
  }
  return segments;
}

interface Corner {
  readonly a: number;
  readonly b: number;
  readonly value: number;
}

function cellSegments(corners: readonly Corner[], level: number): ContourSegment[] {
  const crossings = corners.flatMap((corner, k) => {
    const next = corners[(k + 1) % 4]!;
    if ((corner.value >= level) === (next.value >= level)) return [];
    const share = (level - corner.value) / (next.value - corner.value);
    const a = corner.a + share * (next.a - corner.a);
    return [{ a, b: corner.b + share * (next.b - corner.b) }];
  });
  const join = (from: number, to: number): ContourSegment => {
    const [{ a, b }, end] = [crossings[from]!, crossings[to]!];
    return { level, a, b, a2: end.a, b2: end.b };
  };
  if (crossings.length === 0) return [];
  if (crossings.length === 2) return [join(0, 1)];
  const mean = corners.reduce((sum, { value }) => sum + value, 0) / 4;
  // Where the middle is on the first corner's side, the lines cut off the second and the fourth.
  const isWithFirst = (mean >= level) === (corners[0]!.value >= level);
  return isWithFirst ? [join(0, 1), join(2, 3)] : [join(3, 0), join(1, 2)];
}
