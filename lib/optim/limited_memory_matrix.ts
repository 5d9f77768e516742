import {
  choleskyInPlace,
  solveLowerInPlace,
  solveLowerTransposedInPlace,
} from "../linalg/cholesky.ts";
import type { PairSums } from "./box_search.ts";
import { PairRows, type RowPass, SEGMENT_BYTES } from "./pair_rows.ts";

/** Curvature below which a pair is useless: sᵀy ≤ 2⁻⁵² |sᵀg|, as in L-BFGS-B 3.0. */
const LEAST_CURVATURE = Number.EPSILON;

/**
 * The limited-memory BFGS matrix B = θI − W M Wᵀ in its compact form.
 *
 * It is made of the last pairs s_j = x_{j+1} − x_j and y_j = g_{j+1} − g_j, old ones first:
 *
 *   W = [Y, θS],  M = [[−D, Lᵀ], [L, θSᵀS]]⁻¹,  S = [s_j],  Y = [y_j].
 *
 * D is the diagonal of SᵀY and L its strictly lower triangle; θ = yᵀy / sᵀy is of the newest pair.
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
  #rows: PairRows | undefined;
  /** Inner products of all columns with each other, shape [2m, 2m], symmetric. */
  readonly gram: Float64Array;
  /** θ, the scale of the identity. */
  theta = 1;
  #order: number[] = [];
  /** J, shape [count, count], in the order of time. */
  readonly #factor: Float64Array;
  readonly #oldToNew: Float64Array;

  readonly #segmentBytes: number;

  /** An empty memory, B = I, for `dimension` variables and up to `memory` pairs. */
  constructor(dimension: number, memory: number, segmentBytes: number = SEGMENT_BYTES) {
    this.#segmentBytes = segmentBytes;
    this.dimension = dimension;
    this.memory = memory;
    this.stride = 2 * memory;
    this.gram = new Float64Array(this.stride * this.stride);
    this.#factor = new Float64Array(memory * memory);
    this.#oldToNew = new Float64Array(memory);
  }

  /**
   * Row i is s_0i, y_0i, s_1i, …; shape [n, 2m], the first 2 · count columns are in use. They are
   * made when a pair is taken: up the concave slopes of a sharpness there may be none.
   */
  get rows(): PairRows {
    return this.#rows ??= PairRows.take(this.dimension, this.memory, this.#segmentBytes);
  }

  /** Ends the use of the matrix: the memory of its rows is free for the next one. */
  [Symbol.dispose](): void {
    this.reset();
    this.#rows?.release();
    this.#rows = undefined;
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
    const { dimension, gram, theta, count } = this;
    const width = 2 * count; // the slots in use are always the first ones
    const pairs = new Float64Array(dimension * width);
    if (count > 0) {
      for (let i = 0; i < dimension; i++) {
        this.rows.copyRow(i, pairs.subarray(i * width, (i + 1) * width));
      }
    }
    return { pairs, gram: gram.slice(), scale: Float64Array.of(theta, ...this.#order) };
  }

  /** Becomes the matrix that a {@link snapshot} was taken of, bit by bit. */
  restore({ pairs, gram, scale }: ReturnType<LimitedMemoryMatrix["snapshot"]>): void {
    this.restoreSums({ gram, scale });
    if (this.count === 0) return;
    const width = 2 * this.count;
    for (let i = 0; i < this.dimension; i++) {
      this.rows.setRow(i, pairs.subarray(i * width, (i + 1) * width));
    }
    this.rows.use(this.count);
  }

  /**
   * Takes the pair s = x⁺ − x, y = g⁺ − g, unless its curvature is too small; if T is then not
   * numerically positive definite, forgets everything.
   *
   * All arguments have shape [n] and are only read.
   *
   * @param along Called once a pair is taken, with θ and the sizes of the columns in place, for sums
   *   over all rows: each block of rows is added while it is in the processor's cache.
   * @returns Whether the pair was taken, and the sums were formed.
   */
  update(
    x: Float64Array,
    gradient: Float64Array,
    nextX: Float64Array,
    nextGradient: Float64Array,
    along?: () => RowPass,
  ): boolean {
    const { ss, sy, yy, sg } = curvature(x, gradient, nextX, nextGradient);
    if (!isUseful(sy, sg, yy)) return false;

    const slot = this.#newestSlot();
    this.rows.use(this.count);
    this.theta = yy / sy;
    this.gram[2 * slot * (this.stride + 1)] = ss;
    this.gram[(2 * slot + 1) * (this.stride + 1)] = yy;
    for (const { products } of this.rows.segments) products.fill(0);
    const pass = along?.();
    const { stride } = this;
    this.rows.forEachRun((segment, first, last) => {
      const { from, numbers, base, rowBytes, kernels, at } = segment;
      let number = (first - from) * stride + 2 * slot;
      for (let i = first; i < last; i++) {
        numbers[number] = nextX[i]! - x[i]!;
        numbers[number + 1] = nextGradient[i]! - gradient[i]!;
        number += stride;
      }
      const row = base + (first - from) * rowBytes;
      const end = base + (last - from) * rowBytes;
      kernels.addPairProducts(row, end, row + 16 * slot, at.products);
      pass?.addBlock(segment, first, last);
    });
    this.#takeProducts(slot);
    pass?.finish();
    if (!this.#factorise()) this.reset();
    return true;
  }

  /**
   * Takes a pair as {@link update} does, by its inner products, for whoever holds the columns himself.
   *
   * @returns The slot of the pair, or `undefined` if its curvature is too small.
   */
  takeSums({ ss, sy, yy, sg, ofS, ofY }: PairSums): number | undefined {
    if (!isUseful(sy, sg, yy)) return undefined;
    const slot = this.#newestSlot();
    this.theta = yy / sy;
    const { stride, gram } = this;
    const set = (a: number, b: number, value: number) => {
      gram[a * stride + b] = gram[b * stride + a] = value;
    };
    const s = 2 * slot;
    for (let column = 0; column < 2 * this.count; column++) {
      set(s, column, ofS[column]!);
      set(s + 1, column, ofY[column]!);
    }
    set(s, s, ss);
    set(s, s + 1, sy);
    set(s + 1, s + 1, yy);
    if (!this.#factorise()) this.reset();
    return slot;
  }

  /** Becomes a matrix by its inner products and its scale, as {@link snapshot} has them. */
  restoreSums({ gram, scale }: Record<"gram" | "scale", Float64Array>): void {
    const [theta, ...order] = scale;
    this.theta = theta!;
    this.#order = order;
    this.gram.set(gram);
    if (order.length > 0) this.#factorise();
  }

  /** Makes room for a pair: a free slot, or that of the oldest. */
  #newestSlot(): number {
    const slot = this.count < this.memory ? this.count : this.#order.shift()!;
    this.#order.push(slot);
    return slot;
  }

  /** Enters the inner products of a new pair into {@link gram}. */
  #takeProducts(slot: number): void {
    const { stride, gram, rows } = this;
    const s = 2 * slot;
    const y = s + 1;
    const set = (a: number, b: number, value: number) => {
      gram[a * stride + b] = gram[b * stride + a] = value;
    };
    for (let other = 0; other < 2 * this.count; other += 2) {
      const [ss, sy, ys, yy] = [0, 1, 2, 3].map((k) =>
        rows.segments.reduce((sum, { products }) => sum + products[2 * other + k]!, 0)
      );
      // The squares stay those of `curvature`, which were needed before this pass.
      if (other !== s) set(s, other, ss!);
      set(s, other + 1, sy!);
      set(y, other, ys!);
      if (other !== s) set(y, other + 1, yy!);
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

function isUseful(sy: number, sg: number, yy: number): boolean {
  return sy > LEAST_CURVATURE * Math.abs(sg) && yy < Infinity;
}

/** sᵀs, sᵀy, yᵀy and sᵀg of a pair; two sums side by side each, which the processor overlaps. */
function curvature(
  x: Float64Array,
  gradient: Float64Array,
  nextX: Float64Array,
  nextGradient: Float64Array,
): Readonly<Record<"ss" | "sy" | "yy" | "sg", number>> {
  const n = x.length;
  let [ss, sy, yy, sg] = [0, 0, 0, 0];
  let [otherSs, otherSy, otherYy, otherSg] = [0, 0, 0, 0];
  for (let i = n % 2; i < n; i += 2) {
    const s = nextX[i]! - x[i]!;
    const y = nextGradient[i]! - gradient[i]!;
    ss += s * s;
    sy += s * y;
    yy += y * y;
    sg += s * gradient[i]!;
    const otherS = nextX[i + 1]! - x[i + 1]!;
    const otherY = nextGradient[i + 1]! - gradient[i + 1]!;
    otherSs += otherS * otherS;
    otherSy += otherS * otherY;
    otherYy += otherY * otherY;
    otherSg += otherS * gradient[i + 1]!;
  }
  if (n % 2 === 1) {
    const s = nextX[0]! - x[0]!;
    const y = nextGradient[0]! - gradient[0]!;
    ss += s * s;
    sy += s * y;
    yy += y * y;
    sg += s * gradient[0]!;
  }
  return { ss: ss + otherSs, sy: sy + otherSy, yy: yy + otherYy, sg: sg + otherSg };
}
