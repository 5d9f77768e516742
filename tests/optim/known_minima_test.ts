import assert from "node:assert/strict";
import { minimizeInBox } from "../../lib/optim/lbfgsb.ts";
import { assertClose } from "../support/assert_close.ts";
import { objectiveFrom, powell, rosenbrock } from "./random_problems.ts";

interface KnownMinimum {
  readonly name: string;
  readonly f: Parameters<typeof objectiveFrom>[1];
  readonly start: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly value: number;
  /** Left out where the Hessian is singular and x is worth few digits. */
  readonly x?: readonly number[];
}

const fill = (n: number, value: number) => Array.from({ length: n }, () => value);
const free = (n: number) => ({ lower: fill(n, -Infinity), upper: fill(n, Infinity) });

/** Wood's function, HS38. */
const wood: KnownMinimum["f"] = ([a, b, c, d], gradient) => {
  const r = b! - a! ** 2;
  const s = d! - c! ** 2;
  gradient[0] = -400 * a! * r - 2 * (1 - a!);
  gradient[1] = 200 * r + 20.2 * (b! - 1) + 19.8 * (d! - 1);
  gradient[2] = -360 * c! * s - 2 * (1 - c!);
  gradient[3] = 180 * s + 20.2 * (d! - 1) + 19.8 * (b! - 1);
  return 100 * r ** 2 + (1 - a!) ** 2 + 90 * s ** 2 + (1 - c!) ** 2 +
    10.1 * ((b! - 1) ** 2 + (d! - 1) ** 2) + 19.8 * (b! - 1) * (d! - 1);
};

const productOfOthers = (x: Float64Array, i: number): number =>
  x.reduce((product, xj, j) => j === i ? product : product * xj, 1);

/** The problem of the authors' first driver. */
const driver1: KnownMinimum["f"] = (x, gradient) => {
  let value = 0.25 * (x[0]! - 1) ** 2;
  gradient[0] = 2 * (x[0]! - 1);
  for (let i = 1; i < x.length; i++) {
    const r = x[i]! - x[i - 1]! ** 2;
    value += r ** 2;
    gradient[i]! += 8 * r;
    gradient[i - 1]! -= 16 * x[i - 1]! * r;
  }
  return 4 * value;
};

// HS: Hock and Schittkowski 1981; MGH: Moré, Garbow and Hillstrom 1981.
const KNOWN: readonly KnownMinimum[] = [
  { name: "Rosenbrock", f: rosenbrock, start: [-1.2, 1], ...free(2), value: 0, x: [1, 1] },
  {
    name: "HS1",
    f: rosenbrock,
    start: [-2, 1],
    lower: [-Infinity, -1.5],
    upper: fill(2, Infinity),
    value: 0,
    x: [1, 1],
  },
  {
    name: "Rosenbrock with x1 <= 1/2",
    f: rosenbrock,
    start: [-1.2, 1],
    lower: [-1.5, -0.5],
    upper: [0.5, 2.5],
    value: 0.25,
    x: [0.5, 0.25],
  },
  {
    name: "HS3",
    f: ([x, y], gradient) => {
      gradient.set([-2e-5 * (y! - x!), 1 + 2e-5 * (y! - x!)]);
      return y! + 1e-5 * (y! - x!) ** 2;
    },
    start: [10, 1],
    lower: [-Infinity, 0],
    upper: fill(2, Infinity),
    value: 0,
    x: [0, 0],
  },
  {
    name: "HS4",
    f: ([x, y], gradient) => {
      gradient.set([(x! + 1) ** 2, 1]);
      return (x! + 1) ** 3 / 3 + y!;
    },
    start: [1.125, 0.125],
    lower: [1, 0],
    upper: fill(2, Infinity),
    value: 8 / 3,
    x: [1, 0],
  },
  {
    name: "HS5",
    f: ([x, y], gradient) => {
      const c = Math.cos(x! + y!);
      gradient.set([c + 2 * (x! - y!) - 1.5, c - 2 * (x! - y!) + 2.5]);
      return Math.sin(x! + y!) + (x! - y!) ** 2 - 1.5 * x! + 2.5 * y! + 1;
    },
    start: [0, 0],
    lower: [-1.5, -3],
    upper: [4, 3],
    value: -(Math.sqrt(3) / 2 + Math.PI / 3),
    x: [0.5 - Math.PI / 3, -0.5 - Math.PI / 3],
  },
  {
    name: "HS38",
    f: wood,
    start: [-3, -1, -3, -1],
    lower: fill(4, -10),
    upper: fill(4, 10),
    value: 0,
    x: fill(4, 1),
  },
  {
    name: "HS45",
    f: (x, gradient) => {
      x.forEach((_, i) => gradient[i] = -productOfOthers(x, i) / 120);
      return 2 - productOfOthers(x, -1) / 120;
    },
    start: [0.5, 1, 1.5, 2, 2.5],
    lower: fill(5, 0),
    upper: [1, 2, 3, 4, 5],
    value: 1,
    x: [1, 2, 3, 4, 5],
  },
  {
    name: "HS110",
    f: (x, gradient) => {
      const root = productOfOthers(x, -1) ** 0.2;
      let value = -root;
      x.forEach((xi, i) => {
        const [low, high] = [Math.log(xi - 2), Math.log(10 - xi)];
        value += low ** 2 + high ** 2;
        gradient[i] = 2 * low / (xi - 2) - 2 * high / (10 - xi) - 0.2 * root / xi;
      });
      return value;
    },
    start: fill(10, 9),
    lower: fill(10, 2.001),
    upper: fill(10, 9.999),
    value: -45.7784697074463,
    x: fill(10, 9.3502658362),
  },
  {
    name: "Powell's singular function (MGH13)",
    f: powell,
    start: [3, -1, 0, 1],
    ...free(4),
    value: 0,
  },
  {
    name: "Beale's function (MGH5), in the box of Nash and Walker-Smith",
    f: ([x, y], gradient) => {
      let value = 0;
      [1.5, 2.25, 2.625].forEach((c, k) => {
        const r = c - x! * (1 - y! ** (k + 1));
        value += r ** 2;
        gradient[0]! -= 2 * r * (1 - y! ** (k + 1));
        gradient[1]! += 2 * r * x! * (k + 1) * y! ** k;
      });
      return value;
    },
    start: [1, 1],
    lower: [0.6, 0.5],
    upper: [10, 100],
    value: 0,
    x: [3, 0.5],
  },
  {
    name: "Brown's badly scaled function (MGH4)",
    f: ([x, y], gradient) => {
      const [a, b, c] = [x! - 1e6, y! - 2e-6, x! * y! - 2];
      gradient.set([2 * a + 2 * c * y!, 2 * b + 2 * c * x!]);
      return a ** 2 + b ** 2 + c ** 2;
    },
    start: [1, 1],
    ...free(2),
    value: 0,
    x: [1e6, 2e-6],
  },
];

for (const { name, f, start, lower, upper, value, x } of KNOWN) {
  Deno.test(`minimizeInBox() finds the known minimum of ${name}`, async () => {
    const box = { lower: Float64Array.from(lower), upper: Float64Array.from(upper) };
    const curve: number[] = [];
    const minimum = await minimizeInBox(
      objectiveFrom(start.length, f),
      Float64Array.from(start),
      box,
      {
        gradientTolerance: 1e-10,
        decreaseTolerance: 10 * Number.EPSILON,
        onIteration: (state) => curve.push(state.value),
      },
    );
    assert.match(minimum.stopReason, /^(gradient|decrease)-small$/);
    assertClose([minimum.value], [value], { relative: 1e-8, absolute: 1e-8 });
    // f is flat to second order about a minimum: an f right to 1e-14 leaves x right to about 1e-7.
    if (x) assertClose(minimum.x, x, { relative: 1e-6, absolute: 1e-6 });
    minimum.x.forEach((xi, i) => assert.ok(box.lower[i]! <= xi && xi <= box.upper[i]!));
    curve.forEach((v, k) => assert.ok(k === 0 || v <= curve[k - 1]!, `f rose at ${k}`));
    assert.equal(curve.length, minimum.iterations + 1);
  });
}

Deno.test("minimizeInBox() ends in one of the two minima of HS2, with x2 on its bound", async () => {
  const box = {
    lower: Float64Array.of(-Infinity, 1.5),
    upper: Float64Array.of(Infinity, Infinity),
  };
  const minimum = await minimizeInBox(objectiveFrom(2, rosenbrock), Float64Array.of(-2, 1.5), box, {
    gradientTolerance: 1e-9,
    decreaseTolerance: 0,
  });
  assert.equal(minimum.stopReason, "gradient-small");
  assert.equal(minimum.x[1], 1.5);
  const [local, global] = [4.94122931798919, 0.0504261879];
  const nearest = minimum.x[0]! < 0 ? local : global;
  assertClose([minimum.value], [nearest], { relative: 1e-8 });
});

Deno.test("minimizeInBox() solves the problem of the authors' driver 1 as their code does", async () => {
  const lower = Float64Array.from({ length: 25 }, (_, i) => i % 2 === 0 ? 1 : -100);
  const box = { lower, upper: new Float64Array(25).fill(100) };
  const minimum = await minimizeInBox(
    objectiveFrom(25, driver1),
    new Float64Array(25).fill(3),
    box,
    {
      memory: 5,
      gradientTolerance: 1e-5,
      decreaseTolerance: 1e7 * Number.EPSILON,
    },
  );
  // 23 iterations and 28 evaluations; the digits of f after so many steps are worth about seven.
  assert.deepEqual([minimum.iterations, minimum.evaluations], [23, 28]);
  assert.equal(minimum.stopReason, "decrease-small");
  assertClose([minimum.value], [1.08349008354842e-9], { relative: 1e-6 });
  assertClose([minimum.x[0]!, minimum.x[24]!], [1.0000023259, 3.7836626571], { absolute: 1e-9 });
});
