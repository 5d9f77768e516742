import {
  add,
  advance,
  advanceBy,
  assemble,
  type Code,
  get,
  load,
  loadTwice,
  loadWidened,
  multiply,
  repeatUntilEqual,
  set,
  store,
  type WasmFunction,
  zeros,
} from "../../wasm/assembler.ts";

/**
 * Kernels over a few rows of a float32 matrix M, [rows, p] row-major, that lie in their memory. All
 * arguments are addresses and numbers of bytes; sums are in float64.
 */
export interface RowKernels {
  /** Their memory; its arrays are where the addresses say. */
  readonly memory: ArrayBufferLike;
  /** Copies float32 numbers from `source` as float64 to `target` … `targetEnd`, two at a time. */
  widen(source: number, target: number, targetEnd: number): void;
  /**
   * Adds to a 4 × 4 tile the products of four columns with four others, of a float64 panel.
   *
   * @param left First of the four columns in the panel's first row, `leftEnd` in the row after the
   *   last one; `right` the first of the four others.
   * @param stride Bytes in a row, of the panel and of the matrix that the tile is in.
   */
  addTile(left: number, leftEnd: number, right: number, stride: number, tile: number): void;
  /**
   * Writes for each row the four sums of M_j y_j over j ≡ 0, 1, 2, 3 modulo 4.
   *
   * @param y Float64, `yEnd` behind a number of entries which is a multiple of four.
   * @param gap Bytes from the last of these entries of a row to the next row.
   */
  rowProducts(
    block: number,
    blockEnd: number,
    y: number,
    yEnd: number,
    gap: number,
    sums: number,
  ): void;
  /**
   * product_j ← product_j + Σ_r M_rj g_r, four rows at a time.
   *
   * @param g Float64. `rowBytes` is the length of a row, and `product` … `productEnd` two entries
   *   for each two columns.
   */
  addTransposed(
    block: number,
    g: number,
    gEnd: number,
    rowBytes: number,
    product: number,
    productEnd: number,
  ): void;
}

/** One page of WebAssembly's memory. */
const PAGE = 65536;

let compiled: WebAssembly.Module | undefined;

/** The kernels with a memory of at least so many bytes, all zero. */
export function rowKernels(bytes: number): RowKernels {
  compiled ??= new WebAssembly.Module(assemble([WIDEN, ADD_TILE, ROW_PRODUCTS, ADD_TRANSPOSED]));
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return { memory: memory.buffer, ...exports as unknown as Omit<RowKernels, "memory"> };
}

const WIDEN: WasmFunction = {
  name: "widen",
  parameters: 3,
  integers: 0,
  vectors: 0,
  body: repeatUntilEqual(1, 2, [
    ...[...get(1), ...get(0), ...loadWidened(), ...store()],
    ...advance(0, 8),
    ...advance(1, 16),
  ]),
};

const ADD_TILE = addTile();

function addTile(): WasmFunction {
  const [left, leftEnd, right, stride, tile] = [0, 1, 2, 3, 4];
  const sums = [5, 6, 7, 8, 9, 10, 11, 12];
  const [b01, b23, a] = [13, 14, 15];
  const accumulate = (row: number): Code => [
    ...[...get(left), ...loadTwice(8 * row), ...set(a)],
    ...addProduct(sums[2 * row]!, [...get(a), ...get(b01)]),
    ...addProduct(sums[2 * row + 1]!, [...get(a), ...get(b23)]),
  ];
  const addToTile = (sum: number, offset: number): Code => [
    ...get(tile),
    ...[...get(tile), ...load(offset), ...get(sum), ...add],
    ...store(offset),
  ];
  return {
    name: "addTile",
    parameters: 5,
    integers: 0,
    vectors: 11,
    body: [
      ...repeatUntilEqual(left, leftEnd, [
        ...[...get(right), ...load(), ...set(b01)],
        ...[...get(right), ...load(16), ...set(b23)],
        ...[0, 1, 2, 3].flatMap(accumulate),
        ...advanceBy(left, stride),
        ...advanceBy(right, stride),
      ]),
      ...[0, 1, 2, 3].flatMap((row) => [
        ...addToTile(sums[2 * row]!, 0),
        ...addToTile(sums[2 * row + 1]!, 16),
        ...advanceBy(tile, stride),
      ]),
    ],
  };
}

const ROW_PRODUCTS = rowProducts();

function rowProducts(): WasmFunction {
  const [block, blockEnd, y, yEnd, gap, sums] = [0, 1, 2, 3, 4, 5];
  const [at, s01, s23] = [6, 7, 8];
  return {
    name: "rowProducts",
    parameters: 6,
    integers: 1,
    vectors: 2,
    body: repeatUntilEqual(block, blockEnd, [
      ...[...get(y), ...set(at), ...zeros, ...set(s01), ...zeros, ...set(s23)],
      ...repeatUntilEqual(at, yEnd, [
        ...addProduct(s01, [...get(block), ...loadWidened(), ...get(at), ...load()]),
        ...addProduct(s23, [...get(block), ...loadWidened(8), ...get(at), ...load(16)]),
        ...advance(block, 16),
        ...advance(at, 32),
      ]),
      ...[...get(sums), ...get(s01), ...store()],
      ...[...get(sums), ...get(s23), ...store(16)],
      ...advance(sums, 32),
      ...advanceBy(block, gap),
    ]),
  };
}

const ADD_TRANSPOSED = addTransposed();

function addTransposed(): WasmFunction {
  const [block, g, gEnd, rowBytes, product, productEnd] = [0, 1, 2, 3, 4, 5];
  const at = 6;
  const rows = [7, 8, 9, 10];
  const factors = [11, 12, 13, 14];
  const term = (r: number): Code => [
    ...[...get(rows[r]!), ...loadWidened(), ...get(factors[r]!), ...multiply],
    ...(r > 0 ? add : []),
  ];
  return {
    name: "addTransposed",
    parameters: 6,
    integers: 5,
    vectors: 4,
    body: repeatUntilEqual(g, gEnd, [
      ...rows.flatMap((row, r) => [
        ...[...get(block), ...set(row)],
        ...advanceBy(block, rowBytes),
        ...[...get(g), ...loadTwice(8 * r), ...set(factors[r]!)],
      ]),
      ...[...get(product), ...set(at)],
      ...repeatUntilEqual(at, productEnd, [
        ...[...get(at), ...get(at), ...load()],
        ...rows.flatMap((_, r) => term(r)),
        ...[...add, ...store()],
        ...rows.flatMap((row) => advance(row, 8)),
        ...advance(at, 16),
      ]),
      ...advance(g, 32),
    ]),
  };
}

/** sum ← sum + the product of the two vectors that `factors` pushes. */
export function addProduct(sum: number, factors: Code): Code {
  return [...get(sum), ...factors, ...multiply, ...add, ...set(sum)];
}
