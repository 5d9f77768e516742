import type { BasisFactors } from "../linalg/basis.ts";
import type { BoxSearch } from "./box_search.ts";
import type { VertexSearch } from "./vertex_search.ts";

/** f and ∇f at one point. */
export interface Evaluation {
  /** f(x). Not finite where f is undefined or overflows. */
  readonly value: number;
  /** ∇f(x), length n. Read before the next evaluation, which may overwrite it; never written to. */
  readonly gradient: Float64Array;
}

/** A differentiable function f: Rⁿ → R, known only through its evaluations. */
export interface Objective {
  /** n, the number of variables. */
  readonly dimension: number;
  /** Evaluates f and ∇f at `x`, which is left unchanged. */
  evaluate(x: Float64Array): Promise<Evaluation>;
  /**
   * A search for a vertex of the box whose vectors stay where f is computed; absent where they would
   * lie in the host's memory all the same. A new search ends the one before.
   */
  vertexSearch?(box: Box): VertexSearch;
  /**
   * The vectors of L-BFGS-B in a box that is finite in every coordinate, where f is computed; absent
   * where they would lie in the host's memory all the same. A new search ends the one before.
   *
   * @param sign What is minimised is so many times f: −1 climbs.
   */
  boxSearch?(box: Box, sign: 1 | -1): BoxSearch;
  /**
   * y ↦ f(x + Ay), with gradient Aᵀ∇f, with A where f is computed; absent where that is the host's
   * memory all the same. It is to be disposed of.
   */
  within?(x: Float64Array, factors: BasisFactors): Promise<Objective & AsyncDisposable>;
}

/** Bounds lower ≤ x ≤ upper, coordinate by coordinate; ±Infinity where there is none. */
export interface Box {
  /** Shape [n]; −Infinity where there is none. */
  readonly lower: Float64Array;
  /** Shape [n], not below `lower`; Infinity where there is none. */
  readonly upper: Float64Array;
}
