import { asBasis, type SubspaceBasis } from "../linalg/basis.ts";
import { stream } from "../random/stream.ts";
import { stepped } from "./displaced.ts";
import { lossAt, lossAtCentre, type LossFunction } from "./loss_at.ts";
import { assertCount, assertPositive } from "./option_checks.ts";

/** How {@link sharpDirections} measures. */
export interface SharpDirectionsOptions {
  /** ε of the box, dimensionless; as in Metric 2.1. */
  readonly epsilon: number;
  /** Measure along these columns instead of coordinates. */
  readonly basis?: SubspaceBasis | readonly Float64Array[];
  /** Number of coordinates, drawn without replacement; default min(n, 100). Not with `basis`. */
  readonly count?: number;
  /** Seed of the draw, default 0. */
  readonly seed?: number;
  /** Share of all rise that the sharp directions hold, in (0, 1]; default 0.95. */
  readonly part?: number;
  /** Called after each direction. */
  readonly onDirection?: (done: number, total: number) => void;
}

/** How the rise of f is spread over directions. */
export interface SharpDirections {
  /** φ along one direction each, in percent, descending. Shape [directions]. */
  readonly percents: Float64Array;
  /** Coordinate, or column of the basis, to which each belongs. */
  readonly directions: Uint32Array;
  /**
   * Least share of the directions that holds `part` of the sum of rises, in [0, 1]; 0 where f rises
   * along none, NaN where it is infinite along one.
   */
  readonly share: number;
  /** f(x). */
  readonly lossAtMinimiser: number;
  /** Evaluations of f. */
  readonly evaluations: number;
}

/**
 * The share of directions that are sharp: Metric 2.1 with a single column a, along each of many,
 *
 *     φ_a = 100 · (max_± f(x ± ε(|a⁺x| + 1) a) − f(x)) / (1 + f(x)),  a⁺x = aᵀx / aᵀa, not below 0,
 *
 * sorted, and the least share of them that holds 95 % of the sum.
 *
 * The paper says of its minimisers that the loss rises steeply only along about 5 % of the space, and
 * not how that was counted; this count is Basin's. Both ends of each interval are tried: f has its
 * maximum there if it is convex along a.
 *
 * - Source: Keskar et al. 2017, §2.2.1, metric 2.1, for p = 1.
 * - Cost: 1 + 2 · directions evaluations of f without its gradient, and with a basis one product each.
 * - Choose coordinates for the paper's sentence, and as many as the share is to be resolved: of 100
 *   it is known to 1/100. A basis of eigenvectors (`lanczos`) tells how few of them there are.
 * - It does not tell of directions between the coordinates: a valley that is steep across a diagonal
 *   seems sharp along all. Like Metric 2.1 it changes under rescaling (`rescaleLayer`).
 *
 * @example One steep coordinate of twenty
 * ```ts
 * import { sharpDirections } from "./sharp_directions.ts";
 * import assert from "node:assert/strict";
 *
 * const bowl = {
 *   dimension: 20,
 *   evaluate: (x: Float64Array) =>
 *     Promise.resolve({
 *       value: x.reduce((sum, xi, i) => sum + (i === 7 ? 1000 : 1) * xi * xi, 0),
 *       gradient: x.map((xi, i) => (i === 7 ? 2000 : 2) * xi),
 *     }),
 * };
 * const { share, directions } = await sharpDirections(bowl, new Float64Array(20), { epsilon: 0.1 });
 * assert.equal(share, 0.05);
 * assert.equal(directions[0], 7);
 * ```
 *
 * @param x The minimiser, shape [n]; left unchanged.
 * @throws {TypeError} If x or the basis has not the objective's dimension, or `basis` and `count` are
 *   both given.
 * @throws {RangeError} If an option is out of range, or f(x) is not finite or ≤ −1.
 */
export async function sharpDirections(
  objective: LossFunction,
  x: Float64Array,
  options: SharpDirectionsOptions,
): Promise<SharpDirections> {
  const measure = "share of sharp directions";
  const { epsilon, part = 0.95, onDirection } = options;
  assertPositive(measure, "epsilon", epsilon);
  if (!(part > 0 && part <= 1)) {
    throw new RangeError(`Cannot measure the ${measure} with part = ${part}; give one in (0, 1]`);
  }
  const steps = stepsAlong(x, options);
  const lossAtMinimiser = await lossAtCentre(objective, x, measure);
  if (!(lossAtMinimiser > -1)) {
    throw new RangeError(
      `Cannot measure the ${measure} where f(x) = ${lossAtMinimiser}; give a loss above −1`,
    );
  }
  const rises: { readonly direction: number; readonly percent: number }[] = [];
  for (const direction of steps.directions) {
    const step = steps.of(direction);
    let rise = 0;
    for (const sign of [1, -1]) {
      const loss = await lossAt(objective, stepped(x, step, sign));
      // Where f is undefined it has risen beyond any bound.
      rise = Math.max(rise, Number.isFinite(loss) ? loss - lossAtMinimiser : Infinity);
    }
    rises.push({ direction, percent: 100 * rise / (1 + lossAtMinimiser) });
    onDirection?.(rises.length, steps.directions.length);
  }
  rises.sort((a, b) => b.percent - a.percent || a.direction - b.direction);
  const percents = Float64Array.from(rises, ({ percent }) => percent);
  return {
    percents,
    directions: Uint32Array.from(rises, ({ direction }) => direction),
    share: leastShare(percents, part),
    lossAtMinimiser,
    evaluations: 1 + 2 * rises.length,
  };
}

/** The directions to try, and ε(|a⁺x| + 1) a of each. */
function stepsAlong(x: Float64Array, options: SharpDirectionsOptions): {
  readonly directions: Uint32Array;
  of(direction: number): Float64Array;
} {
  const { epsilon, basis, count, seed = 0 } = options;
  if (basis === undefined) {
    const wanted = count ?? Math.min(x.length, 100);
    assertCount("share of sharp directions", "count", wanted);
    const order = stream(seed, "sharp directions").permutation(x.length);
    return {
      directions: order.slice(0, wanted),
      of(j) {
        const step = new Float64Array(x.length);
        step[j] = epsilon * (Math.abs(x[j]!) + 1);
        return step;
      },
    };
  }
  if (count !== undefined) {
    throw new TypeError("Cannot draw coordinates and use a basis at once; leave out one of them");
  }
  const columns = asBasis(basis);
  const p = columns.dimension;
  if (columns.ambient !== x.length) {
    throw new TypeError(`Cannot use a basis of R^${columns.ambient} at a point of R^${x.length}`);
  }
  const products = columns.restrict(x);
  const gram = columns.gram();
  return {
    directions: Uint32Array.from({ length: p }, (_, j) => j),
    of(j) {
      const y = new Float64Array(p);
      y[j] = epsilon * (Math.abs(products[j]! / gram[j * p + j]!) + 1);
      return columns.expand(y);
    },
  };
}

/** Least k/p with the first k of p descending numbers adding up to `part` of their sum. */
function leastShare(descending: Float64Array, part: number): number {
  const total = descending.reduce((sum, entry) => sum + entry, 0);
  if (!Number.isFinite(total)) return NaN;
  let held = 0;
  for (const [k, entry] of descending.entries()) {
    if (held >= part * total) return k / descending.length;
    held += entry;
  }
  return 1;
}
