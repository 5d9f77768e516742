import type { BoxSearch } from "../optim/box_search.ts";
import { minimizeInBox, type MinimizerState } from "../optim/lbfgsb.ts";
import type { Box, Evaluation, Objective } from "../optim/objective.ts";
import type { PowerStopReason } from "../optim/power_method.ts";
import { minimizeBySearch } from "../optim/search_lbfgsb.ts";
import type { StopReason } from "../optim/stop_reason.ts";

/** How far a maximiser had come. */
export interface Ascent {
  /** Iterations completed; 0 is the start itself. */
  readonly iteration: number;
  /** Evaluations of f and ∇f in this run. */
  readonly evaluations: number;
  /** Largest finite loss so far, that at y = 0 included. */
  readonly largestLoss: number;
}

/** Where one run of the maximiser ended. */
export interface AscentResult {
  readonly largestLoss: number;
  readonly iterations: number;
  readonly evaluations: number;
  readonly stopReason: StopReason | PowerStopReason;
  /** Share of the coordinates of the last y that lie on a bound of the box, in [0, 1]. */
  readonly activeShare: number;
  /** Evaluations at which f or ∇f was not finite. */
  readonly notFinite: number;
  /** How often the start was halved until f was finite there. */
  readonly halvings: number;
  /** The last y with f and ∇f there, of a run of L-BFGS-B that `keepsEnd`. */
  readonly end?: AscentEnd;
}

/** Where a run ended, of shape [p]. */
export interface AscentEnd extends Evaluation {
  readonly y: Float64Array;
}

/** Budget of a run, who hears of it, and how it goes on from a state of its own. */
export interface AscentOptions<State> {
  readonly maxIterations: number;
  readonly onIteration: (ascent: Ascent) => void;
  /** As the maximiser's own: called between two iterations. */
  readonly onState?: (state: () => State | Promise<State>) => void | Promise<void>;
  readonly from?: State | undefined;
  /**
   * f and ∇f at the start, where they are known: they are not evaluated again, and not counted. On an
   * accelerator L-BFGS-B evaluates them all the same.
   */
  readonly atStart?: Evaluation | undefined;
  /** Whether another climb is to go on from the end. */
  readonly keepsEnd?: boolean;
  /** To what the loss is known, given its value; see `MinimizeOptions.valueResolution`. */
  readonly resolution?: (loss: number) => number;
}

/** A run between two iterations, as float64 arrays. */
export type AscentState = MinimizerState & Readonly<Record<"ascent", Float64Array>>;

/**
 * A line search is never cut short by more than this share of the climb's rise, above f(x) and above
 * where it began: of a climb that has not risen yet rounding says nothing, for it may not have begun.
 */
const LARGEST_CUT = 1e-3;

/** Halvings of a start at which f is not finite: to a millionth of it. */
const MOST_HALVINGS = 20;

/**
 * One run of L-BFGS-B up the loss, tolerances 0. Where f is not finite at the start, the start is
 * drawn towards 0 until it is.
 *
 * @param loss y ↦ f(x + Ay).
 * @param lossAtOrigin f(x), which counts as a point already seen.
 */
export async function runMaximiser(
  loss: Objective,
  lossAtOrigin: number,
  start: Float64Array,
  box: Box,
  options: AscentOptions<AscentState>,
): Promise<AscentResult> {
  const { maxIterations, onIteration, onState, from, atStart, resolution } = options;
  let [largestLoss, evaluations, notFinite, halvings, lossAtStart] = (from?.ascent ??
    Float64Array.of(lossAtOrigin, 0, 0, 0, NaN)) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ];
  const seen = (value: number): void => {
    evaluations++;
    if (Number.isNaN(lossAtStart)) lossAtStart = value;
    if (Number.isFinite(value)) largestLoss = Math.max(largestLoss, value);
    else notFinite++;
  };
  const riseTo = (loss: number) => loss - Math.max(lossAtOrigin, lossAtStart);
  const common = {
    maxIterations,
    ...(resolution && {
      valueResolution: (value: number) =>
        Math.max(0, Math.min(resolution(-value), LARGEST_CUT * riseTo(-value))),
    }),
    onState: (state: () => MinimizerState | Promise<MinimizerState>) =>
      onState?.(async () => ({
        ...await state(),
        ascent: Float64Array.of(largestLoss, evaluations, notFinite, halvings, lossAtStart),
      })),
    ...(from && { from }),
  };
  const told = (iteration: number) => onIteration({ iteration, evaluations, largestLoss });
  const minimise = loss.boxSearch && isFinite(box)
    ? (y0: Float64Array) =>
      minimizeBySearch(watched(loss.boxSearch!(box, -1), seen), y0, {
        ...common,
        onIteration: told,
      })
    : (y0: Float64Array) =>
      minimizeInBox(negated(loss, seen), y0, box, {
        ...common,
        gradientTolerance: 0,
        decreaseTolerance: 0,
        ...(atStart && halvings === 0 && { atStart: negative(atStart) }),
        onIteration: ({ iteration }) => told(iteration),
      });
  if (atStart && !from) lossAtStart = atStart.value;
  for (;; halvings++) {
    const y0 = halvings === 0 ? start : start.map((yi) => yi / 2 ** halvings);
    const { iterations, stopReason, activeShare, x, ...there } = await minimise(y0);
    if (!Number.isFinite(there.value) && halvings < MOST_HALVINGS) continue;
    return {
      largestLoss,
      iterations,
      evaluations,
      stopReason,
      activeShare,
      notFinite,
      halvings,
      ...(options.keepsEnd && { end: { y: x, ...negative(there) } }),
    };
  }
}

/** −f and −∇f, or back. */
function negative({ value, gradient }: Evaluation): Evaluation {
  return { value: -value, gradient: gradient.map((slope) => -slope) };
}

/** −f. */
function negated(loss: Objective, seen: (value: number) => void): Objective {
  const negative = new Float64Array(loss.dimension);
  return {
    dimension: loss.dimension,
    async evaluate(y): Promise<Evaluation> {
      const { value, gradient } = await loss.evaluate(y);
      seen(value);
      for (let i = 0; i < negative.length; i++) negative[i] = -gradient[i]!;
      return { value: -value, gradient: negative };
    },
  };
}

/** A search on −f that tells of f. */
function watched(search: BoxSearch, seen: (value: number) => void): BoxSearch {
  const told = <Point extends { readonly value: number }>(point: Point): Point => {
    seen(-point.value);
    return point;
  };
  return {
    ...search,
    begin: async (start) => told(await search.begin(start)),
    attempt: async (step) => told(await search.attempt(step)),
  };
}

function isFinite({ lower, upper }: Box): boolean {
  return lower.every(Number.isFinite) && upper.every(Number.isFinite);
}
