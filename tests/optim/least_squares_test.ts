import assert from "node:assert/strict";
import { minimizeInBox } from "../../lib/optim/lbfgsb.ts";
import { assertClose } from "../support/assert_close.ts";
import { objectiveFrom } from "./random_problems.ts";

/** Residuals r_k(x) and their gradients. */
type Residuals = (x: Float64Array) => { readonly r: number; readonly slope: readonly number[] }[];

interface LeastSquares {
  readonly name: string;
  readonly residuals: Residuals;
  readonly start: readonly number[];
  /** Without it there are no bounds. */
  readonly lower?: readonly number[];
  readonly upper?: readonly number[];
  /** Σ r_k² at the minimum, with as many digits as are published. */
  readonly value: number;
  /** Published digits of `value`. */
  readonly relative?: number;
}

const range = (count: number) => [...Array(count).keys()];

const BARD_Y = [14, 18, 22, 25, 29, 32, 35, 39, 37, 58, 73, 96, 134, 210, 439].map((y) => y / 100);
const KOWALIK_Y = [1957, 1947, 1735, 1600, 844, 627, 456, 342, 323, 235, 246].map((y) => y / 1e4);
const KOWALIK_U = [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625];

/** Moré, Garbow and Hillstrom 1981, with the minima given there; HS: Hock and Schittkowski 1981. */
const PROBLEMS: readonly LeastSquares[] = [
  {
    name: "Jennrich and Sampson's function (MGH6)",
    residuals: ([a, b]) =>
      range(10).map((k) => {
        const i = k + 1;
        const [ea, eb] = [Math.exp(i * a!), Math.exp(i * b!)];
        return { r: 2 + 2 * i - (ea + eb), slope: [-i * ea, -i * eb] };
      }),
    start: [0.3, 0.4],
    value: 124.362,
    relative: 1e-5,
  },
  {
    name: "Bard's function (MGH8)",
    residuals: ([a, b, c]) =>
      BARD_Y.map((y, k) => {
        const [u, v] = [k + 1, 15 - k];
        const w = Math.min(u, v);
        const q = v * b! + w * c!;
        return { r: y - (a! + u / q), slope: [-1, u * v / q ** 2, u * w / q ** 2] };
      }),
    start: [1, 1, 1],
    value: 8.21487e-3,
    relative: 1e-5,
  },
  {
    name: "Kowalik and Osborne's function (MGH15), in a box that holds its minimum",
    residuals: ([a, b, c, d]) =>
      KOWALIK_Y.map((y, k) => {
        const u = KOWALIK_U[k]!;
        const [p, q] = [u * (u + b!), u * (u + c!) + d!];
        return {
          r: y - a! * p / q,
          slope: [-p / q, -a! * u / q, a! * p * u / q ** 2, a! * p / q ** 2],
        };
      }),
    start: [0.25, 0.39, 0.415, 0.39],
    lower: [0, 0, 0, 0],
    upper: [0.42, 0.42, 0.42, 0.42],
    value: 3.07505e-4,
    relative: 1e-5,
  },
  {
    name: "Brown and Dennis's function (MGH16)",
    residuals: ([a, b, c, d]) =>
      range(20).map((k) => {
        const t = (k + 1) / 5;
        const p = a! + t * b! - Math.exp(t);
        const q = c! + d! * Math.sin(t) - Math.cos(t);
        return { r: p ** 2 + q ** 2, slope: [2 * p, 2 * p * t, 2 * q, 2 * q * Math.sin(t)] };
      }),
    start: [25, 5, -5, -1],
    value: 85822.2,
    relative: 1e-6,
  },
  {
    name: "Penalty function I (MGH23), n = 10",
    residuals: (x) => [
      ...range(10).map((i) => ({
        r: Math.sqrt(1e-5) * (x[i]! - 1),
        slope: range(10).map((j) => i === j ? Math.sqrt(1e-5) : 0),
      })),
      { r: x.reduce((sum, xi) => sum + xi ** 2, -0.25), slope: [...x].map((xi) => 2 * xi) },
    ],
    start: range(10).map((i) => i + 1),
    value: 7.08765e-5,
    relative: 1e-5,
  },
  {
    name: "the variably dimensioned function (MGH25), n = 12",
    residuals: (x) => {
      const sum = x.reduce((total, xi, i) => total + (i + 1) * (xi - 1), 0);
      return [
        ...range(12).map((i) => ({ r: x[i]! - 1, slope: range(12).map((j) => i === j ? 1 : 0) })),
        { r: sum, slope: range(12).map((j) => j + 1) },
        { r: sum ** 2, slope: range(12).map((j) => 2 * sum * (j + 1)) },
      ];
    },
    start: range(12).map((i) => 1 - (i + 1) / 12),
    value: 0,
  },
  {
    name: "Broyden's tridiagonal function (MGH30), n = 20",
    residuals: (x) =>
      range(20).map((i) => ({
        r: (3 - 2 * x[i]!) * x[i]! - (x[i - 1] ?? 0) - 2 * (x[i + 1] ?? 0) + 1,
        slope: range(20).map((j) =>
          j === i ? 3 - 4 * x[i]! : j === i - 1 ? -1 : j === i + 1 ? -2 : 0
        ),
      })),
    start: range(20).map(() => -1),
    value: 0,
  },
  {
    name: "HS25, from a start at which it is not flat",
    residuals: ([a, b, c]) =>
      range(99).map((k) => {
        const target = (k + 1) / 100;
        const u = 25 + (-50 * Math.log(target)) ** (2 / 3);
        const w = u - b!;
        const e = Math.exp(-(w ** c!) / a!);
        return {
          r: e - target,
          slope: [
            e * w ** c! / a! ** 2,
            e * c! * w ** (c! - 1) / a!,
            -e * w ** c! * Math.log(w) / a!,
          ],
        };
      }),
    start: [45, 20, 1.4],
    lower: [0.1, 0, 0],
    upper: [100, 25.6, 5],
    value: 0,
  },
];

for (const { name, residuals, start, lower, upper, value, relative = 1e-8 } of PROBLEMS) {
  Deno.test(`minimizeInBox() finds the published minimum of ${name}`, async () => {
    const n = start.length;
    const objective = objectiveFrom(n, (x, gradient) => {
      let sum = 0;
      for (const { r, slope } of residuals(x)) {
        sum += r ** 2;
        slope.forEach((entry, i) => gradient[i]! += 2 * r * entry);
      }
      return sum;
    });
    const box = {
      lower: Float64Array.from(lower ?? range(n).map(() => -Infinity)),
      upper: Float64Array.from(upper ?? range(n).map(() => Infinity)),
    };
    const minimum = await minimizeInBox(objective, Float64Array.from(start), box, {
      gradientTolerance: 1e-9,
      decreaseTolerance: Number.EPSILON,
    });
    assert.match(minimum.stopReason, /^(gradient|decrease)-small$/);
    assertClose([minimum.value], [value], { relative, absolute: value === 0 ? 1e-10 : 0 });
    minimum.x.forEach((xi, i) => assert.ok(box.lower[i]! <= xi && xi <= box.upper[i]!));
  });
}
