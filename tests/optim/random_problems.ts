/** The random problems of tests/oracles/lbfgsb_scipy.py, number for number. */
import type { Box, Objective } from "../../lib/optim/objective.ts";

export interface Problem {
  readonly objective: Objective;
  readonly start: Float64Array;
  readonly box: Box;
}

export type Family = "convex-quadratic" | "ill-conditioned" | "rosenbrock" | "powell" | "logistic";
type Uniform = (low: number, high: number) => number;
type ValueAndGradient = (x: Float64Array, gradient: Float64Array) => number;

/** s ← 1664525 s + 1013904223 mod 2³² (Numerical Recipes), u = s / 2³². */
export function uniformFrom(seed: number): Uniform {
  let state = seed;
  return (low, high) => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return low + (high - low) * (state / 2 ** 32);
  };
}

export function vector(uniform: Uniform, n: number, low: number, high: number): Float64Array {
  return Float64Array.from({ length: n }, () => uniform(low, high));
}

/** An objective from a function which returns f and adds ∇f to a zero vector. */
export function objectiveFrom(dimension: number, f: ValueAndGradient): Objective {
  return {
    dimension,
    evaluate(x) {
      const gradient = new Float64Array(dimension);
      return Promise.resolve({ value: f(x, gradient), gradient });
    },
  };
}

/** f = ½ xᵀHx − bᵀx, H row-major. */
export function quadratic(h: Float64Array, b: Float64Array): Objective {
  const n = b.length;
  return objectiveFrom(n, (x, gradient) => {
    let value = 0;
    for (let i = 0; i < n; i++) {
      let hx = 0;
      for (let j = 0; j < n; j++) hx += h[i * n + j]! * x[j]!;
      gradient[i] = hx - b[i]!;
      value += x[i]! * (hx / 2 - b[i]!);
    }
    return value;
  });
}

/** AᵀA / n + 0.05 I for an A of uniform entries, and b; A is drawn first. */
export function randomConvexQuadratic(uniform: Uniform, n: number) {
  const a = vector(uniform, n * n, -1, 1);
  const b = vector(uniform, n, -2, 2);
  const h = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) h[i * n + j]! += a[k * n + i]! * a[k * n + j]! / n;
    }
    h[i * n + i]! += 0.05;
  }
  return { h, b };
}

function illConditioned(uniform: Uniform, n: number): ValueAndGradient {
  const c = vector(uniform, n, -1, 1);
  return (x, gradient) => {
    let value = 0;
    for (let i = 0; i < n; i++) {
      const scale = 10 ** (4 * i / (n - 1));
      const v = x[i]! - c[i]! + (i + 1 < n ? 0.5 * x[i + 1]! : 0);
      value += scale * v * v / 2;
      gradient[i]! += scale * v;
      if (i + 1 < n) gradient[i + 1]! += 0.5 * scale * v;
    }
    return value;
  };
}

/** Chained Rosenbrock function. */
export const rosenbrock: ValueAndGradient = (x, gradient) => {
  let value = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const r = x[i + 1]! - x[i]! ** 2;
    value += 100 * r * r + (1 - x[i]!) ** 2;
    gradient[i + 1]! += 200 * r;
    gradient[i]! += -400 * x[i]! * r - 2 * (1 - x[i]!);
  }
  return value;
};

/** Extended Powell singular function (Moré, Garbow, Hillstrom 1981, no. 22). */
export const powell: ValueAndGradient = (x, gradient) => {
  let value = 0;
  for (let i = 0; i < x.length; i += 4) {
    const r = x[i]! + 10 * x[i + 1]!;
    const s = x[i + 2]! - x[i + 3]!;
    const t = x[i + 1]! - 2 * x[i + 2]!;
    const u = x[i]! - x[i + 3]!;
    value += r ** 2 + 5 * s ** 2 + t ** 4 + 10 * u ** 4;
    gradient[i] = 2 * r + 40 * u ** 3;
    gradient[i + 1] = 20 * r + 4 * t ** 3;
    gradient[i + 2] = 10 * s - 8 * t ** 3;
    gradient[i + 3] = -10 * s - 40 * u ** 3;
  }
  return value;
};

function logistic(uniform: Uniform, n: number): ValueAndGradient {
  const rows = 30;
  const a = vector(uniform, rows * n, -2, 2);
  return (x, gradient) => {
    let value = 0;
    for (let r = 0; r < rows; r++) {
      let margin = 0;
      for (let j = 0; j < n; j++) margin += a[r * n + j]! * x[j]!;
      const e = Math.exp(-margin);
      value += Math.log1p(e) / rows;
      for (let j = 0; j < n; j++) gradient[j]! -= a[r * n + j]! * e / (1 + e) / rows;
    }
    for (let j = 0; j < n; j++) {
      value += 0.005 * x[j]! ** 2;
      gradient[j]! += 0.01 * x[j]!;
    }
    return value;
  };
}

/** Bounds of all kinds: none, lower, both, equal. */
export function randomBox(uniform: Uniform, n: number): Box {
  const lower = new Float64Array(n).fill(-Infinity);
  const upper = new Float64Array(n).fill(Infinity);
  for (let i = 0; i < n; i++) {
    const kind = uniform(0, 1);
    const low = uniform(-1.5, 1);
    const width = uniform(0, 2);
    if (kind >= 0.2) lower[i] = low;
    if (kind >= 0.4) upper[i] = low + (kind < 0.9 ? width : 0);
  }
  return { lower, upper };
}

/** Problem number `seed` of a family. */
export function randomProblem(family: Family, seed: number): Problem {
  const uniform = uniformFrom(seed);
  const n = family === "powell" ? 4 * (1 + seed % 3) : 5 + seed % 16;
  const objective = objectiveOfFamily(family, uniform, n);
  const box = randomBox(uniform, n);
  return { objective, box, start: vector(uniform, n, -2, 2) };
}

function objectiveOfFamily(family: Family, uniform: Uniform, n: number): Objective {
  switch (family) {
    case "convex-quadratic": {
      const { h, b } = randomConvexQuadratic(uniform, n);
      return quadratic(h, b);
    }
    case "ill-conditioned":
      return objectiveFrom(n, illConditioned(uniform, n));
    case "rosenbrock":
      return objectiveFrom(n, rosenbrock);
    case "powell":
      return objectiveFrom(n, powell);
    case "logistic":
      return objectiveFrom(n, logistic(uniform, n));
  }
}
