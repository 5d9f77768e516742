/** A point of a search, by its scalars. */
export interface BoxPoint {
  /** ‖P(x − g) − x‖∞. */
  readonly projectedGradientNorm: number;
  /** Share of the coordinates of x on a bound, in [0, 1]. */
  readonly activeShare: number;
  /** Whether g is finite. */
  readonly isFinite: boolean;
}

/** The path z(t) = P(x − t g) − x at one t; products are with the columns s₀, y₀, s₁, … */
export interface PathSums {
  /** Products of z(t), shape [2m]. */
  readonly products: Float64Array;
  /** Products of −g over the coordinates that move on after t, shape [2m]. */
  readonly moving: Float64Array;
  /** ‖g‖² over those coordinates. */
  readonly squares: number;
}

/** What is known at the point of the path that was chosen, beside {@link PathSums}. */
export interface ChosenSums extends PathSums {
  /** Inner products of the columns over the free coordinates, shape [2m, 2m]. */
  readonly gram: Float64Array;
  /** gᵀz(t). */
  readonly slope: number;
  /** Number of free coordinates: those that are strictly inside the box there. */
  readonly free: number;
}

/** A direction from a point of the box. */
export interface DirectionSums {
  /** Its product with g. */
  readonly slope: number;
  /** The largest t at which the point and t times the direction are in the box; may be Infinity. */
  readonly largestStep: number;
}

/** Inner products of s = x⁺ − x and y = g⁺ − g. */
export interface PairSums {
  /** sᵀs. */
  readonly ss: number;
  /** sᵀy. */
  readonly sy: number;
  /** yᵀy. */
  readonly yy: number;
  /** sᵀg. */
  readonly sg: number;
  /** Of s with the columns that are held, shape [2m]. */
  readonly ofS: Float64Array;
  /** The same of y. */
  readonly ofY: Float64Array;
}

/** All vectors of a search: what it goes on from. */
export interface BoxVectors {
  /** The point, shape [n]. */
  readonly x: Float64Array;
  /** g there, shape [n]. */
  readonly gradient: Float64Array;
  /** The columns, as {@link BoxSearch.resume} takes them. */
  readonly pairs: Float64Array;
}

/**
 * The vectors of L-BFGS-B in a box, where f is computed: the point x with its gradient g, up to m pairs
 * s, y, the end of the present line, and the best trial on it. Only scalars come out.
 */
export interface BoxSearch {
  /** m. */
  readonly memory: number;
  /** Number of times that {@link path} takes at once. */
  readonly times: number;
  /** Evaluates f at a point of the box, which becomes x. */
  begin(start: Float64Array): Promise<BoxPoint & { readonly value: number }>;
  /** Makes vectors those of this search, whose f is known. */
  resume(vectors: BoxVectors): Promise<BoxPoint>;
  /** The path at several t. */
  path(times: readonly number[]): Promise<PathSums[]>;
  /** Chooses the point of the path at t, from which {@link subspace} and {@link aim} go on. */
  choose(time: number): Promise<ChosenSums>;
  /**
   * The step over the free coordinates: Σ_j weights_j column_j + gone · g. Its slope is of what the box
   * leaves of it.
   */
  subspace(weights: Float64Array, gone: number): Promise<DirectionSums>;
  /** Aims at the chosen point and this share of the step, within the box. */
  aim(share: number): Promise<DirectionSums>;
  /** Evaluates f on the line: x at 0, the aim at 1. @returns f and its slope along the line. */
  attempt(step: number): Promise<{ readonly value: number; readonly slope: number }>;
  /** The last attempt is the best one. */
  keep(): Promise<void>;
  /** The pair from x to the best attempt. */
  pair(): Promise<PairSums>;
  /** The best attempt becomes x; its pair, where it has a slot, takes the columns of that. */
  advance(slot: number | undefined): Promise<BoxPoint>;
  /** The vectors, in arrays that stay as they are. */
  vectors(): Promise<BoxVectors>;
}
