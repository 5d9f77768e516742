import type { Objective } from "../../lib/optim/objective.ts";

/** c + gᵀ(y − x) + ½ (y − x)ᵀ H (y − x), H row-major and symmetric. */
export function quadratic({ hessian, slope, x, offset = 0 }: {
  readonly hessian: ArrayLike<number>;
  readonly slope?: ArrayLike<number>;
  readonly x: Float64Array;
  readonly offset?: number;
}): Objective {
  const n = x.length;
  return {
    dimension: n,
    evaluate(y) {
      const step = y.map((yi, i) => yi - x[i]!);
      let value = offset;
      const gradient = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        let image = 0;
        for (let j = 0; j < n; j++) image += hessian[i * n + j]! * step[j]!;
        gradient[i] = image + (slope?.[i] ?? 0);
        value += step[i]! * (0.5 * image + (slope?.[i] ?? 0));
      }
      return Promise.resolve({ value, gradient });
    },
  };
}

/** diag(d), row-major. */
export function diagonal(...d: number[]): Float64Array {
  const matrix = new Float64Array(d.length ** 2);
  d.forEach((entry, i) => matrix[i * (d.length + 1)] = entry);
  return matrix;
}

/** A function of value and gradient, for closed forms that are no quadratic. */
export function smooth(
  dimension: number,
  value: (x: Float64Array) => number,
  gradient: (x: Float64Array) => number[],
): Objective {
  return {
    dimension,
    evaluate: (x) => Promise.resolve({ value: value(x), gradient: Float64Array.from(gradient(x)) }),
  };
}

/** The same objective, which counts its evaluations. */
export function counted(objective: Objective): Objective & { evaluations: number } {
  const counter = {
    dimension: objective.dimension,
    evaluations: 0,
    evaluate(x: Float64Array) {
      counter.evaluations++;
      return objective.evaluate(x);
    },
  };
  return counter;
}
