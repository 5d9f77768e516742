import { type PairKernels, pairKernels, panelBytes } from "../linalg/simd/pair_kernels.ts";

/** Rows handled together: with 2m = 20 columns 20 KiB, a part of a processor's level-1 cache. */
export const ROWS_PER_BLOCK = 128;

/** Sums that {@link PairKernels.addToSums} keeps apart in a segment, one for each group of rows. */
export const GROUPS = 1025;

/** Most bytes of rows in one segment: WebAssembly's memory ends at 4 GiB. */
export const SEGMENT_BYTES = 2 ** 30;
/** One page of WebAssembly's memory. */
const PAGE = 65536;

/** A part of the rows, in a memory of the kernels' own; rows are numbered through all segments. */
export interface Segment {
  /** Its first row. */
  readonly from: number;
  /** The row after its last one. */
  readonly to: number;
  /** Its rows, one behind the other. */
  readonly numbers: Float64Array;
  /** Where they begin, in bytes. */
  readonly base: number;
  /** Bytes in a row. */
  readonly rowBytes: number;
  /** For as many pairs as are in use. */
  kernels: PairKernels;
  /** Where the arguments of the kernels lie, in bytes, with room for one block. */
  readonly at: Readonly<
    Record<
      | "list"
      | "factors"
      | "otherList"
      | "otherFactors"
      | "gramList"
      | "vector"
      | "products"
      | "panel",
      number
    >
  >;
  /** A row address for each row of a block, or two addresses. */
  readonly list: Int32Array;
  /** A number for each row of a block, or two. */
  readonly factors: Float64Array;
  /** A row address for each row of a block that is in another list. */
  readonly otherList: Int32Array;
  /** A number for each of these. */
  readonly otherFactors: Float64Array;
  /** A row address for each row of a block that is in a third list. */
  readonly gramList: Int32Array;
  /** A number for each column. */
  readonly vector: Float64Array;
  /** Four inner products for each pair. */
  readonly products: Float64Array;
  /** Rows of a block, one behind the other. */
  readonly panelRows: Float64Array;
  /** Inner products of the panel's columns, in rows as long as the panel's. */
  readonly tiles: Float64Array;
  readonly tilesAt: number;
  /** For each group: a sum for each column, another for each column, and two more. */
  readonly groups: Float64Array;
  readonly groupsAt: number;
}

/** Sums over all rows, formed block after block. */
export interface RowPass {
  /** Adds rows `first` … `last` − 1 of a segment, no more than a block of them. */
  addBlock(segment: Segment, first: number, last: number): void;
  /** Ends the sums. */
  finish(): void;
}

/**
 * The rows of [S Y], float64, where WebAssembly's vectors reach them.
 *
 * A matrix may be larger than the 4 GiB of one such memory, hence the segments. Which row is in which
 * segment is a function of the number of columns alone, as are all orders of summation.
 */
export class PairRows {
  /** All rows, segment after segment. */
  readonly segments: readonly Segment[];
  readonly #memories: readonly WebAssembly.Memory[];
  readonly #stride: number;
  readonly #shape: string;
  #count = 0;

  private constructor(dimension: number, memory: number, segmentBytes: number, shape: string) {
    this.#shape = shape;
    this.#stride = 2 * memory;
    const rowBytes = 8 * this.#stride;
    const most = Math.max(1, Math.floor(segmentBytes / rowBytes));
    const parts = Array.from({ length: Math.ceil(dimension / most) }, (_, k) => {
      return makeSegment(k * most, Math.min((k + 1) * most, dimension), memory);
    });
    this.#memories = parts.map(({ memory }) => memory);
    this.segments = parts.map(({ segment }) => segment);
  }

  /**
   * Rows with room for `memory` pairs, of any content: those that were let go last, if they are as
   * many. New memory costs a fault for each of its pages, and the old one waits for the collector.
   */
  static take(dimension: number, memory: number, segmentBytes: number): PairRows {
    const shape = `${dimension} ${memory} ${segmentBytes}`;
    const kept = lastReleased?.deref();
    lastReleased = undefined;
    return kept && kept.#shape === shape
      ? kept
      : new PairRows(dimension, memory, segmentBytes, shape);
  }

  /** Lets the rows go, for the next one to take them; they must not be used any more. */
  release(): void {
    lastReleased = new WeakRef(this);
  }

  /** Readies the kernels for the first `count` pairs of each row. */
  use(count: number): void {
    if (count === this.#count) return;
    this.#count = count;
    for (const [k, segment] of this.segments.entries()) {
      segment.kernels = pairKernels(this.#memories[k]!, count, this.#stride / 2);
    }
  }

  /** The segment that row i is in. */
  segmentOf(i: number): Segment {
    const { to } = this.segments[0]!;
    return this.segments[i < to ? 0 : Math.floor(i / to)]!;
  }

  /** Copies the beginning of row i, as much as `target` takes. */
  copyRow(i: number, target: Float64Array): void {
    const { numbers, from } = this.segmentOf(i);
    const at = (i - from) * this.#stride;
    for (let j = 0; j < target.length; j++) target[j] = numbers[at + j]!;
  }

  /** Writes the beginning of row i. */
  setRow(i: number, values: Float64Array): void {
    const { numbers, from } = this.segmentOf(i);
    numbers.set(values, (i - from) * this.#stride);
  }

  /** Calls `visit` with all rows in order, from `first` to before `last` of a segment at a time. */
  forEachRun(visit: RowPass["addBlock"]): void {
    for (const segment of this.segments) {
      for (let first = segment.from; first < segment.to; first += ROWS_PER_BLOCK) {
        visit(segment, first, Math.min(first + ROWS_PER_BLOCK, segment.to));
      }
    }
  }

  /**
   * Calls `visit` with the rows in `indices`, a block of one segment after another: block k of the
   * list is `indices[from] … indices[to − 1]`, whose addresses stand in the segment's list.
   *
   * @param indices Ascending or descending.
   */
  forEachBlock(
    indices: Int32Array,
    visit: (segment: Segment, from: number, to: number) => void,
  ): void {
    let to = 0;
    for (let from = 0; from < indices.length; from = to) {
      const segment = this.segmentOf(indices[from]!);
      const { list, base, rowBytes } = segment;
      const first = segment.from;
      const last = Math.min(from + ROWS_PER_BLOCK, indices.length);
      for (to = from; to < last; to++) {
        const i = indices[to]!;
        if (i < first || i >= segment.to) break;
        list[to - from] = base + (i - first) * rowBytes;
      }
      visit(segment, from, to);
    }
  }
}

/** Weak, so that nothing holds gigabytes that nobody needs. */
let lastReleased: WeakRef<PairRows> | undefined;

function makeSegment(from: number, to: number, capacity: number) {
  let end = 0;
  const place = (bytes: number): number => {
    const at = end;
    end += 64 * Math.ceil(bytes / 64);
    return at;
  };
  const stride = 2 * capacity;
  const panelRow = panelBytes(capacity);
  const groupNumbers = 2 * stride + 2;
  const at = {
    list: place(8 * ROWS_PER_BLOCK),
    factors: place(16 * ROWS_PER_BLOCK),
    otherList: place(4 * ROWS_PER_BLOCK),
    otherFactors: place(8 * ROWS_PER_BLOCK),
    gramList: place(4 * ROWS_PER_BLOCK),
    vector: place(8 * stride),
    products: place(16 * stride),
    panel: place(panelRow * ROWS_PER_BLOCK),
  };
  const tilesAt = place(panelRow ** 2 / 8);
  const groupsAt = place(8 * GROUPS * groupNumbers);
  const base = place(8 * stride * (to - from));
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / PAGE) });
  const doubles = (offset: number, length: number) =>
    new Float64Array(memory.buffer, offset, length);
  const segment: Segment = {
    from,
    to,
    numbers: doubles(base, stride * (to - from)),
    base,
    rowBytes: 8 * stride,
    kernels: pairKernels(memory, capacity, capacity),
    at,
    list: new Int32Array(memory.buffer, at.list, 2 * ROWS_PER_BLOCK),
    factors: doubles(at.factors, 2 * ROWS_PER_BLOCK),
    otherList: new Int32Array(memory.buffer, at.otherList, ROWS_PER_BLOCK),
    otherFactors: doubles(at.otherFactors, ROWS_PER_BLOCK),
    gramList: new Int32Array(memory.buffer, at.gramList, ROWS_PER_BLOCK),
    vector: doubles(at.vector, stride),
    products: doubles(at.products, 2 * stride),
    panelRows: doubles(at.panel, panelRow / 8 * ROWS_PER_BLOCK),
    tiles: doubles(tilesAt, panelRow ** 2 / 64),
    tilesAt,
    groups: doubles(groupsAt, GROUPS * groupNumbers),
    groupsAt,
  };
  return { memory, segment };
}
