/** Where to begin the climb: a search on samples of the examples, which costs few evaluations of f. */
import type { Box } from "../optim/objective.ts";
import { maximizeByPower } from "../optim/power_method.ts";
import type { Sample } from "../optim/sample.ts";
import { displaced } from "./displaced.ts";
import { startingPoint } from "./starting_point.ts";

/** What a search found, and what it cost. */
export interface SampleSearch {
  /** Points of the box, the most promising first; no more than were wanted. Shape [n] each. */
  readonly ends: readonly Float64Array[];
  readonly cost: SearchCost;
}

/** What a search on samples cost. */
export interface SearchCost {
  /** Samples on which it climbed. */
  readonly samples: number;
  /** Evaluations of a sample's loss and its gradient. */
  readonly evaluations: number;
  /** The same in evaluations of f: each counts by its share of the examples. */
  readonly inEvaluations: number;
}

/** How {@link searchOnSamples} searches. */
export interface SampleSearchOptions {
  /** Ends to keep, at the most: each is a vector of n. */
  readonly most: number;
  /** Called when a climb has ended, with the number of those that have, and of all. */
  readonly onSample?: ((done: number, samples: number) => void) | undefined;
}

/** A climb on a sample ends when three steps gain no more than this share of the rise. */
const SAMPLE_RISE_TOLERANCE = 0.05;

/** Most evaluations of a climb on a sample. */
const MOST_EVALUATIONS = 40;

/** How many other samples judge where a climb has ended, if there are so many. */
const JUDGES = 2;

/**
 * Climbs the loss of each sample by the power method, and ranks the ends by how far the losses of
 * other samples rise there.
 *
 * Of each sample k, with f_k its loss and g_k the loss of the same examples with wrong labels:
 *
 *     y ← b ∘ sign(−∇g_k(x)), the vertex towards wrong labels;
 *     y ← the end of `maximizeByPower` on y ↦ f_k(x + y) from there;
 *     rank by the mean of f_j(x + y) − f_j(x) over two other samples j.
 *
 * Why: at a minimum ∇f is the gradient of the few examples that are not fitted yet, and the vertex
 * along it leads to the maximum that is near them. ∇g_k is of all examples alike, for where the
 * labels are right with certainty, the softmax of any wrong one is 0. Without labels the climb begins
 * at the vertex along ∇f_k(x). Samples differ, and so do the maxima that the climbs find.
 *
 * Deviation: the paper has no such search; see docs/measures.md for what it finds.
 *
 * @param samples Three or more: the end of a climb is judged by two others.
 * @param x Shape [n]; left unchanged.
 * @param box The box around the origin, shape [n].
 */
export async function searchOnSamples(
  samples: readonly Sample[],
  x: Float64Array,
  box: Box,
  { most, onSample }: SampleSearchOptions,
): Promise<SampleSearch> {
  const judges = Math.min(JUDGES, samples.length - 1);
  const atX: number[] = [];
  for (const sample of samples) atX.push((await sample.evaluate(x)).value);
  const found: { readonly end: Float64Array; readonly rise: number }[] = [];
  let evaluations = samples.length;
  let inEvaluations = samples.reduce((sum, { share }) => sum + share, 0);
  const spend = (count: number, { share }: Sample) => {
    evaluations += count;
    inEvaluations += count * share;
  };
  for (const [k, sample] of samples.entries()) {
    const start = await startOn(sample, x, box);
    spend(1, sample);
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
    spend(climb.evaluations, sample);
    let rise = climb.stopReason === "value-not-finite" ? NaN : 0;
    for (let other = 1; other <= judges; other++) {
      const j = (k + other) % samples.length;
      const { value } = await displaced(samples[j]!, x).evaluate(climb.x);
      rise += (value - atX[j]!) / judges;
      spend(1, samples[j]!);
    }
    if (Number.isFinite(rise)) found.push({ end: climb.x, rise });
    found.sort((a, b) => b.rise - a.rise);
    found.splice(most);
    onSample?.(k + 1, samples.length);
  }
  return {
    ends: found.map(({ end }) => end),
    cost: { samples: samples.length, evaluations, inEvaluations },
  };
}

/** The vertex at which the climb on a sample begins. Apart, so that no slope is held through it. */
async function startOn(sample: Sample, x: Float64Array, box: Box): Promise<Float64Array> {
  const { gradient } = await (sample.mislabelled ?? sample).evaluate(x);
  const uphill = sample.mislabelled ? gradient.map((g) => -g) : gradient;
  return startingPoint("vertex", box, uphill, 0, 0);
}
