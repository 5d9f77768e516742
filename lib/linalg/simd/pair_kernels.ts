import {
  absolute,
  add,
  advance,
  assemble,
  type Code,
  firstAndFirst,
  get,
  load,
  loadInteger,
  loadTwice,
  multiply,
  repeatUntilEqual,
  secondAndFirst,
  secondAndSecond,
  set,
  squareRoot,
  store,
  storeFirst,
  type WasmFunction,
  zeros,
} from "../../wasm/assembler.ts";
import { addProduct } from "./row_kernels.ts";

/**
 * Kernels over rows of float64 pairs (s₀, y₀), (s₁, y₁), …, where one vector of the processor holds a
 * pair. The loops over the pairs are written out, for so many pairs as there are.
 *
 * All arguments are addresses; a list is one of row addresses, i32.
 */
export interface PairKernels {
  /**
   * For each pair k: sums_k ← sums_k + Σ (s s_k, s y_k, y s_k, y y_k) over rows side by side.
   *
   * @param pair The pair (s, y) in the first row.
   */
  addPairProducts(row: number, rowEnd: number, pair: number, sums: number): void;
  /**
   * Adds each row w of a list to sums of its own: Σ d w, Σ z w and Σ (d², |d| √(Σ_j ω_j w_j²)), one
   * behind the other, the first two of `stride` numbers.
   *
   * @param list For each row its address and that of its sums.
   * @param factors For each row d and z.
   * @param weights ω, one for each number of a row in use.
   */
  addToSums(list: number, listEnd: number, factors: number, weights: number): void;
  /** sums ← sums + Σ d w over the rows w of a list, with one factor d each. */
  addWeighted(list: number, listEnd: number, factors: number, sums: number): void;
  /** Writes for each row w of a list wᵀv. */
  project(list: number, listEnd: number, v: number, target: number): void;
  /** Copies each row of a list to a panel with rows of {@link panelBytes}. */
  gather(list: number, listEnd: number, panel: number): void;
  /**
   * Adds the inner products of a panel's columns to a square matrix with as many, its lower left not
   * in whole.
   *
   * @param panelEnd Behind an even number of rows.
   */
  addGram(panel: number, panelEnd: number, gram: number): void;
}

/** Columns on each side of a tile of inner products. */
const TILE = 4;
/** Pairs whose sums stay in registers together. */
const PAIRS_IN_REGISTERS = 5;
const PAIR = 16;

/** Bytes in a row of the panel of {@link PairKernels.gather}: whole tiles. */
export function panelBytes(pairs: number): number {
  return 8 * TILE * Math.ceil(2 * pairs / TILE);
}

const compiled = new Map<string, WebAssembly.Module>();

/** The kernels for so many `pairs` in rows which have room for `capacity` of them. */
export function pairKernels(
  memory: WebAssembly.Memory,
  pairs: number,
  capacity: number,
): PairKernels {
  const name = `${pairs} of ${capacity}`;
  const kernels = compiled.get(name) ?? new WebAssembly.Module(assemble([
    addPairProducts(pairs, capacity),
    addToSums(pairs, capacity),
    addWeighted(pairs),
    project(pairs),
    gather(pairs),
    addGram(pairs),
  ]));
  compiled.set(name, kernels);
  const { exports } = new WebAssembly.Instance(kernels, { env: { memory } });
  return exports as unknown as PairKernels;
}

function addPairProducts(pairs: number, capacity: number): WasmFunction {
  const [row, rowEnd, pair, sums, at, own] = [0, 1, 2, 3, 4, 5];
  const [s, y, other] = [6, 7, 8];
  const ofS = (i: number) => 9 + 2 * i;
  const ofY = (i: number) => 10 + 2 * i;
  const addTo = (sum: number, offset: number): Code => [
    ...get(sums),
    ...[...get(sums), ...load(offset), ...get(sum), ...add],
    ...store(offset),
  ];
  const group = (from: number): Code => {
    const size = Math.min(PAIRS_IN_REGISTERS, pairs - from);
    const each = (body: (i: number) => Code): Code =>
      Array.from({ length: size }, (_, i) => body(i)).flat();
    return [
      ...[...get(row), ...set(at), ...get(pair), ...set(own)],
      ...each((i) => [...zeros, ...set(ofS(i)), ...zeros, ...set(ofY(i))]),
      ...repeatUntilEqual(at, rowEnd, [
        ...[...get(own), ...loadTwice(), ...set(s), ...get(own), ...loadTwice(8), ...set(y)],
        ...each((i) => [
          ...[...get(at), ...load(PAIR * (from + i)), ...set(other)],
          ...addProduct(ofS(i), [...get(s), ...get(other)]),
          ...addProduct(ofY(i), [...get(y), ...get(other)]),
        ]),
        ...advance(at, PAIR * capacity),
        ...advance(own, PAIR * capacity),
      ]),
      ...each((i) => [
        ...addTo(ofS(i), 2 * PAIR * (from + i)),
        ...addTo(ofY(i), 2 * PAIR * (from + i) + PAIR),
      ]),
    ];
  };
  const groups = Math.ceil(pairs / PAIRS_IN_REGISTERS);
  return {
    name: "addPairProducts",
    parameters: 4,
    integers: 2,
    vectors: 3 + 2 * PAIRS_IN_REGISTERS,
    body: Array.from({ length: groups }, (_, k) => group(k * PAIRS_IN_REGISTERS)).flat(),
  };
}

function addToSums(pairs: number, capacity: number): WasmFunction {
  const [list, listEnd, factors, weights, row, sums] = [0, 1, 2, 3, 4, 5];
  const [d, z, w, size] = [6, 7, 8, 9];
  const last = 2 * PAIR * capacity;
  const addTo = (offset: number, term: Code): Code => [
    ...get(sums),
    ...[...get(sums), ...load(offset), ...term, ...add],
    ...store(offset),
  ];
  return {
    name: "addToSums",
    parameters: 4,
    integers: 2,
    vectors: 4,
    body: repeatUntilEqual(list, listEnd, [
      ...[...get(list), ...loadInteger(), ...set(row)],
      ...[...get(list), ...loadInteger(4), ...set(sums)],
      ...[...get(factors), ...loadTwice(), ...set(d)],
      ...[...get(factors), ...loadTwice(8), ...set(z), ...zeros, ...set(size)],
      ...Array.from({ length: pairs }, (_, k) => PAIR * k).flatMap((offset) => [
        ...[...get(row), ...load(offset), ...set(w)],
        ...addTo(offset, [...get(d), ...get(w), ...multiply]),
        ...addTo(PAIR * capacity + offset, [...get(z), ...get(w), ...multiply]),
        ...addProduct(size, [
          ...[...get(w), ...get(w), ...multiply],
          ...[...get(weights), ...load(offset)],
        ]),
      ]),
      ...addTo(last, [
        ...[...get(d), ...get(d), ...multiply],
        ...[...get(size), ...get(size), ...get(size), ...secondAndFirst, ...add, ...squareRoot],
        ...[...get(d), ...absolute, ...multiply],
        ...firstAndFirst,
      ]),
      ...advance(list, 8),
      ...advance(factors, 16),
    ]),
  };
}

function addWeighted(pairs: number): WasmFunction {
  const [list, listEnd, factors, sums, row] = [0, 1, 2, 3, 4];
  const d = 5;
  const sumOf = (k: number) => 6 + k;
  const each = (body: (k: number) => Code): Code =>
    Array.from({ length: pairs }, (_, k) => body(k)).flat();
  return {
    name: "addWeighted",
    parameters: 4,
    integers: 1,
    vectors: 1 + pairs,
    body: [
      ...each((k) => [...get(sums), ...load(PAIR * k), ...set(sumOf(k))]),
      ...repeatUntilEqual(list, listEnd, [
        ...[...get(list), ...loadInteger(), ...set(row)],
        ...[...get(factors), ...loadTwice(), ...set(d)],
        ...each((k) => addProduct(sumOf(k), [...get(d), ...get(row), ...load(PAIR * k)])),
        ...advance(list, 4),
        ...advance(factors, 8),
      ]),
      ...each((k) => [...get(sums), ...get(sumOf(k)), ...store(PAIR * k)]),
    ],
  };
}

function project(pairs: number): WasmFunction {
  const [list, listEnd, v, target, row] = [0, 1, 2, 3, 4];
  const sum = 5;
  const ofV = (k: number) => 6 + k;
  const each = (body: (k: number) => Code): Code =>
    Array.from({ length: pairs }, (_, k) => body(k)).flat();
  return {
    name: "project",
    parameters: 4,
    integers: 1,
    vectors: 1 + pairs,
    body: [
      ...each((k) => [...get(v), ...load(PAIR * k), ...set(ofV(k))]),
      ...repeatUntilEqual(list, listEnd, [
        ...[...get(list), ...loadInteger(), ...set(row)],
        ...each((k) => [
          ...[...get(row), ...load(PAIR * k), ...get(ofV(k)), ...multiply],
          ...(k > 0 ? add : []),
        ]),
        ...set(sum),
        ...get(target),
        ...[...get(sum), ...get(sum), ...get(sum), ...secondAndFirst, ...add],
        ...storeFirst(),
        ...advance(list, 4),
        ...advance(target, 8),
      ]),
    ],
  };
}

function gather(pairs: number): WasmFunction {
  const [list, listEnd, panel, row] = [0, 1, 2, 3];
  return {
    name: "gather",
    parameters: 3,
    integers: 1,
    vectors: 0,
    body: repeatUntilEqual(list, listEnd, [
      ...[...get(list), ...loadInteger(), ...set(row)],
      ...Array.from({ length: pairs }, (_, k) => [
        ...[...get(panel), ...get(row), ...load(PAIR * k), ...store(PAIR * k)],
      ]).flat(),
      ...advance(list, 4),
      ...advance(panel, panelBytes(pairs)),
    ]),
  };
}

function addGram(pairs: number): WasmFunction {
  const [panel, panelEnd, gram, row] = [0, 1, 2, 3];
  const [left, right0, right1, pair] = [4, 5, 6, 7];
  const sumOf = (i: number, half: number) => 8 + 2 * i + half;
  const rowBytes = panelBytes(pairs);
  // Two columns a vector: those which are in use and, of the symmetric matrix, not left of the diagonal.
  const wanted = (a: number, b: number) =>
    Array.from({ length: TILE }, (_, i) => [0, 1].map((half) => ({ i, half }))).flat()
      .filter(({ i, half }) => {
        const line = a / 8 + i;
        const column = b / 8 + 2 * half;
        return line < 2 * pairs && column < 2 * pairs && column + 1 >= line;
      });
  // Two loads for four factors: loads, one in a cycle, are what limits the loop.
  const accumulate = (a: number, b: number, ahead: number): Code => [
    ...[...get(row), ...load(ahead + b), ...set(right0)],
    ...[...get(row), ...load(ahead + b + 16), ...set(right1)],
    ...wanted(a, b).flatMap(({ i, half }, k, all) => [
      ...(all[k - 1]?.i === i ? [] : [
        ...(i % 2 === 0 ? [...get(row), ...load(ahead + a + 8 * i), ...set(pair)] : []),
        ...[...get(pair), ...get(pair), ...(i % 2 === 0 ? firstAndFirst : secondAndSecond)],
        ...set(left),
      ]),
      ...addProduct(sumOf(i, half), [...get(left), ...get(half === 0 ? right0 : right1)]),
    ]),
  ];
  const tile = (a: number, b: number): Code => [
    ...wanted(a, b).flatMap(({ i, half }) => [...zeros, ...set(sumOf(i, half))]),
    ...[...get(panel), ...set(row)],
    ...repeatUntilEqual(row, panelEnd, [
      ...accumulate(a, b, 0),
      ...accumulate(a, b, rowBytes),
      ...advance(row, 2 * rowBytes),
    ]),
    ...wanted(a, b).flatMap(({ i, half }) => {
      const at = (a / 8 + i) * rowBytes + b + 16 * half;
      return [
        ...[...get(gram), ...get(gram), ...load(at), ...get(sumOf(i, half)), ...add],
        ...store(at),
      ];
    }),
  ];
  const starts = Array.from({ length: rowBytes / (8 * TILE) }, (_, k) => 8 * TILE * k);
  return {
    name: "addGram",
    parameters: 3,
    integers: 1,
    vectors: 4 + 2 * TILE,
    body: starts.flatMap((a) => starts.filter((b) => b >= a).flatMap((b) => tile(a, b))),
  };
}
