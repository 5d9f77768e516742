import { batchMatMul } from "../../lib/graph/ops/batch_mat_mul.ts";
import { concat } from "../../lib/graph/ops/concat.ts";
import { slice, unslice } from "../../lib/graph/ops/slice.ts";
import { transpose } from "../../lib/graph/ops/transpose.ts";
import { type Shape, showShape, sizeOf } from "../../lib/graph/shape.ts";
import { type OpCase, real } from "./op_case.ts";
import { matMulPlain } from "./plain_formulas.ts";

/** Index along each axis of a flat index. */
function indexOf(flat: number, shape: Shape): number[] {
  return shape.map((extent, axis) => Math.floor(flat / sizeOf(shape.slice(axis + 1))) % extent);
}

/** x at an index along each axis. */
function at(x: ArrayLike<number>, shape: Shape, index: readonly number[]): number {
  return x[index.reduce((flat, i, axis) => flat * shape[axis]! + i, 0)]!;
}

/** Entries by a function of their index. */
function tabulate(shape: Shape, entry: (index: number[]) => number): number[] {
  return Array.from({ length: sizeOf(shape) }, (_, flat) => entry(indexOf(flat, shape)));
}

const TRANSPOSES: readonly [Shape, number[]][] = [
  [[2, 3], [1, 0]],
  [[2, 3, 4], [2, 0, 1]],
  [[2, 1, 3, 2], [0, 3, 1, 2]],
  [[1, 2, 1, 2, 3], [4, 2, 0, 3, 1]],
];

const TRANSPOSE_CASES = TRANSPOSES.map(([shape, permutation]): OpCase => {
  const target = permutation.map((axis) => shape[axis]!);
  return {
    op: "transpose",
    label: `${showShape(shape)} by ${permutation}`,
    inputs: [real(shape)],
    build: (x) => transpose(x!, permutation),
    formula: (x) =>
      tabulate(
        target,
        (index) => at(x!, shape, shape.map((_, i) => index[permutation.indexOf(i)]!)),
      ),
  };
});

/** Whole, starts, sizes, strides. */
const CUTS: readonly [Shape, number[], Shape, number[]][] = [
  [[5], [1], [3], [1]],
  [[7], [1], [3], [2]],
  [[7], [6], [1], [3]],
  [[3, 4], [0, 1], [3, 2], [1, 1]],
  [[4, 5, 6], [1, 0, 2], [2, 5, 2], [2, 1, 3]],
  [[2, 5, 5, 3], [0, 1, 0, 0], [2, 2, 3, 3], [1, 2, 2, 1]],
  [[2, 3], [1, 1], [1, 1], [1, 1]],
];

const CUT_CASES = CUTS.flatMap(([whole, starts, sizes, strides]): OpCase[] => {
  const label = `${showShape(sizes)} of ${showShape(whole)} from ${starts} by ${strides}`;
  return [
    {
      op: "slice",
      label,
      inputs: [real(whole)],
      build: (x) => slice(x!, starts, sizes, strides),
      formula: (x) =>
        tabulate(
          sizes,
          (index) => at(x!, whole, index.map((i, k) => starts[k]! + i * strides[k]!)),
        ),
    },
    {
      op: "unslice",
      label,
      inputs: [real(sizes)],
      build: (x) => unslice(x!, starts, whole, strides),
      formula: (x) =>
        tabulate(whole, (index) => {
          const place = index.map((i, k) => (i - starts[k]!) / strides[k]!);
          const inside = place.every((i, k) => Number.isInteger(i) && i >= 0 && i < sizes[k]!);
          return inside ? at(x!, sizes, place) : 0;
        }),
    },
  ];
});

/** Shapes and the axis. */
const CONCATS: readonly [Shape[], number][] = [
  [[[2], [3]], 0],
  [[[2, 2], [2, 1], [2, 3]], 1],
  [[[1, 2, 3], [2, 2, 3]], 0],
  [[[2, 1, 2], [2, 2, 2]], 1],
];

const CONCAT_CASES = CONCATS.map(([shapes, axis]): OpCase => {
  const whole = shapes[0]!.map((extent, i) =>
    i === axis ? shapes.reduce((sum, shape) => sum + shape[axis]!, 0) : extent
  );
  return {
    op: "concat",
    label: `${shapes.map(showShape).join(" ")} along ${axis}`,
    inputs: shapes.map((shape) => real(shape)),
    build: (...values) => concat(values, axis),
    formula: (...parts) =>
      tabulate(whole, (index) => {
        let [part, i] = [0, index[axis]!];
        while (i >= shapes[part]![axis]!) i -= shapes[part++]![axis]!;
        return at(parts[part]!, shapes[part]!, index.with(axis, i));
      }),
  };
});

const BATCH_MAT_MUL_CASES = [[false, false], [true, false], [false, true], [true, true]].flatMap(
  ([ta, tb]) =>
    [[[2], 2, 3, 4], [[2, 2], 1, 3, 2], [[1], 2, 1, 3]].map((drawn): OpCase => {
      const [stack, rows, inner, columns] = drawn as [number[], number, number, number];
      const a = ta ? [inner, rows] : [rows, inner];
      const b = tb ? [columns, inner] : [inner, columns];
      return {
        op: "batchMatMul",
        label: `${showShape([...stack, ...a])}${ta ? "ᵀ" : ""} ${showShape([...stack, ...b])}${
          tb ? "ᵀ" : ""
        }`,
        inputs: [real([...stack, ...a]), real([...stack, ...b])],
        build: (x, y) => batchMatMul(x!, y!, ta, tb),
        formula: (x, y) =>
          Array.from({ length: sizeOf(stack) }, (_, k) =>
            matMulPlain(
              x!.subarray(k * sizeOf(a), (k + 1) * sizeOf(a)),
              a,
              ta!,
              y!.subarray(k * sizeOf(b), (k + 1) * sizeOf(b)),
              b,
              tb!,
            )).flat(),
      };
    }),
);

/** Ops that move entries or multiply stacks of matrices. */
export const ARRAY_CASES: readonly OpCase[] = [
  ...TRANSPOSE_CASES,
  ...CUT_CASES,
  ...CONCAT_CASES,
  ...BATCH_MAT_MUL_CASES,
];
