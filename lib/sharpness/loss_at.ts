import type { Objective } from "../optim/objective.ts";

/** An objective that may know f without its gradient, as those of `objectiveOf()` do. */
export interface LossFunction extends Objective {
  /** f(x) alone, which costs less than half of {@link Objective.evaluate}. */
  performance?(x: Float64Array): Promise<{ readonly loss: number }>;
}

/** f(x), without the gradient where the objective can leave it out. */
export async function lossAt(objective: LossFunction, x: Float64Array): Promise<number> {
  return objective.performance
    ? (await objective.performance(x)).loss
    : (await objective.evaluate(x)).value;
}

/**
 * f(x) at the point around which a measure looks.
 *
 * @param measure What is measured, for the message.
 * @throws {TypeError} If x has not the objective's dimension.
 * @throws {RangeError} If f(x) is not finite.
 */
export async function lossAtCentre(
  objective: LossFunction,
  x: Float64Array,
  measure: string,
): Promise<number> {
  assertDimension(objective, x, measure);
  return assertFinite(await lossAt(objective, x), measure);
}

/** Checks that x is a point of the objective. @throws {TypeError} If its dimension is another. */
export function assertDimension(objective: Objective, x: Float64Array, measure: string): void {
  if (x.length !== objective.dimension) {
    throw new TypeError(
      `Cannot measure the ${measure} at a point of ${x.length} coordinates; ` +
        `the objective has ${objective.dimension}`,
    );
  }
}

/** Returns f(x) itself. @throws {RangeError} If it is not finite. */
export function assertFinite(loss: number, measure: string): number {
  if (Number.isFinite(loss)) return loss;
  throw new RangeError(
    `Cannot measure the ${measure} where f(x) = ${loss}; give a point with a finite loss`,
  );
}
