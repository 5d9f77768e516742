/** Counts what a measurement costs, tells how long it will take, and lets Ctrl-C end it. */
import { applyToAll, type LinearOperator } from "../linalg/operator.ts";
import type { ClassifierObjective } from "../objective/objective_of.ts";
import type { LossFunction } from "../sharpness/loss_at.ts";

/** Ctrl-C was pressed between two evaluations. */
export class Interrupted extends Error {
  override name = "Interrupted";
}

/** Cost of a call in units of one evaluation of f and ∇f; measured on F1, and only for the ETA. */
export const UNITS = { gradient: 1, loss: 0.4, product: 2.3 } as const;

/** f around a point, counted. */
export interface MeteredObjective extends LossFunction {
  performance(x: Float64Array): Promise<{ readonly loss: number; readonly accuracy: number }>;
  hessian(x: Float64Array): LinearOperator;
}

/** What was spent so far. */
export interface Meter {
  readonly objective: MeteredObjective;
  /** Units spent. */
  readonly units: number;
}

/**
 * An objective that counts its calls.
 *
 * @param onCall Called after each call.
 */
export function metered(
  objective: ClassifierObjective,
  signal: AbortSignal,
  onCall: () => void,
): Meter {
  let units = 0;
  const call = async <Result>(cost: number, body: () => Promise<Result>): Promise<Result> => {
    // Evaluations keep the thread; a turn of the event loop lets the signal arrive.
    await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) throw new Interrupted();
    const result = await body();
    units += cost;
    onCall();
    return result;
  };
  return {
    get units() {
      return units;
    },
    objective: {
      dimension: objective.dimension,
      evaluate: (x) => call(UNITS.gradient, () => objective.evaluate(x)),
      performance: (x) => call(UNITS.loss, () => objective.performance(x)),
      hessian(x) {
        const hessian = objective.hessian(x);
        return {
          dimension: hessian.dimension,
          apply: (v) => call(UNITS.product, () => hessian.apply(v)),
          applyAll: (vectors) =>
            call(UNITS.product * vectors.length, () => applyToAll(hessian, vectors)),
        };
      },
    },
  };
}
