import { indexOfNonFinite } from "../linalg/vector.ts";
import type { Box, Evaluation, Objective } from "../optim/objective.ts";
import { maximizeByPower, type PowerState } from "../optim/power_method.ts";
import type { AscentOptions, AscentResult } from "./maximiser_run.ts";

/** A run between two steps, as float64 arrays. */
export type PowerAscentState = PowerState & Readonly<Record<"ascent", Float64Array>>;

/** The last three steps together gain no more than this share of φ: then φ has converged. */
const CONVERGED = { riseTolerance: 0.01, window: 3 } as const;

/** Evaluations beyond one a step that the safeguard may take in a run. */
const SAFEGUARD_EVALUATIONS = 20;

/**
 * One run of the power method up the loss, until the last three steps gain no more than 1 % of the
 * rise above f(x).
 *
 * @param loss y ↦ f(x + Ay).
 * @param lossAtOrigin f(x), which counts as a point already seen.
 */
export async function runPowerMaximiser(
  loss: Objective,
  lossAtOrigin: number,
  start: Float64Array,
  box: Box,
  { maxIterations, onIteration, onState, from, atStart }: AscentOptions<PowerAscentState>,
): Promise<AscentResult> {
  let [largestLoss, notFinite] = (from?.ascent ??
    Float64Array.of(lossAtOrigin, 0)) as unknown as [number, number];
  const seen = <Point extends { readonly value: number }>(point: Point): Point => {
    if (Number.isFinite(point.value)) largestLoss = Math.max(largestLoss, point.value);
    else notFinite++;
    return point;
  };
  const watched: Objective = {
    dimension: loss.dimension,
    evaluate: async (y) => seen(await loss.evaluate(y)),
    ...(loss.vertexSearch && {
      vertexSearch(box) {
        const search = loss.vertexSearch!(box);
        return {
          ...search,
          begin: async (y) => seen(await search.begin(y)),
          attempt: async (share) => seen(await search.attempt(share)),
        };
      },
    }),
  };
  const goingOn = from ?? begunAt(start, atStart, lossAtOrigin);
  if (!from && goingOn) {
    seen(atStart!);
    onIteration({ iteration: 0, evaluations: 0, largestLoss });
  }
  const { iterations, evaluations, stopReason, activeShare } = await maximizeByPower(
    watched,
    start,
    box,
    {
      ...CONVERGED,
      maxEvaluations: maxIterations + SAFEGUARD_EVALUATIONS,
      baseline: lossAtOrigin,
      onIteration: ({ iteration, evaluations }) =>
        onIteration({ iteration, evaluations, largestLoss }),
      onState: (state) =>
        onState?.(async () => ({
          ...await state(),
          ascent: Float64Array.of(largestLoss, notFinite),
        })),
      ...(goingOn && { from: goingOn }),
    },
  );
  return {
    largestLoss,
    iterations,
    evaluations,
    stopReason,
    activeShare,
    notFinite,
    halvings: 0,
  };
}

/** The state of a run at a start where f and ∇f are known and finite. */
function begunAt(
  x: Float64Array,
  atStart: Evaluation | undefined,
  baseline: number,
): PowerState | undefined {
  if (!atStart || !Number.isFinite(atStart.value)) return undefined;
  const { value, gradient } = atStart;
  if (indexOfNonFinite(gradient) >= 0) return undefined;
  const counts = Float64Array.of(value, 0, 0, baseline);
  return { counts, recent: new Float64Array(), x, gradient };
}
