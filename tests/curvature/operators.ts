import type { LinearOperator } from "../../lib/linalg/operator.ts";

/** A dense symmetric operator, which counts its products. */
export function denseOperator(
  matrix: Float64Array,
  dimension: number,
): LinearOperator & { products: number } {
  const operator = {
    dimension,
    products: 0,
    apply(v: Float64Array) {
      operator.products++;
      const image = new Float64Array(dimension);
      for (let i = 0; i < dimension; i++) {
        for (let j = 0; j < dimension; j++) image[i]! += matrix[i * dimension + j]! * v[j]!;
      }
      return Promise.resolve(image);
    },
  };
  return operator;
}

/** The same operator with several products at a time, of which it notes the numbers. */
export function togetherOperator(
  { dimension, apply }: LinearOperator,
): LinearOperator & { readonly groups: number[] } {
  const groups: number[] = [];
  return {
    dimension,
    groups,
    apply: () => Promise.reject(new Error("one by one, though several can be had together")),
    applyAll(vectors) {
      groups.push(vectors.length);
      return Promise.all(vectors.map(apply));
    },
  };
}

/** diag(d). */
export function diagonalOperator(d: ArrayLike<number>): LinearOperator {
  return {
    dimension: d.length,
    apply: (v) => Promise.resolve(v.map((vi, i) => d[i]! * vi)),
  };
}

/** The first p columns of the identity. */
export function unitColumns(n: number, p: number): Float64Array[] {
  return Array.from({ length: p }, (_, j) => {
    const unit = new Float64Array(n);
    unit[j] = 1;
    return unit;
  });
}

/** Σ a_i b_i. */
export function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
