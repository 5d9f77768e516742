import type { Objective } from "./objective.ts";

/** f over some of the examples that it is the mean of: like f, and cheaper. */
export interface Sample extends Objective {
  /** What an evaluation costs, as a share of an evaluation of f. */
  readonly share: number;
  /** The value alone, where that costs less than half of an evaluation. */
  loss?(x: Float64Array): Promise<number>;
  /** The same examples with wrong labels: where it is low, f is high. Absent where f has no labels. */
  readonly mislabelled?: Objective;
}

/** A mean over examples, which can be had over samples of them, too. */
export interface SampledObjective extends Objective {
  /** No two of them share an example; none where the examples are few. */
  readonly samples: readonly Sample[];
}

/** The samples of an objective; none of one that is no mean over examples. */
export function samplesOf(objective: Objective | SampledObjective): readonly Sample[] {
  return "samples" in objective ? objective.samples : [];
}
