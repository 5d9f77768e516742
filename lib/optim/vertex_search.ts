/** A point at which f and ∇f are known, by its scalars. */
export interface SearchPoint {
  /** f. */
  readonly value: number;
  /** max_{v ∈ box} ∇f·(v − y) ≥ 0, the Frank–Wolfe gap: how far f rises to the vertex, to first order. */
  readonly gap: number;
  /** Whether ∇f is finite. */
  readonly isFinite: boolean;
}

/** The vectors of a point: all that a search goes on from. */
export interface SearchVectors {
  /** Shape [n]. */
  readonly y: Float64Array;
  /** ∇f(y), shape [n]. */
  readonly gradient: Float64Array;
}

/** Where a search ends. */
export interface SearchEnd {
  /** Shape [n]. */
  readonly y: Float64Array;
  /** Share of the coordinates of y on a bound of the box, in [0, 1]. */
  readonly activeShare: number;
}

/**
 * A search from point to point of a box, each on the way to the vertex that maximises the linear model
 * of f at the one before:
 *
 *     v = argmax_{v ∈ box} ∇f(y)·v,    y ← y + a (v − y),  0 < a ≤ 1.
 *
 * A coordinate without slope stays where it is. The vectors are the search's own, so that they may lie
 * where f is computed; between the steps only scalars come out.
 */
export interface VertexSearch {
  /** Evaluates f at a point of the box, which becomes the present one. */
  begin(start: Float64Array): Promise<SearchPoint>;
  /** Makes a point the present one whose f and ∇f are known, as {@link vectors} gave them. */
  resume(at: { y: Float64Array; gradient: Float64Array; value: number }): Promise<SearchPoint>;
  /** Evaluates f at the share a of the way from the present point to its vertex. */
  attempt(share: number): Promise<SearchPoint>;
  /** The point of the last attempt becomes the present one. */
  accept(): Promise<void>;
  /** The vectors of the present point, in arrays that stay as they are. */
  vectors(): Promise<SearchVectors>;
  /** The present point, in an array that stays as it is. */
  end(): Promise<SearchEnd>;
}
