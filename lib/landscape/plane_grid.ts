/** Coordinates of a grid on a plane: rows of constant b, the lowest first. */
export interface PlaneGrid {
  /** Ascending. */
  readonly as: readonly number[];
  /** Ascending. */
  readonly bs: readonly number[];
}

/**
 * A square grid about the plane's origin, which is one of its points.
 *
 * @param radius Half of its side, in units of the directions.
 * @param points A side's number of points, odd.
 * @throws {RangeError} If `points` is not odd or less than 3, or the radius is not positive.
 *
 * @example
 * ```ts
 * import { centredGrid } from "./plane_grid.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(centredGrid(1, 5).as, [-1, -0.5, 0, 0.5, 1]);
 * ```
 */
export function centredGrid(radius: number, points: number): PlaneGrid {
  if (!(Number.isInteger(points) && points >= 3 && points % 2 === 1)) {
    throw new RangeError(
      `Cannot lay a grid of ${points} points a side about a minimum; give an odd number from 3`,
    );
  }
  if (!(radius > 0 && radius < Infinity)) {
    throw new RangeError(`Cannot lay a grid of radius ${radius}; give a finite number above 0`);
  }
  const half = (points - 1) / 2;
  const as = Array.from({ length: points }, (_, k) => (k - half) * radius / half);
  return { as, bs: as };
}

/**
 * A grid of equal steps in both directions that holds given points, with a margin about them.
 *
 * @param marks At least one, in units of the directions.
 * @param points Points along the longer side; the other side has as many as its length takes.
 * @param margin Share of the longer side that is added on each side, default a quarter.
 * @throws {RangeError} If `points` is less than 3, or all points are one.
 *
 * @example
 * ```ts
 * import { gridAround } from "./plane_grid.ts";
 * import assert from "node:assert/strict";
 *
 * const grid = gridAround([{ a: 0, b: 0 }, { a: 4, b: 2 }], 7);
 * assert.deepEqual(grid, { as: [-1, 0, 1, 2, 3, 4, 5], bs: [-1, 0, 1, 2, 3] });
 * ```
 */
export function gridAround(
  marks: readonly { readonly a: number; readonly b: number }[],
  points: number,
  margin = 0.25,
): PlaneGrid {
  if (!(Number.isInteger(points) && points >= 3)) {
    throw new RangeError(`Cannot lay a grid of ${points} points a side; give a number from 3`);
  }
  const [ofA, ofB] = (["a", "b"] as const).map((axis) => {
    const values = marks.map((mark) => mark[axis]);
    return { low: Math.min(...values), high: Math.max(...values) };
  });
  const longer = Math.max(ofA!.high - ofA!.low, ofB!.high - ofB!.low);
  if (!(longer > 0 && longer < Infinity)) {
    throw new RangeError("Cannot lay a grid around one point; give points apart from each other");
  }
  const step = longer * (1 + 2 * margin) / (points - 1);
  const along = ({ low, high }: { low: number; high: number }) => {
    // Rounding must not add a step.
    const steps = Math.ceil((high - low + 2 * margin * longer) / step - 1e-9);
    const first = (low + high - steps * step) / 2;
    return Array.from({ length: steps + 1 }, (_, k) => first + k * step);
  };
  return { as: along(ofA!), bs: along(ofB!) };
}
