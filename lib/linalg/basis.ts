import { addColumns, columnProducts } from "./columns.ts";
import type { RowBlocks } from "./row_blocks.ts";

/** A matrix A with p columns in Rⁿ, known through its products; columns are independent. */
export interface SubspaceBasis {
  /** n. */
  readonly ambient: number;
  /** p. */
  readonly dimension: number;
  /** A y, a new vector of length n. */
  expand(y: Float64Array): Float64Array;
  /** Aᵀ g, a new vector of length p. */
  restrict(g: Float64Array): Float64Array;
  /** AᵀA, row-major [p, p]; the caller must not change it. */
  gram(): Float64Array;
  /** For who makes the products himself; absent where A is known by its products alone. */
  readonly factors?: BasisFactors;
}

/** A = MT, with M tall, [n, p], and T small, [p, p]. */
export interface BasisFactors {
  /** M. */
  readonly matrix: RowBlocks;
  /** Ty. */
  into(y: Float64Array): Float64Array;
  /** Tᵀh. */
  back(h: Float64Array): Float64Array;
}

/**
 * The basis of given columns, which are borrowed: changing them changes the basis.
 *
 * @param columns At least one, all of length n.
 * @throws {TypeError} If there is no column, or their lengths differ.
 *
 * @example
 * ```ts
 * import { columnBasis } from "./basis.ts";
 * import assert from "node:assert/strict";
 *
 * const basis = columnBasis([Float64Array.of(1, 0, 1), Float64Array.of(0, 2, 0)]);
 * assert.deepEqual([...basis.expand(Float64Array.of(3, 1))], [3, 2, 3]);
 * assert.deepEqual([...basis.restrict(Float64Array.of(1, 1, 1))], [2, 2]);
 * assert.deepEqual([...basis.gram()], [2, 0, 0, 4]);
 * ```
 */
export function columnBasis(columns: readonly Float64Array[]): SubspaceBasis {
  const ambient = columns[0]?.length ?? 0;
  if (ambient === 0 || columns.some(({ length }) => length !== ambient)) {
    throw new TypeError(
      `Cannot span a subspace by columns of lengths [${columns.map(({ length }) => length)}]; ` +
        "give at least one, and all of one length",
    );
  }
  return {
    ambient,
    dimension: columns.length,
    expand(y) {
      const x = new Float64Array(ambient);
      addColumns(x, columns, y);
      return x;
    },
    restrict: (g) => columnProducts(columns, g),
    gram: () => Float64Array.from(columns.flatMap((a) => [...columnProducts(columns, a)])),
  };
}

/** The basis itself, or that of a list of columns. */
export function asBasis(basis: SubspaceBasis | readonly Float64Array[]): SubspaceBasis {
  return "expand" in basis ? basis : columnBasis(basis);
}
