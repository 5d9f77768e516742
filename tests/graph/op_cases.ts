import { add } from "../../lib/graph/ops/add.ts";
import { broadcastTo, sum } from "../../lib/graph/ops/sum.ts";
import { gaussianNoise } from "../../lib/graph/ops/gaussian_noise.ts";
import { keepMask } from "../../lib/graph/ops/keep_mask.ts";
import { philoxWords } from "../../lib/graph/philox.ts";
import { constant } from "../../lib/graph/ops/constant.ts";
import { ARRAY_CASES } from "./array_op_cases.ts";
import { IMAGE_CASES } from "./image_op_cases.ts";
import { NORM_CASES } from "./norm_op_cases.ts";
import { div } from "../../lib/graph/ops/div.ts";
import { erf } from "../../lib/graph/ops/erf.ts";
import { exp } from "../../lib/graph/ops/exp.ts";
import { argMax } from "../../lib/graph/ops/arg_max.ts";
import { expm1 } from "../../lib/graph/ops/expm1.ts";
import { log1p } from "../../lib/graph/ops/log1p.ts";
import { log } from "../../lib/graph/ops/log.ts";
import { logSoftmax } from "../../lib/graph/ops/log_softmax.ts";
import { matMul } from "../../lib/graph/ops/mat_mul.ts";
import { mul } from "../../lib/graph/ops/mul.ts";
import { oneHot } from "../../lib/graph/ops/one_hot.ts";
import { passWherePositive, relu } from "../../lib/graph/ops/relu.ts";
import { reshape } from "../../lib/graph/ops/reshape.ts";
import { rsqrt } from "../../lib/graph/ops/rsqrt.ts";
import { softmax } from "../../lib/graph/ops/softmax.ts";
import { softmaxCrossEntropy } from "../../lib/graph/ops/softmax_cross_entropy.ts";
import { sqrt } from "../../lib/graph/ops/sqrt.ts";
import { square } from "../../lib/graph/ops/square.ts";
import { sub } from "../../lib/graph/ops/sub.ts";
import { tanh } from "../../lib/graph/ops/tanh.ts";
import { type Shape, showShape, sizeOf } from "../../lib/graph/shape.ts";
import type { Value } from "../../lib/graph/value.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import { awayFromZero, key, labels, nodeWithin, type OpCase, real } from "./op_case.ts";
import {
  broadcastPlain,
  crossEntropyPlain,
  erfPlain,
  matMulPlain,
  softmaxPlain,
  sumPlain,
} from "./plain_formulas.ts";

/** Pairs of shapes that broadcast, in every way there is. */
const PAIRS: readonly [Shape, Shape][] = [
  [[2, 3], [2, 3]],
  [[], []],
  [[2, 3], [3]], // TensorFlow's BiasAdd
  [[2, 2, 3], [3]],
  [[3], [2, 3]],
  [[2, 3], []],
  [[2, 1], [1, 3]],
  [[2, 1, 3], [4, 1]],
];

function binaryCases(
  op: string,
  build: (a: Value, b: Value) => Value,
  evaluate: (a: number, b: number) => number,
  low = -1,
  high = 1,
): OpCase[] {
  const pairs = PAIRS.map(([a, b]): OpCase => ({
    op,
    label: `${showShape(a)} ${showShape(b)}`,
    inputs: [real(a), real(b, low, high)],
    build,
    formula: (x, y) => broadcastPlain(x, a, y, b, evaluate),
  }));
  const twice: OpCase = {
    op,
    label: "of a value with itself",
    inputs: [real([2, 3], low, high)],
    build: (a) => build(a, a),
    formula: (a) => a.map((ai) => evaluate(ai, ai)),
  };
  return [...pairs, twice];
}

function unaryCases(
  op: string,
  build: (x: Value) => Value,
  evaluate: (x: number) => number,
  input: (shape: Shape) => OpCase["inputs"][number] = real,
): OpCase[] {
  return [[], [3], [2, 3], [2, 1, 2, 2]].map((shape) => ({
    op,
    label: showShape(shape),
    inputs: [input(shape)],
    build,
    formula: (x) => x.map((xi) => evaluate(xi)),
  }));
}

function matMulCases(): OpCase[] {
  return [[false, false], [true, false], [false, true], [true, true]].flatMap(([ta, tb]) =>
    [[2, 3, 4], [1, 5, 1]].map(([rows, inner, columns]): OpCase => {
      const a = ta ? [inner!, rows!] : [rows!, inner!];
      const b = tb ? [columns!, inner!] : [inner!, columns!];
      return {
        op: "matMul",
        label: `${showShape(a)}${ta ? "ᵀ" : ""} ${showShape(b)}${tb ? "ᵀ" : ""}`,
        inputs: [real(a), real(b)],
        build: (x, y) => matMul(x, y, ta, tb),
        formula: (x, y) => matMulPlain(x, a, ta!, y, b, tb!),
      };
    })
  );
}

function sumCases(): OpCase[] {
  const reductions: [Shape, number[]][] = [
    [[4], [0]],
    [[3, 2], [0]], // TensorFlow's BiasAddGrad
    [[3, 2], [1]],
    [[3, 2], [0, 1]],
    [[2, 3, 2], [0, 1]],
    [[2, 3, 2], [0, 2]],
    [[2, 3, 2], [1]],
    [[2, 1, 3, 2], [0, 1, 2]],
  ];
  return reductions.flatMap(([shape, axes]) =>
    [false, true].map((keep): OpCase => ({
      op: "sum",
      label: `${showShape(shape)} over ${axes}${keep ? ", kept" : ""}`,
      inputs: [real(shape)],
      build: (x) => sum(x, axes, keep),
      formula: (x) => sumPlain(x, shape, axes),
    }))
  );
}

function rowCases(): OpCase[] {
  return [[3, 4], [1, 2], [2, 1], [5, 12]].flatMap(([rows, columns]): OpCase[] => {
    const label = showShape([rows!, columns!]);
    const logits = real([rows!, columns!], -3, 3);
    const targets = labels(rows!, columns!);
    return [
      {
        op: "softmax",
        label,
        inputs: [logits],
        build: softmax,
        formula: (z) => softmaxPlain(z, columns!),
      },
      {
        op: "logSoftmax",
        label,
        inputs: [logits],
        build: logSoftmax,
        formula: (z) => softmaxPlain(z, columns!).map(Math.log),
      },
      {
        op: "argMax",
        label,
        inputs: [logits],
        build: argMax,
        formula: (z) =>
          Array.from({ length: rows! }, (_, i) => {
            const row = Array.from(z.subarray(i * columns!, (i + 1) * columns!));
            return row.findIndex((entry) => row.every((other) => other <= entry));
          }),
      },
      {
        op: "softmaxCrossEntropy",
        label,
        inputs: [logits, targets],
        build: softmaxCrossEntropy,
        formula: (z, y) => crossEntropyPlain(z, y, columns!),
      },
      {
        op: "softmaxMinusOneHot",
        label,
        inputs: [logits, targets],
        build(z, y) {
          const losses = softmaxCrossEntropy(z!, y!);
          return nodeWithin(vjp(losses, losses, [z!])[0]!, "softmaxMinusOneHot");
        },
        formula: (z, y) =>
          softmaxPlain(z, columns!).map((p, i) =>
            p - (y[Math.floor(i / columns!)] === i % columns! ? 1 : 0)
          ),
      },
      {
        op: "oneHot",
        label,
        inputs: [targets],
        build: (y) => oneHot(y!, columns!),
        formula: (y) =>
          Float64Array.from(
            { length: rows! * columns! },
            (_, i) => y[Math.floor(i / columns!)] === i % columns! ? 1 : 0,
          ),
      },
    ];
  });
}

function shapeCases(): OpCase[] {
  const broadcasts: [Shape, Shape][] = [
    [[3], [2, 3]],
    [[2, 1], [2, 3]],
    [[], [2, 2]],
    [[1, 2, 1], [3, 2, 2]],
  ];
  const reshapes: [Shape, Shape][] = [[[2, 3], [3, 2]], [[4], [2, 1, 2]], [[1], []]];
  return [
    ...broadcasts.map(([from, to]): OpCase => ({
      op: "broadcastTo",
      label: `${showShape(from)} to ${showShape(to)}`,
      inputs: [real(from)],
      build: (x) => broadcastTo(x!, to),
      formula: (x) => broadcastPlain(x, from, new Float64Array(100), to, (xi) => xi),
    })),
    ...reshapes.map(([from, to]): OpCase => ({
      op: "reshape",
      label: `${showShape(from)} to ${showShape(to)}`,
      inputs: [real(from)],
      build: (x) => reshape(x!, to),
      formula: (x) => x,
    })),
    {
      op: "reshape",
      label: "of labels",
      inputs: [labels(4, 3)],
      build: (x) => reshape(x!, [2, 2]),
      formula: (x) => x,
    },
    {
      op: "broadcastTo",
      label: "of labels",
      inputs: [labels(2, 3)],
      build: (x) => broadcastTo(x!, [2, 2]),
      formula: (x) => [...x, ...x],
    },
  ];
}

const LEAF_CASES: readonly OpCase[] = [
  { op: "placeholder", label: "[3]", inputs: [real([3])], build: (x) => x!, formula: (x) => x },
  {
    op: "variable",
    label: "[3]",
    inputs: [{ ...real([3]), kind: "variable" }],
    build: (x) => x!,
    formula: (x) => x,
  },
  ...[2.5, -0, 1e-30].map((value): OpCase => ({
    op: "constant",
    label: Object.is(value, -0) ? "-0" : `${value}`,
    inputs: [],
    build: () => constant(value),
    formula: () => [value],
  })),
];

const MASK_CASES: readonly OpCase[] = [[[3, 5], 0.5, 0], [[7], 0.9, 3], [[2, 2, 3, 1], 1, 1]].map(
  (drawn): OpCase => {
    const [shape, keep, draw] = drawn as [Shape, number, number];
    return {
      op: "keepMask",
      label: `${showShape(shape)}, keep ${keep}, draw ${draw}`,
      inputs: [key()],
      build: (words) => keepMask(words!, shape, keep, draw),
      formula: (words) =>
        philoxWords([words![0]!, words![1]!], draw, sizeOf(shape))
          .map((word) => (word % 2 ** 23) / 2 ** 23 < keep ? 1 : 0),
    };
  },
);

const NOISE_CASES: readonly OpCase[] = [[[4, 5], 0], [[7], 65536], [[2, 2, 1, 3], 2]].map(
  (drawn): OpCase => {
    const [shape, draw] = drawn as [Shape, number];
    return {
      op: "gaussianNoise",
      label: `${showShape(shape)}, draw ${draw}`,
      inputs: [key()],
      build: (words) => gaussianNoise(words!, shape, draw),
      formula(words) {
        const uniform = (draw: number) =>
          philoxWords([words![0]!, words![1]!], draw, sizeOf(shape)).map((word) => word % 2 ** 23);
        const v = uniform(draw + 1);
        return uniform(draw).map((u, i) =>
          Math.sqrt(-2 * Math.log((2 * u + 1) / 2 ** 24)) * Math.cos(Math.PI * v[i]! / 2 ** 22)
        );
      },
    };
  },
);

/** Every op of lib/graph/ops, on the shapes and attributes that take different paths. */
export const OP_CASES: readonly OpCase[] = [
  ...LEAF_CASES,
  ...binaryCases("add", add, (a, b) => a + b),
  ...binaryCases("sub", sub, (a, b) => a - b),
  ...binaryCases("mul", mul, (a, b) => a * b),
  ...binaryCases("div", div, (a, b) => a / b, 0.5, 2),
  ...unaryCases("exp", exp, Math.exp),
  ...unaryCases("log", log, Math.log, (shape) => real(shape, 0.5, 2)),
  ...unaryCases("log1p", log1p, (x) => Math.log(1 + x), (shape) => real(shape, -0.5, 2)),
  ...unaryCases("expm1", expm1, (x) => Math.exp(x) - 1),
  ...unaryCases("square", square, (x) => x ** 2),
  ...unaryCases("sqrt", sqrt, (x) => x ** 0.5, (shape) => real(shape, 0.5, 2)),
  ...unaryCases("rsqrt", rsqrt, (x) => x ** -0.5, (shape) => real(shape, 0.5, 2)),
  ...unaryCases("tanh", tanh, (x) => (Math.exp(2 * x) - 1) / (Math.exp(2 * x) + 1)),
  ...unaryCases("erf", erf, erfPlain, (shape) => real(shape, -3, 3)),
  ...unaryCases("relu", relu, (x) => Math.max(x, 0), awayFromZero),
  {
    op: "passWherePositive",
    label: "[2, 3]",
    inputs: [real([2, 3]), awayFromZero([2, 3])],
    build: passWherePositive,
    formula: (g, y) => g.map((gi, i) => y[i]! > 0 ? gi : 0),
  },
  ...matMulCases(),
  ...sumCases(),
  ...shapeCases(),
  ...rowCases(),
  ...NORM_CASES,
  ...MASK_CASES,
  ...NOISE_CASES,
  ...IMAGE_CASES,
  ...ARRAY_CASES,
];
