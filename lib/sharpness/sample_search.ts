/** Where to begin the climb: a search on samples of the examples, which costs few evaluations of f. */
import type { Box, Objective } from "../optim/objective.ts";
import { maximizeByPower, type PowerIteration, type PowerState } from "../optim/power_method.ts";
import type { Sample } from "../optim/sample.ts";
import { displaced, stepped } from "./displaced.ts";
import { startingPoint } from "./starting_point.ts";

/** What a search found, and what it cost. */
export interface SampleSearch {
  /** The climb of f to go on with; `undefined` if no sample led anywhere. */
  readonly begun: BegunClimb | undefined;
  readonly summary: SearchSummary;
}

/** A climb of f after its first step. */
export interface BegunClimb {
  /** The point reached. Shape [n]. */
  readonly y: Float64Array;
  /** The way there: the start, and the step. */
  readonly way: readonly PowerIteration[];
  /** The climb at y, to go on from; absent where f did not rise. */
  readonly state?: PowerState;
}

/** How a search on samples went, and what it cost. */
export interface SearchSummary {
  /** Samples on which it climbed. */
  readonly samples: number;
  /** Evaluations of a loss, with its gradient or without, beside those of the climb to go on with. */
  readonly evaluations: number;
  /** The same in evaluations of f: by the share of the examples, and half without the gradient. */
  readonly inEvaluations: number;
  /**
   * How far the second of the two best ends stayed behind the first after one step up f, as a share of
   * the first one's rise: where that is little, they lead to one maximum, or to two of a height. `null`
   * if there was one end alone.
   */
  readonly apart: number | null;
}

/** How {@link searchOnSamples} searches. */
export interface SampleSearchOptions {
  /** Called when a climb has ended, with the number of those that have, and of all. */
  readonly onSample?: ((done: number, samples: number) => void) | undefined;
}

/** A climb on a sample ends when three steps gain no more than this share of the rise. */
const SAMPLE_RISE_TOLERANCE = 0.05;

/** Most evaluations of a climb on a sample. */
const MOST_EVALUATIONS = 40;

/** How many other samples judge where a climb has ended, if there are so many. */
const JUDGES = 7;

/** How many ends go up f, one step each. */
const FINALISTS = 2;

/** A loss without its gradient costs no more than this share of both. */
const LOSS_COST = 0.5;

/** Where a climb on a sample has ended, and how far other losses rise there. */
interface End {
  readonly y: Float64Array;
  readonly rise: number;
}

/**
 * Climbs the loss of each sample by the power method, ranks the ends by how far the losses of other
 * samples rise there, and lets f itself decide between the two best.
 *
 * Of each sample k, with f_k its loss and g_k the loss of the same examples with wrong labels:
 *
 *     y ← b ∘ sign(−∇g_k(x)), the vertex towards wrong labels;
 *     y ← the end of `maximizeByPower` on y ↦ f_k(x + y) from there;
 *     rank by the mean of f_j(x + y) − f_j(x) over the other samples j.
 *
 * From each of the two best ends, one step of the power method on y ↦ f(x + y); the higher climb is
 * the one to go on with.
 *
 * Why: at a minimum ∇f is the gradient of the few examples that are not fitted yet, and the vertex
 * along it leads to the maximum that is near them. ∇g_k is of all examples alike, for where the
 * labels are right with certainty, the softmax of any wrong one is 0. Without labels the climb begins
 * at the vertex along ∇f_k(x). Samples differ, and so do the maxima that the climbs find. After one
 * step the ends are ordered as their maxima are, nearly always.
 *
 * Deviation: the paper has no such search; see docs/measures.md for what it finds.
 *
 * @param loss y ↦ f(x + y).
 * @param samples Three or more: the end of a climb is judged by others.
 * @param x Shape [n]; left unchanged.
 * @param lossAtX f(x).
 * @param box The box around the origin, shape [n].
 */
export async function searchOnSamples(
  loss: Objective,
  samples: readonly Sample[],
  x: Float64Array,
  lossAtX: number,
  box: Box,
  { onSample }: SampleSearchOptions = {},
): Promise<SampleSearch> {
  const judges = Math.min(JUDGES, samples.length - 1);
  let evaluations = 0;
  let inEvaluations = 0;
  const spend = (cost: number, share: number) => {
    evaluations += Math.ceil(cost);
    inEvaluations += cost * share;
  };
  const lossOf = async (sample: Sample, there: Float64Array): Promise<number> => {
    spend(sample.loss ? LOSS_COST : 1, sample.share);
    return sample.loss ? await sample.loss(there) : (await sample.evaluate(there)).value;
  };
  const atX: number[] = [];
  for (const sample of samples) atX.push(await lossOf(sample, x));
  const found: End[] = [];
  for (const [k, sample] of samples.entries()) {
    const start = await startOn(sample, x, box);
    spend(1, sample.share);
    const climb = await maximizeByPower(
      displaced(sample, x),
      start,
      box,
      {
        riseTolerance: SAMPLE_RISE_TOLERANCE,
        baseline: atX[k]!,
        maxEvaluations: MOST_EVALUATIONS,
      },
    );
    spend(climb.evaluations, sample.share);
    let rise = climb.stopReason === "value-not-finite" ? NaN : 0;
    const there = stepped(x, climb.x, 1);
    for (let other = 1; other <= judges; other++) {
      const j = (k + other) % samples.length;
      rise += (await lossOf(samples[j]!, there) - atX[j]!) / judges;
    }
    keep(found, { y: climb.x, rise });
    onSample?.(k + 1, samples.length);
  }
  const finalists: FirstStep[] = [];
  let onF = 0;
  // Each end is let go before the next is climbed from: it is a vector of n.
  for (let end = found.shift(); end; end = found.shift()) {
    const step = await firstStep(loss, end.y, box, lossAtX);
    onF += step.evaluations;
    keep(finalists, step);
  }
  const [first, second] = finalists;
  // A climb that is gone on with counts its own; without a state it begins anew.
  spend(onF - (first?.state ? first.evaluations : 0), 1);
  return {
    begun: first,
    summary: { samples: samples.length, evaluations, inEvaluations, apart: behind(first, second) },
  };
}

/** Where one step up f has led, and its evaluations of f. */
interface FirstStep extends End, BegunClimb {
  readonly evaluations: number;
}

/** One step up f. */
async function firstStep(
  loss: Objective,
  start: Float64Array,
  box: Box,
  lossAtX: number,
): Promise<FirstStep> {
  const way: PowerIteration[] = [];
  let state: PowerState | undefined;
  const { x, value, evaluations } = await maximizeByPower(loss, start, box, {
    maxEvaluations: 2,
    baseline: lossAtX,
    onIteration: (point) => void way.push(point),
    onState: async (of) => {
      state = await of();
    },
  });
  return { y: x, rise: value - lossAtX, way, evaluations, ...(state && { state }) };
}

/** How far the second stayed behind, as a share of the first one's rise. */
function behind(first: End | undefined, second: End | undefined): number | null {
  if (!first || !second) return null;
  return first.rise > 0 ? (first.rise - second.rise) / first.rise : 0;
}

/** Puts an end into its place among the best, unless its rise is no number. */
function keep<Of extends End>(best: Of[], end: Of): void {
  if (Number.isFinite(end.rise)) best.push(end);
  best.sort((a, b) => b.rise - a.rise);
  best.splice(FINALISTS);
}

/** The vertex at which the climb on a sample begins. Apart, so that no slope is held through it. */
async function startOn(sample: Sample, x: Float64Array, box: Box): Promise<Float64Array> {
  const { gradient } = await (sample.mislabelled ?? sample).evaluate(x);
  if (!sample.mislabelled) return startingPoint("vertex", box, gradient, 0, 0);
  const downhill = new Float64Array(gradient.length);
  for (let i = 0; i < downhill.length; i++) downhill[i] = -gradient[i]!;
  return startingPoint("vertex", box, downhill, 0, 0);
}
