import { type BreakpointBuckets, columnWeights } from "./breakpoint_buckets.ts";
import type { LimitedMemoryMatrix } from "./limited_memory_matrix.ts";

/**
 * The quadratic model on one straight piece of the projected path.
 *
 * With d the direction of the coordinates still moving, N = ‖d‖², p = Wᵀd and z(t) the way come, of
 * which c = Wᵀz(stopped coordinates),
 *
 *   q′(t) = −N(1 − θt) − pᵀM(c + tp),   q″ = θN − pᵀMp,
 *
 * because g_i = −d_i and z_i = t d_i on the moving coordinates: eqs. (4.4)–(4.9) of Byrd, Lu, Nocedal
 * and Zhu 1995, with their recursions summed up so that no error builds up along the path.
 */
export class PathModel {
  /** Where the present piece starts. */
  time = 0;
  readonly #matrix: LimitedMemoryMatrix;
  readonly #buckets: BreakpointBuckets;
  readonly #p: Float64Array;
  readonly #c: Float64Array;
  readonly #middleP: Float64Array;
  readonly #middleC: Float64Array;
  readonly #row: Float64Array;
  readonly #middleRow: Float64Array;
  readonly #weights: Float64Array;
  readonly #middleNorm: number;
  readonly #leastCurvature: number;
  #squares = 0;

  /** The model at t = 0, on the buckets which were filled for it. */
  constructor(matrix: LimitedMemoryMatrix, buckets: BreakpointBuckets) {
    const width = 2 * matrix.count;
    this.#matrix = matrix;
    this.#buckets = buckets;
    this.#p = new Float64Array(width);
    this.#c = new Float64Array(width);
    this.#middleP = new Float64Array(width);
    this.#middleC = new Float64Array(width);
    this.#row = new Float64Array(width);
    this.#middleRow = new Float64Array(width);
    this.#weights = columnWeights(matrix);
    this.#middleNorm = this.#normOfMiddle();
    this.enter(0);
    // As in L-BFGS-B 3.0: rounding must not make the curvature vanish.
    this.#leastCurvature = Number.EPSILON * this.#curvature();
  }

  /** Moves on to the piece before the first breakpoint of `bucket`. */
  enter(bucket: number): void {
    const { squares, directionProducts } = this.#buckets;
    const { stride } = this.#matrix;
    this.#squares = squares[bucket]!;
    for (let j = 0; j < this.#p.length; j++) this.#p[j] = directionProducts[bucket * stride + j]!;
    this.#matrix.applyMiddle(this.#p, this.#middleP);
    this.#matrix.applyMiddle(this.#c, this.#middleC);
  }

  /** The least t ≥ {@link time} at which q stops falling if the present piece goes on for ever. */
  minimiser(): number {
    const slope = -this.#squares * (1 - this.#matrix.theta * this.time) -
      product(this.#p, this.#middleC) - this.time * product(this.#p, this.#middleP);
    if (!(slope < 0)) return this.time;
    return this.time - slope / Math.max(this.#curvature(), this.#leastCurvature);
  }

  /**
   * Stops coordinate i at its bound, at breakpoint t.
   *
   * @param g g_i.
   * @param z Bound − x_i.
   */
  stop(i: number, t: number, g: number, z: number): void {
    this.#matrix.rows.copyRow(i, this.#row);
    this.#matrix.applyMiddle(this.#row, this.#middleRow);
    for (let j = 0; j < this.#row.length; j++) {
      this.#p[j]! += g * this.#row[j]!;
      this.#middleP[j]! += g * this.#middleRow[j]!;
      this.#c[j]! += z * this.#row[j]!;
      this.#middleC[j]! += z * this.#middleRow[j]!;
    }
    this.#squares -= g * g;
    this.time = t;
  }

  /** Stops all coordinates of a bucket at once; the next call is {@link enter}. */
  skip(bucket: number): void {
    const { boundProducts, last } = this.#buckets;
    const { stride } = this.#matrix;
    for (let j = 0; j < this.#c.length; j++) this.#c[j]! += boundProducts[bucket * stride + j]!;
    this.time = last[bucket]!;
  }

  /**
   * True only if q′ < 0 all through a bucket, whichever of its coordinates have stopped.
   *
   * Take a ≤ t ≤ b between the bucket's first and last breakpoint. Over the coordinates that have
   * stopped, p has lost e = Σ d_i w_i, and the way differs from c + tp by h = Σ (t_i − t) d_i w_i. With R the
   * bucket's Σ |d_i| ‖Λw_i‖ therefore ‖Λe‖ ≤ R and ‖Λh‖ ≤ (b − a) R, and by Cauchy–Schwarz
   *
   *   −pᵀM(c + tp) + eᵀM(c + tp) − (p − e)ᵀMh
   *     ≤ −pᵀM(c + tp) + R ‖Λ⁻¹M(c + tp)‖ + (b − a) R (‖Λ⁻¹Mp‖ + R ‖Λ⁻¹MΛ⁻¹‖).
   */
  fallsThroughout(bucket: number): boolean {
    const { first, last, spread, squares } = this.#buckets;
    const { theta } = this.#matrix;
    const [a, b, radius] = [first[bucket]!, last[bucket]!, spread[bucket]!];
    const moving = squares[bucket]!;
    const movingAfter = squares[bucket + 1]!;
    const pc = product(this.#p, this.#middleC);
    const pp = product(this.#p, this.#middleP);
    const sizeC = this.#dualNorm(this.#middleC);
    const sizeP = this.#dualNorm(this.#middleP);
    const identity = theta * b <= 1 ? -movingAfter * (1 - theta * b) : moving * (theta * b - 1);
    const bound = identity - pc - Math.min(a * pp, b * pp) +
      radius * (sizeC + b * sizeP) + (b - a) * radius * (sizeP + radius * this.#middleNorm);
    return bound < 0;
  }

  /**
   * Stops coordinate i which rounding holds at its bound, though its breakpoint comes later.
   *
   * @param g g_i.
   */
  stopEarly(i: number, g: number): void {
    this.#matrix.rows.copyRow(i, this.#row);
    for (let j = 0; j < this.#row.length; j++) this.#p[j]! += g * this.#row[j]!;
  }

  /** Products of the direction of the coordinates still moving with the columns of the matrix. */
  get moving(): Float64Array {
    return this.#p;
  }

  /** Products of the way z(t) with the columns of the matrix, for t in the present piece. */
  productsAt(t: number): Float64Array {
    return this.#c.map((c, j) => c + t * this.#p[j]!);
  }

  #curvature(): number {
    return this.#matrix.theta * this.#squares - product(this.#p, this.#middleP);
  }

  /** ‖Λ⁻¹v‖, Λ² the column weights. */
  #dualNorm(v: Float64Array): number {
    let sum = 0;
    for (let j = 0; j < v.length; j++) sum += v[j]! * v[j]! / this.#weights[j]!;
    return Math.sqrt(sum);
  }

  /** ‖Λ⁻¹MΛ⁻¹‖ in the Frobenius norm, which is not less than the spectral one. */
  #normOfMiddle(): number {
    let sum = 0;
    for (let j = 0; j < this.#row.length; j++) {
      this.#row.fill(0)[j] = 1 / Math.sqrt(this.#weights[j]!);
      this.#matrix.applyMiddle(this.#row, this.#middleRow);
      sum += this.#dualNorm(this.#middleRow) ** 2;
    }
    return Math.sqrt(sum);
  }
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}
