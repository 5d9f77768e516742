import { norm } from "../linalg/vector.ts";
import type { Objective } from "../optim/objective.ts";
import { stream } from "../random/stream.ts";
import { overBall } from "./ball_map.ts";
import { type ClimbPoint, type WorstCase, worstCase } from "./worst_case.ts";

/** ‖z‖ at which a random start lies: inside, at 0.71 of the radius, so that it sees all of the ball. */
const INSIDE = Math.PI / 4;
const BOUNDARY = Math.PI / 2;

/** The largest rise found in a ball, and how far from its centre. */
export interface BallWorstCase extends WorstCase {
  /** Length of the step to the largest loss as a share of ρ, in [0, 1]: 1 on the sphere. */
  readonly radiusShare: number;
}

/**
 * Searches the ball ‖y‖ ≤ ρ for the largest loss, through the map of `overBall()`.
 *
 * The linearised start is ρ∇g/‖∇g‖, on the sphere, which that run leaves by rounding only: there the
 * map has no radial slope. Random starts lie inside, so that they see it.
 *
 * @param loss y ↦ g(y), with its value and gradient at y = 0 in `lossAtMinimiser` and `slope`.
 */
export async function searchBall(
  loss: Objective,
  lossAtMinimiser: number,
  slope: Float64Array,
  options: {
    readonly radius: number;
    readonly maxIterations: number;
    readonly restarts: number;
    readonly seed: number;
    readonly onIteration?: ((point: ClimbPoint) => void) | undefined;
  },
): Promise<BallWorstCase> {
  const n = loss.dimension;
  const mapped = overBall(loss, options.radius);
  let largest = lossAtMinimiser;
  let radiusShare = 0;
  const watched: Objective = {
    dimension: n,
    async evaluate(z) {
      const evaluation = await mapped.evaluate(z);
      if (evaluation.value > largest && evaluation.value < Infinity) {
        largest = evaluation.value;
        radiusShare = Math.abs(mapped.radiusShare(z));
      }
      return evaluation;
    },
  };
  const neighbourhood = {
    loss: watched,
    slope,
    box: {
      lower: new Float64Array(n).fill(-Infinity),
      upper: new Float64Array(n).fill(Infinity),
    },
    start(kind: "linearised" | "random", repeat: number) {
      if (kind === "linearised") return scaledTo(slope, BOUNDARY);
      const direction = new Float64Array(n);
      stream(options.seed, "ball start", repeat).fillNormal(direction, 0);
      return scaledTo(direction, INSIDE);
    },
  };
  return { ...await worstCase(neighbourhood, lossAtMinimiser, options), radiusShare };
}

/** The vector at another length; 0 and what is not finite become 0. */
function scaledTo(v: Float64Array, length: number): Float64Array {
  const factor = length / norm(v);
  return v.map((vi) => Number.isFinite(factor) && Number.isFinite(vi) ? factor * vi : 0);
}
