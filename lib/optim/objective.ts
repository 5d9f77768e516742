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
}

/** Bounds lower ≤ x ≤ upper, coordinate by coordinate; ±Infinity where there is none. */
export interface Box {
  /** Shape [n]; −Infinity where there is none. */
  readonly lower: Float64Array;
  /** Shape [n], not below `lower`; Infinity where there is none. */
  readonly upper: Float64Array;
}
