import { addColumns, columnProducts } from "../linalg/columns.ts";
import type { KrylovBasis } from "../linalg/krylov_basis.ts";
import type { LinearOperator } from "../linalg/operator.ts";
import { dot, norm } from "../linalg/vector.ts";

/** A basis in the host's memory, in float64; one vector of length n for each product. */
export function hostBasis(operator: LinearOperator): KrylovBasis {
  let basis: Float64Array[] = [];
  let w = new Float64Array(0);
  return {
    begin(vectors) {
      basis = vectors.map((q) => q instanceof Float64Array ? q : Float64Array.from(q));
      return Promise.resolve();
    },
    async multiply() {
      const q = basis.at(-1)!;
      w = (await operator.apply(q)).slice();
      const alpha = dot(w, q);
      for (let pass = 0; pass < 2; pass++) addColumns(w, basis, columnProducts(basis, w), -1);
      return { alpha, beta: norm(w) };
    },
    extend(beta) {
      for (let i = 0; i < w.length; i++) w[i]! /= beta;
      basis.push(w);
      return Promise.resolve();
    },
    vectors: () => Promise.resolve(basis),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
