import {
  add,
  advance,
  advanceBy,
  assemble,
  type Code,
  f32,
  fourTimes,
  get,
  load,
  repeatUntilEqual,
  secondAndFirst,
  set,
  store,
  type WasmFunction,
  widen,
  zeros,
} from "../../wasm/assembler.ts";

/** Columns on the left and on the right of a tile: its 32 sums stay in eight registers. */
const LEFT = 4;
const RIGHT = 8;
/** Bytes of a tile's sums, in float64. */
const TILE_BYTES = 8 * LEFT * RIGHT;

/** Bytes that a side may reach over the end of the last row. */
const BEHIND = 4 * RIGHT;
/** One page of WebAssembly's memory. */
const PAGE = 65536;

/** Inner products of the columns of a float32 matrix, panel after panel of its rows. */
export interface GramKernel {
  /** Where the rows of a panel are put, one behind the other. */
  readonly panel: Float32Array;
  /** Sums up the panel's inner products in float32, and adds them to sums in float64. */
  addPanel(rows: number): void;
  /** Σ over all panels of the product of columns i and j ≥ i. */
  sum(i: number, j: number): number;
}

const compiled = new Map<number, WebAssembly.Module>();

/** The kernel for so many columns, with a panel of at most `rows` rows. */
export function gramKernel(columns: number, rows: number): GramKernel {
  const panel = tilesBefore(Math.ceil(columns / RIGHT)) * TILE_BYTES;
  const memory = new WebAssembly.Memory({
    initial: Math.ceil((panel + 4 * columns * rows + BEHIND) / PAGE),
  });
  const module = compiled.get(columns) ?? new WebAssembly.Module(assemble([addPanel(columns)]));
  compiled.set(columns, module);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const run = exports.addPanel as (...addresses: number[]) => void;
  const sums = new Float64Array(memory.buffer, 0, panel / 8);
  return {
    panel: new Float32Array(memory.buffer, panel, columns * rows),
    addPanel: (rows) => run(panel, panel + 4 * (columns - columns % RIGHT), 4 * columns * rows, 0),
    sum(i, j) {
      const tile = tilesBefore(Math.floor(j / RIGHT)) + Math.floor(i / LEFT);
      return sums[(tile * LEFT + i % LEFT) * RIGHT + j % RIGHT]!;
    },
  };
}

/** Tiles with a right side before this one: their left sides go as far as it does. */
function tilesBefore(right: number): number {
  return right * (right + 1) * RIGHT / (2 * LEFT);
}

/**
 * Tile after tile, a left side of four columns times a right one of eight, in two halves. What is
 * left of the diagonal in whole is left out, and so is a half behind the last column. Sides may
 * reach over the end of a row, into the next one: no one reads the sums of these columns.
 */
function addPanel(columns: number): WasmFunction {
  const [right, rightEnd, bytes, sums] = [0, 1, 2, 3];
  const [left, leftEnd, row, other, rowEnd, panel] = [4, 5, 6, 7, 8, 9];
  const [columnsLeft, factor, sides] = [10, 11, [12, 13]];
  const sumOf = (i: number, half: number) => 14 + 2 * i + half;
  /** One tile, or a half of it. */
  const tile = (halves: readonly number[]): Code => {
    const each = (body: (i: number, half: number) => Code): Code =>
      Array.from({ length: LEFT }, (_, i) => halves.flatMap((half) => body(i, half))).flat();
    const addTo = (sum: number, offset: number): Code => [
      ...[...get(sums), ...get(sums), ...load(offset), ...get(sum), ...widen, ...add],
      ...store(offset),
    ];
    return [
      ...each((i, half) => [...zeros, ...set(sumOf(i, half))]),
      ...[...get(left), ...set(row), ...get(left), ...set(rowEnd), ...advanceBy(rowEnd, bytes)],
      ...[...get(right), ...set(other)],
      ...repeatUntilEqual(row, rowEnd, [
        // One load for four factors: loads, one in a cycle, are what limits the loop.
        ...[...get(row), ...load(), ...set(columnsLeft)],
        ...halves.flatMap((half) => [...get(other), ...load(16 * half), ...set(sides[half]!)]),
        ...each((i, half) => [
          ...(half === halves[0]
            ? [...get(columnsLeft), ...get(columnsLeft), ...fourTimes(i), ...set(factor)]
            : []),
          ...[...get(sumOf(i, half)), ...get(factor), ...get(sides[half]!), ...f32.multiply],
          ...[...f32.add, ...set(sumOf(i, half))],
        ]),
        ...[...advance(row, 4 * columns), ...advance(other, 4 * columns)],
      ]),
      ...each((i, half) => {
        const at = 8 * (i * RIGHT + 4 * half);
        const sum = sumOf(i, half);
        const turned = [...get(sum), ...get(sum), ...secondAndFirst, ...set(sum)];
        return [...addTo(sum, at), ...turned, ...addTo(sum, at + 16)];
      }),
      ...[...advance(sums, TILE_BYTES), ...advance(left, 4 * LEFT)],
    ];
  };
  /** All tiles with one right side, the last left side with its second half alone. */
  const tiles = (halves: readonly number[]): Code => [
    ...[...get(panel), ...set(left), ...get(right), ...set(leftEnd), ...advance(leftEnd, 4 * LEFT)],
    ...repeatUntilEqual(left, leftEnd, tile(halves)),
    ...(halves.includes(1) ? tile([1]) : []),
  ];
  const rest = columns % RIGHT;
  return {
    name: "addPanel",
    parameters: 4,
    integers: 6,
    vectors: 4 + 2 * LEFT,
    body: [
      ...[...get(right), ...set(panel)],
      ...(columns < RIGHT
        ? []
        : repeatUntilEqual(right, rightEnd, [...tiles([0, 1]), ...advance(right, 4 * RIGHT)])),
      ...(rest > 0 ? tiles(rest > RIGHT / 2 ? [0, 1] : [0]) : []),
    ],
  };
}
