/**
 * Why a minimiser stopped. Running out of budget is a result, not an error.
 *
 * - `gradient-small`: ‖P(x − g) − x‖∞ ≤ `gradientTolerance`, or it is exactly 0.
 * - `decrease-small`: (f_k − f_{k+1}) / max(|f_k|, |f_{k+1}|, 1) ≤ `decreaseTolerance`, or no lower
 *   point was found and the decrease to first order is no more than that.
 * - `max-iterations`, `max-evaluations`: the budget is spent.
 * - `line-search-failed`: no lower point on a descent direction, not even on the projected
 *   gradient; mostly rounding, at a point which cannot be improved, or a wrong gradient.
 * - `value-not-finite`: f or ∇f is NaN or infinite at the start, or at every point tried.
 */
export type StopReason =
  | "gradient-small"
  | "decrease-small"
  | "max-iterations"
  | "max-evaluations"
  | "line-search-failed"
  | "value-not-finite";
