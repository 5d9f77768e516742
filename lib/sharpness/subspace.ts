import type { BasisFactors, SubspaceBasis } from "../linalg/basis.ts";
import { gramMatrix } from "../linalg/gram_matrix.ts";
import { multiply, multiplyTransposed } from "../linalg/row_blocks.ts";
import { symmetricEigen } from "../linalg/symmetric_eigen.ts";
import { gramFactor, solveLowerInPlace, solveLowerTransposedInPlace } from "../linalg/cholesky.ts";
import { type EntryLaw, randomMatrix } from "./random_matrix.ts";

/**
 * How A's columns are drawn. The paper says only "randomly sampled".
 *
 * - `gaussian`: i.i.d. N(0, 1), the default; columns of length ≈ √n.
 * - `uniform`: i.i.d. U(−1, 1).
 * - `positive`: i.i.d. U(0, 1), what `rand(n, p)` of NumPy and MATLAB gives. All columns lean towards
 *   (1, …, 1), along which A's steps add up: at a vertex of the box every weight moves by about ε p/2.
 * - `unit-column`: Gaussian columns scaled to length 1.
 * - `orthonormal`: Gaussian columns made orthonormal, A L⁻ᵀ with AᵀA = LLᵀ.
 */
export type SubspaceDistribution = typeof SUBSPACE_DISTRIBUTIONS[number];

/** All of them, the default first. */
export const SUBSPACE_DISTRIBUTIONS = [
  "gaussian",
  "uniform",
  "positive",
  "unit-column",
  "orthonormal",
] as const;

/** A random p-dimensional subspace of Rⁿ. */
export interface RandomSubspace {
  /** n. */
  readonly ambient: number;
  /** p. */
  readonly dimension: number;
  readonly distribution: SubspaceDistribution;
  readonly seed: number;
  /** Most bytes to keep A in; beyond, its entries are drawn anew at each product. */
  readonly byteBudget?: number;
}

/**
 * Draws A, [n, p], with float32 entries from a named stream.
 *
 * @throws {RangeError} If p is not an integer from 1 to n.
 */
export function randomSubspace(options: RandomSubspace): SubspaceBasis {
  const { ambient, dimension, distribution, seed } = options;
  if (!(Number.isInteger(dimension) && dimension >= 1 && dimension <= ambient)) {
    throw new RangeError(
      `Cannot draw ${dimension} directions in ${ambient} dimensions; want 1 to ${ambient}`,
    );
  }
  const law: EntryLaw = distribution === "uniform" || distribution === "positive"
    ? distribution
    : "gaussian";
  const matrix = randomMatrix({
    rows: ambient,
    columns: dimension,
    law,
    seed,
    ...(options.byteBudget !== undefined && { byteBudget: options.byteBudget }),
  });
  let gram: Float64Array | undefined;
  const raw: SubspaceBasis = {
    ambient,
    dimension,
    expand: (y) => multiply(matrix, y),
    restrict: (g) => multiplyTransposed(matrix, g),
    gram: () => gram ??= gramMatrix(matrix),
    factors: { matrix, into: (y) => y, back: (h) => h },
  };
  if (distribution === "unit-column") return withUnitColumns(raw);
  if (distribution === "orthonormal") return orthonormalised(raw);
  return raw;
}

/**
 * A⁺x = (AᵀA)⁻¹Aᵀx, the coordinates of x's projection on col(A).
 *
 * @returns Length p.
 * @throws {RangeError} If the columns are numerically dependent.
 */
export function pseudoInverse(basis: SubspaceBasis, x: Float64Array): Float64Array {
  const coordinates = basis.restrict(x);
  const factor = factorOf(basis);
  solveLowerInPlace(factor, basis.dimension, coordinates);
  solveLowerTransposedInPlace(factor, basis.dimension, coordinates);
  return coordinates;
}

/** Condition number of AᵀA, λ_max / λ_min; Infinity where rounding leaves λ_min ≤ 0. */
export function gramCondition(basis: SubspaceBasis): number {
  const { values } = symmetricEigen(basis.gram(), basis.dimension);
  const least = values[0]!;
  return least > 0 ? values.at(-1)! / least : Infinity;
}

/** L of AᵀA = LLᵀ. */
function factorOf(basis: SubspaceBasis): Float64Array {
  const factor = gramFactor(basis.gram(), basis.dimension);
  if (factor) return factor;
  throw new RangeError(
    `Cannot use the ${basis.dimension} columns of A as a basis: they are linearly dependent; ` +
      "give fewer or other columns",
  );
}

/** A D⁻¹ with D the columns' lengths. */
function withUnitColumns(basis: SubspaceBasis): SubspaceBasis {
  const { dimension } = basis;
  const gram = basis.gram();
  const lengths = Float64Array.from(
    { length: dimension },
    (_, j) => Math.sqrt(gram[j * dimension + j]!),
  );
  const scaled = gram.map((entry, k) =>
    entry / (lengths[Math.floor(k / dimension)]! * lengths[k % dimension]!)
  );
  const divided = (y: Float64Array) => y.map((yj, j) => yj / lengths[j]!);
  return transformed(basis, { into: divided, back: divided }, () => scaled);
}

/** A L⁻ᵀ, whose columns are orthonormal. */
function orthonormalised(basis: SubspaceBasis): SubspaceBasis {
  const { dimension } = basis;
  const factor = factorOf(basis);
  const identity = new Float64Array(dimension ** 2);
  for (let j = 0; j < dimension; j++) identity[j * dimension + j] = 1;
  const into = (y: Float64Array) => {
    const z = y.slice();
    solveLowerTransposedInPlace(factor, dimension, z);
    return z;
  };
  const back = (h: Float64Array) => {
    const z = h.slice();
    solveLowerInPlace(factor, dimension, z);
    return z;
  };
  return transformed(basis, { into, back }, () => identity);
}

/** AT, of a basis A that is not transformed itself. */
function transformed(
  { ambient, dimension, expand, restrict, factors }: SubspaceBasis,
  { into, back }: Pick<BasisFactors, "into" | "back">,
  gram: () => Float64Array,
): SubspaceBasis {
  return {
    ambient,
    dimension,
    expand: (y) => expand(into(y)),
    restrict: (g) => back(restrict(g)),
    gram,
    ...(factors && { factors: { matrix: factors.matrix, into, back } }),
  };
}
