import {
  choleskyInPlace,
  solveLowerInPlace,
  solveLowerTransposedInPlace,
} from "../linalg/cholesky.ts";

/** Rows handled together: a block of 2m = 20 columns stays within a processor's level-2 cache. */
const ROWS_PER_BLOCK = 512;

/** Curvature below which a pair is useless: sᵀy ≤ 2⁻⁵² |sᵀg|, as in L-BFGS-B 3.0. */
const LEAST_CURVATURE = Number.EPSILON;

/**
 * The limited-memory BFGS matrix B = θI − W M Wᵀ in its compact form.
 *
 * From the last pairs s_j = x_{j+1} − x_j and y_j = g_{j+1} − g_j, with S = [s_j], Y = [y_j], D the
 * diagonal and L the strictly lower triangle of SᵀY (old pairs first) and θ = yᵀy / sᵀy of the
 * newest pair,
 *
 *   W = [Y, θS],  M = [[−D, Lᵀ], [L, θSᵀS]]⁻¹.
 *
 * M is applied through the Cholesky factor J of T = θSᵀS + L D⁻¹ Lᵀ, never formed.
 *
 * Layout, unlike the paper's: the columns are s_0, y_0, s_1, y_1, … and stand row by row, since
 * the Cauchy point takes rows of W in an order of its own; θ goes into M. A new pair overwrites the
 * slot of the oldest, so slots are in no order of time. "Products" of a vector v are the numbers
 * s_0ᵀv, y_0ᵀv, s_1ᵀv, …, shape [2 · count].
 *
 * Source: Byrd, Lu, Nocedal and Zhu 1995, eqs. (3.1)–(3.4); Byrd, Nocedal and Schnabel 1994.
 */
export class LimitedMemoryMatrix {
  /** n, the number of variables. */
  readonly dimension: number;
  /** m, the most pairs kept. */
  readonly memory: number;
  /** 2m, the length of a row of {@link rows}. */
  readonly stride: number;
  #rows = new Float64Array(0);
  /** Inner products of all columns with each other, shape [2m, 2m], symmetric. */
  readonly gram: Float64Array;
  /** θ, the scale of the identity. */
  theta = 1;
  #order: number[] = [];
  /** J, shape [count, count], in the order of time. */
  readonly #factor: Float64Array;
  readonly #oldToNew: Float64Array;

  /** An empty memory, B = I, for `dimension` variables and up to `memory` pairs. */
  constructor(dimension: number, memory: number) {
    this.dimension = dimension;
    this.memory = memory;
    this.stride = 2 * memory;
    this.gram = new Float64Array(this.stride * this.stride);
    this.#factor = new Float64Array(memory * memory);
    this.#oldToNew = new Float64Array(memory);
  }

  /**
   * Row i is s_0i, y_0i, s_1i, …; shape [n, 2m], the first 2 · count columns are in use. It is empty
   * until a pair is taken: up the concave slopes of a sharpness there may be none.
   */
  get rows(): Float64Array {
    return this.#rows;
  }

  /** Number of pairs held. */
  get count(): number {
    return this.#order.length;
  }

  /** Slots from the oldest pair to the newest: pair k is in the columns 2 · slot, 2 · slot + 1. */
  get order(): readonly number[] {
    return this.#order;
  }

  /** Forgets all pairs: B = I. */
  reset(): void {
    this.#order = [];
    this.theta = 1;
  }

  /** All that the matrix is made of, in arrays of their own; see {@link restore}. */
  snapshot(): { pairs: Float64Array; gram: Float64Array; scale: Float64Array } {
    const { dimension, stride, rows, gram, theta, count } = this;
    const width = 2 * count; // the slots in use are always the first ones
    const pairs = new Float64Array(dimension * width);
    for (let i = 0; i < dimension; i++) {
      for (let column = 0; column < width; column++) {
        pairs[i * width + column] = rows[i * stride + column]!;
      }
    }
    return { pairs, gram: gram.slice(), scale: Float64Array.of(theta, ...this.#order) };
  }

  /** Becomes the matrix that a {@link snapshot} was taken of, bit by bit. */
  restore({ pairs, gram, scale }: ReturnType<LimitedMemoryMatrix["snapshot"]>): void {
    const [theta, ...order] = scale;
    this.theta = theta!;
    this.#order = order;
    this.gram.set(gram);
    if (order.length === 0) return;
    const { dimension, stride } = this;
    const width = 2 * order.length;
    this.#rows = new Float64Array(dimension * stride);
    for (let i = 0; i < dimension; i++) {
      this.#rows.set(pairs.subarray(i * width, (i + 1) * width), i * stride);
    }
    this.#factorise();
  }

  /**
   * Takes the pair s = x⁺ − x, y = g⁺ − g, unless its curvature is too small; if T is then not
   * numerically positive definite, forgets everything.
   *
   * All arguments have shape [n] and are only read.
   */
  update(
    x: Float64Array,
    gradient: Float64Array,
    nextX: Float64Array,
    nextGradient: Float64Array,
  ): void {
    let sy = 0;
    let yy = 0;
    let sg = 0;
    for (let i = 0; i < x.length; i++) {
      const s = nextX[i]! - x[i]!;
      const y = nextGradient[i]! - gradient[i]!;
      sy += s * y;
      yy += y * y;
      sg += s * gradient[i]!;
    }
    if (!(sy > LEAST_CURVATURE * Math.abs(sg) && yy < Infinity)) return;

    if (this.#rows.length === 0) this.#rows = new Float64Array(this.dimension * this.stride);
    const slot = this.count < this.memory ? this.count : this.#order.shift()!;
    this.#order.push(slot);
    this.#store(slot, x, gradient, nextX, nextGradient);
    this.theta = yy / sy;
    if (!this.#factorise()) this.reset();
  }

  /** Writes the pair into its slot and its inner products into {@link gram}, in one pass. */
  #store(
    slot: number,
    x: Float64Array,
    gradient: Float64Array,
    nextX: Float64Array,
    nextGradient: Float64Array,
  ): void {
    const { dimension, stride, rows, gram } = this;
    const width = 2 * this.count;
    const products = new Float64Array(2 * width);
    for (let from = 0; from < dimension; from += ROWS_PER_BLOCK) {
      const to = Math.min(from + ROWS_PER_BLOCK, dimension);
      for (let i = from; i < to; i++) {
        rows[i * stride + 2 * slot] = nextX[i]! - x[i]!;
        rows[i * stride + 2 * slot + 1] = nextGradient[i]! - gradient[i]!;
      }
      for (let column = 0; column < width; column += 2) {
        let ss = 0;
        let sy = 0;
        let ys = 0;
        let yy = 0;
        let at = from * stride;
        for (let i = from; i < to; i++) {
          const s = rows[at + 2 * slot]!;
          const y = rows[at + 2 * slot + 1]!;
          const otherS = rows[at + column]!;
          const otherY = rows[at + column + 1]!;
          ss += s * otherS;
          sy += s * otherY;
          ys += y * otherS;
          yy += y * otherY;
          at += stride;
        }
        products[2 * column]! += ss;
        products[2 * column + 1]! += sy;
        products[2 * column + 2]! += ys;
        products[2 * column + 3]! += yy;
      }
    }
    for (let column = 0; column < width; column += 2) {
      const [ss, sy, ys, yy] = products.subarray(2 * column, 2 * column + 4);
      gram[2 * slot * stride + column] = gram[column * stride + 2 * slot] = ss!;
      gram[2 * slot * stride + column + 1] = gram[(column + 1) * stride + 2 * slot] = sy!;
      gram[(2 * slot + 1) * stride + column] = gram[column * stride + 2 * slot + 1] = ys!;
      gram[(2 * slot + 1) * stride + column + 1] = gram[(column + 1) * stride + 2 * slot + 1] = yy!;
    }
  }

  /** J of T = θSᵀS + L D⁻¹ Lᵀ = J Jᵀ (BLNZ 1995, below eq. 3.6); false if T is not definite. */
  #factorise(): boolean {
    const { count, stride, gram, theta } = this;
    const order = this.#order;
    for (let i = 0; i < count; i++) {
      const si = 2 * order[i]! * stride;
      for (let j = 0; j <= i; j++) {
        const sj = 2 * order[j]! * stride;
        let sum = theta * gram[si + 2 * order[j]!]!;
        for (let k = 0; k < j; k++) {
          const yk = 2 * order[k]! + 1;
          sum += gram[si + yk]! * gram[sj + yk]! / gram[(yk - 1) * stride + yk]!;
        }
        this.#factor[i * count + j] = sum;
      }
    }
    return choleskyInPlace(this.#factor, count);
  }

  /**
   * target ← M̃ v, where W M Wᵀ = [S Y] M̃ [S Y]ᵀ; so B v = θv − rows · M̃ · (products of v).
   *
   * Solves [[−D, Lᵀ], [L, θSᵀS]] p = v through T in O(m²).
   *
   * @param v Shape [2 · count], in the order of the columns.
   * @param target Shape [2 · count]; not `v` itself.
   */
  applyMiddle(v: Float64Array, target: Float64Array): void {
    const { count, stride, gram, theta } = this;
    const order = this.#order;
    const p = this.#oldToNew;
    for (let i = 0; i < count; i++) {
      const si = 2 * order[i]! * stride;
      let sum = theta * v[2 * order[i]!]!;
      for (let k = 0; k < i; k++) {
        const yk = 2 * order[k]! + 1;
        sum += gram[si + yk]! / gram[(yk - 1) * stride + yk]! * v[yk]!;
      }
      p[i] = sum;
    }
    solveLowerInPlace(this.#factor, count, p);
    solveLowerTransposedInPlace(this.#factor, count, p);
    for (let k = 0; k < count; k++) {
      const yk = 2 * order[k]! + 1;
      let sum = -v[yk]!;
      for (let i = k + 1; i < count; i++) sum += gram[2 * order[i]! * stride + yk]! * p[i]!;
      target[yk] = sum / gram[(yk - 1) * stride + yk]!;
      target[yk - 1] = theta * p[k]!;
    }
  }
}
