import type { BoxSearch, PathSums } from "./box_search.ts";
import type { LimitedMemoryMatrix } from "./limited_memory_matrix.ts";

/** First sections of the path: so many powers of ten below 1/θ, the step of a model θI. */
const DECADES_BELOW = 6;

/** Rounds of sections; with sixteen times a round they narrow a decade down to float32's digits. */
const MOST_ROUNDS = 12;

/** Share of t within which it is known well enough: what float32 knows of the path. */
const NARROW = 1e-7;

/** The model's slope along the path just after t. */
interface Slope {
  readonly time: number;
  /** q′. */
  readonly slope: number;
  /** q″ on that piece. */
  readonly curvature: number;
  /** ‖g‖² over what still moves: the same at both ends of one straight piece. */
  readonly squares: number;
}

/**
 * The t at which the path P(x − t g) has a minimum of the model, by sections: q′ at several t at once, then
 * at several more between the last at which q falls and the first at which it does not.
 *
 * The slope is that of `PathModel`: q′ = −N (1 − θt) − pᵀMc, q″ = θN − pᵀMp, with N = ‖g‖² and p of the
 * coordinates that move on, and c of all of z(t). Between two t on one straight piece the minimum is
 * q′'s zero; in a section that has become narrow it is that of the chord.
 *
 * Deviation from `cauchyPoint()`: it is a minimum along the path, lower than x and than all t that were
 * looked at before it, and the first one unless q rises and falls again within a section: of sixty random
 * models one has such a path. The line search then sees to it that f falls all the same.
 */
export async function pathMinimum(
  search: Pick<BoxSearch, "path" | "times">,
  matrix: LimitedMemoryMatrix,
): Promise<number> {
  const slopesAt = async (times: readonly number[]): Promise<Slope[]> =>
    (await search.path(times)).map((sums, k) => slopeOf(matrix, times[k]!, sums));
  const more = search.times;
  let slopes = await slopesAt([
    0,
    ...Array.from({ length: more - 1 }, (_, k) => 10 ** (k - DECADES_BELOW) / matrix.theta),
  ]);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const rising = slopes.findIndex(({ slope }) => !(slope < 0));
    if (rising === 0) return slopes[0]!.time;
    if (rising < 0) {
      const last = slopes.at(-1)!;
      slopes = [
        last,
        ...await slopesAt(Array.from({ length: more }, (_, k) => last.time * 10 ** (k + 1))),
      ];
      continue;
    }
    const [from, to] = [slopes[rising - 1]!, slopes[rising]!];
    if (from.squares === to.squares) return from.time - from.slope / from.curvature;
    const width = to.time - from.time;
    if (width <= NARROW * to.time) return from.time + width * from.slope / (from.slope - to.slope);
    const isWide = from.time > 0 && to.time > 2 * from.time;
    const between = await slopesAt(Array.from({ length: more }, (_, k) => {
      const share = (k + 1) / (more + 1);
      return isWide ? from.time * (to.time / from.time) ** share : from.time + width * share;
    }));
    slopes = [from, ...between, to];
  }
  return slopes[Math.max(0, slopes.findIndex(({ slope }) => !(slope < 0)) - 1)]!.time;
}

function slopeOf(
  matrix: LimitedMemoryMatrix,
  time: number,
  { products, moving, squares }: PathSums,
): Slope {
  const width = 2 * matrix.count;
  const [c, p] = [products.subarray(0, width), moving.subarray(0, width)];
  const [middleC, middleP] = [new Float64Array(width), new Float64Array(width)];
  matrix.applyMiddle(c, middleC);
  matrix.applyMiddle(p, middleP);
  const dot = (other: Float64Array) => p.reduce((sum, entry, j) => sum + entry * other[j]!, 0);
  return {
    time,
    slope: -squares * (1 - matrix.theta * time) - dot(middleC),
    curvature: matrix.theta * squares - dot(middleP),
    squares,
  };
}
