import {
  choleskyInPlace,
  solveLowerInPlace,
  solveLowerTransposedInPlace,
} from "../linalg/cholesky.ts";
import type { BreakpointBuckets } from "./breakpoint_buckets.ts";
import type { CauchyPoint } from "./cauchy_point.ts";
import type { LimitedMemoryMatrix } from "./limited_memory_matrix.ts";
import type { Box } from "./objective.ts";
import { forEachProjection, gramOver, weightedSum } from "./pair_products.ts";

/**
 * Minimises the model q over the coordinates which are free at the Cauchy point, then returns into
 * the box: `point` moves from the Cauchy point to the end of the search direction.
 *
 * The Newton step of the free coordinates F solves B_FF d = r, with
 * r = −q + W_F M c, q = (g + θ(point − x))_F (eq. 5.4), through Sherman–Morrison–Woodbury,
 *
 *   d = r/θ + W_F K⁻¹ W_Fᵀ r / θ²,  K = M⁻¹ − W_Fᵀ W_F / θ,
 *
 * the direct primal method of Byrd, Lu, Nocedal and Zhu 1995, §5.1, eq. (5.11). W_Fᵀ W_F
 * comes from the sums of the path, and the rows of W are read once more only, since
 *
 *   W_Fᵀ r = W_Fᵀ W_F M c − W_Fᵀ q,  d = W_F (M c/θ + K⁻¹ W_Fᵀ r/θ²) − q/θ,
 *
 * and q = (1 − θt) g on the coordinates that the path has moved to t. The step is projected into the
 * box coordinate by coordinate if that is a descent direction for f, else cut where it leaves the
 * box: Morales and Nocedal 2011, "Remark on algorithm 778", §2.
 *
 * @param cauchy What is known at the Cauchy point.
 * @param workspace `point` is read and written, shape [n]; `buckets` are those of the path, whose
 *   times are overwritten.
 * @returns False if K cannot be factorised; `point` is then unchanged.
 */
export function minimiseOverFree(
  matrix: LimitedMemoryMatrix,
  x: Float64Array,
  gradient: Float64Array,
  box: Box,
  cauchy: CauchyPoint,
  workspace: {
    readonly point: Float64Array;
    readonly buckets: BreakpointBuckets;
  },
): boolean {
  const { point, buckets } = workspace;
  if (matrix.count === 0) return true; // θI is separable: the Cauchy point is its minimiser.
  const { free, reached } = cauchy;
  if (free.length === 0) return true;
  const step = buckets.times.subarray(0, free.length);
  const { theta } = matrix;
  const freeIsSmaller = free.length < reached.length;
  const over = freeIsSmaller
    ? splitGram(matrix, gramOver(matrix, free), true)
    : gramBeside(matrix, reached, buckets);
  const ofQ = freeIsSmaller
    ? weightedSum(matrix, free, reducedGradient(theta, x, gradient, point, free, step))
    : cauchy.moving.map((product) => (theta * cauchy.time - 1) * product);

  const v = stepWeights(matrix, cauchy.products, ofQ, over);
  if (v === undefined) return false;

  const { lower, upper } = box;
  // −q/θ = (t − 1/θ) g.
  const gone = cauchy.time - 1 / theta;
  let { slope } = cauchy;
  forEachProjection(matrix, free, v, (projections, from, to) => {
    for (let k = from; k < to; k++) {
      const i = free[k]!;
      const start = point[i]!;
      const g = gradient[i]!;
      const d = projections[k - from]! + gone * g;
      const end = clip(start + d, lower[i]!, upper[i]!);
      point[i] = end;
      slope += g * (end - start);
    }
  });
  if (!(slope > 0)) return true;
  // Uphill from x: back to the Cauchy point, from which the step is cut.
  for (const i of free) point[i] = x[i]! - cauchy.time * gradient[i]!;
  forEachProjection(matrix, free, v, (projections, from, to) => {
    for (let k = from; k < to; k++) {
      step[k] = projections[k - from]! + gone * gradient[free[k]!]!;
    }
  });
  cutAtBound(box, point, free, step);
  return true;
}

/**
 * The weights v of d = W_F v − q/θ, with the columns s and y for W.
 *
 * @param products Of the Cauchy point − x with the columns. Shape [2 · count].
 * @param ofQ Of q with the columns over the free coordinates. Shape [2 · count].
 * @returns `undefined` if K cannot be factorised.
 */
export function stepWeights(
  matrix: LimitedMemoryMatrix,
  products: Float64Array,
  ofQ: Float64Array,
  over: GramOver,
): Float64Array | undefined {
  const { theta } = matrix;
  const middle = new Float64Array(ofQ.length);
  matrix.applyMiddle(products, middle);
  const reducedProducts = ofQ.map((product, a) => {
    let sum = -product;
    for (let b = 0; b < middle.length; b++) sum += over("free", a * matrix.stride + b) * middle[b]!;
    return sum;
  });
  const factor = factorise(matrix, over);
  if (factor === undefined) return undefined;
  const u = solve(matrix, factor, reducedProducts);
  return u.map((entry, a) => (middle[a]! + entry / theta) / theta);
}

/** Inner products of the columns, from their place in the matrix, over the free or all other ones. */
export type GramOver = (wanted: "free" | "active", at: number) => number;

/** Those of one part are known; those of the other one are the whole less these. */
export function splitGram(
  { gram }: LimitedMemoryMatrix,
  known: Float64Array,
  knownIsFree: boolean,
): GramOver {
  return (wanted, at) => (wanted === "free") === knownIsFree ? known[at]! : gram[at]! - known[at]!;
}

/** From those over the pinned coordinates, or over the others, and those that have come to a bound. */
function gramBeside(
  matrix: LimitedMemoryMatrix,
  reached: Int32Array,
  { gram, gramIsOfPinned }: BreakpointBuckets,
): GramOver {
  if (reached.length === 0) return splitGram(matrix, gram, !gramIsOfPinned);
  const sign = gramIsOfPinned ? 1 : -1;
  const more = gramOver(matrix, reached);
  return splitGram(matrix, gram.map((sum, at) => sum + sign * more[at]!), !gramIsOfPinned);
}

/** q = (g + θ(point − x))_F, written to the front of `target`. */
function reducedGradient(
  theta: number,
  x: Float64Array,
  gradient: Float64Array,
  point: Float64Array,
  free: Int32Array,
  target: Float64Array,
): Float64Array {
  for (let k = 0; k < free.length; k++) {
    const i = free[k]!;
    target[k] = gradient[i]! + theta * (point[i]! - x[i]!);
  }
  return target;
}

/** The factors of K: L_A of A₁₁, G = L_A⁻¹ Cᵀ and L_S of A₂₂ + GᵀG; all of shape [count, count]. */
interface Factor {
  readonly first: Float64Array;
  readonly coupling: Float64Array;
  readonly second: Float64Array;
}

/**
 * K = [[−A₁₁, Cᵀ], [C, A₂₂]], in the order of time, with
 *
 *   A₁₁ = D + Y_Fᵀ Y_F / θ,  A₂₂ = θ S_Aᵀ S_A,
 *   C = strictly lower part of S_Aᵀ Y_A − upper part, diagonal included, of S_Fᵀ Y_F:
 *
 * sums of like signs only, the reason why the code of the authors forms K and not I − MN of §5.1.
 *
 * @param over Inner products of the columns over some of the coordinates. Shape [2m, 2m].
 */
function factorise(
  { gram, stride, order, count, theta }: LimitedMemoryMatrix,
  over: GramOver,
): Factor | undefined {
  const first = new Float64Array(count * count);
  const coupling = new Float64Array(count * count);
  const second = new Float64Array(count * count);
  for (let a = 0; a < count; a++) {
    const s = 2 * order[a]!;
    for (let b = 0; b < count; b++) {
      const otherS = 2 * order[b]!;
      const otherY = otherS + 1;
      first[a * count + b] = over("free", (s + 1) * stride + otherY) / theta;
      second[a * count + b] = theta * over("active", s * stride + otherS);
      coupling[b * count + a] = a > b
        ? over("active", s * stride + otherY)
        : -over("free", s * stride + otherY);
    }
    first[a * count + a]! += gram[s * stride + s + 1]!;
  }

  if (!choleskyInPlace(first, count)) return undefined;
  const column = new Float64Array(count);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < count; b++) column[b] = coupling[b * count + a]!;
    solveLowerInPlace(first, count, column);
    for (let b = 0; b < count; b++) coupling[b * count + a] = column[b]!;
  }
  for (let a = 0; a < count; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let k = 0; k < count; k++) sum += coupling[k * count + a]! * coupling[k * count + b]!;
      second[a * count + b]! += sum;
    }
  }
  return choleskyInPlace(second, count) ? { first, coupling, second } : undefined;
}

/** u with W_F K⁻¹ W_Fᵀ r = [S Y]_F u, from v = [S Y]_Fᵀ r; elimination of the Y block of K. */
function solve(
  { order, count, theta }: LimitedMemoryMatrix,
  { first, coupling, second }: Factor,
  v: Float64Array,
): Float64Array {
  const y = Float64Array.from(order, (slot) => v[2 * slot + 1]!);
  const s = Float64Array.from(order, (slot) => theta * v[2 * slot]!);
  solveLowerInPlace(first, count, y);
  for (let a = 0; a < count; a++) {
    for (let k = 0; k < count; k++) s[a]! += coupling[k * count + a]! * y[k]!;
  }
  solveLowerInPlace(second, count, s);
  solveLowerTransposedInPlace(second, count, s);
  for (let k = 0; k < count; k++) {
    let sum = -y[k]!;
    for (let a = 0; a < count; a++) sum += coupling[k * count + a]! * s[a]!;
    y[k] = sum;
  }
  solveLowerTransposedInPlace(first, count, y);
  const u = new Float64Array(v.length);
  for (let k = 0; k < count; k++) {
    u[2 * order[k]!] = theta * s[k]!;
    u[2 * order[k]! + 1] = y[k]!;
  }
  return u;
}

/** point ← point + α step on F, with the largest α ≤ 1 inside the box. */
function cutAtBound(
  { lower, upper }: Box,
  point: Float64Array,
  free: Int32Array,
  step: Float64Array,
): void {
  let share = 1;
  let blocking = -1;
  for (let k = 0; k < free.length; k++) {
    const i = free[k]!;
    const room = (step[k]! < 0 ? lower[i]! : upper[i]!) - point[i]!;
    if (Math.abs(step[k]!) * share <= Math.abs(room)) continue;
    share = room / step[k]!;
    blocking = k;
  }
  for (let k = 0; k < free.length; k++) {
    const i = free[k]!;
    point[i] = clip(point[i]! + share * step[k]!, lower[i]!, upper[i]!);
  }
  if (blocking < 0) return;
  // The coordinate which cuts the step lands on its bound exactly, not to rounding.
  const i = free[blocking]!;
  point[i] = step[blocking]! < 0 ? lower[i]! : upper[i]!;
}

function clip(to: number, lower: number, upper: number): number {
  return to < lower ? lower : to > upper ? upper : to;
}
