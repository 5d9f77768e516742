/** Counts what a measurement costs, tells how long it will take, and lets Ctrl-C end it. */
import { applyToAll } from "../linalg/operator.ts";
import type { Objective } from "../optim/objective.ts";
import type { MeasureCost, MeasuredObjective } from "./measure.ts";

/** Ctrl-C was pressed between two evaluations. */
export class Interrupted extends Error {
  override name = "Interrupted";
}

/** Cost of a call in units of one evaluation of f and ∇f; measured on F1, and only for the ETA. */
const UNITS = { gradient: 1, loss: 0.4, product: 2.3 } as const;

/** What a measure costs, in those units. */
export function unitsOf({ losses = 0, gradients = 0, products = 0 }: MeasureCost): number {
  return losses * UNITS.loss + gradients * UNITS.gradient + products * UNITS.product;
}

/** What was spent so far. */
export interface Meter {
  /** It counts its calls. */
  readonly objective: MeasuredObjective;
  /** Units spent. */
  readonly units: number;
}

/**
 * An objective that counts its calls.
 *
 * @param onCall Called after each call.
 */
export function metered(
  objective: MeasuredObjective,
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
  const over = (objective: Objective, cost: number): Objective => ({
    dimension: objective.dimension,
    evaluate: (x) => call(cost, () => objective.evaluate(x)),
    ...(objective.vertexSearch && {
      vertexSearch(box) {
        const search = objective.vertexSearch!(box);
        return {
          ...search,
          begin: (start) => call(cost, () => search.begin(start)),
          attempt: (share) => call(cost, () => search.attempt(share)),
        };
      },
    }),
    ...(objective.boxSearch && {
      boxSearch(box, sign) {
        const search = objective.boxSearch!(box, sign);
        return {
          ...search,
          begin: (start) => call(cost, () => search.begin(start)),
          attempt: (step) => call(cost, () => search.attempt(step)),
        };
      },
    }),
    ...(objective.within && {
      async within(x, factors) {
        const inside = await objective.within!(x, factors);
        return {
          ...over(inside, cost),
          [Symbol.asyncDispose]: () => inside[Symbol.asyncDispose](),
        };
      },
    }),
  });
  return {
    get units() {
      return units;
    },
    objective: {
      ...over(objective, UNITS.gradient),
      samples: objective.samples.map((sample) => {
        const cost = UNITS.gradient * sample.share;
        const { share, mislabelled } = sample;
        return {
          share,
          ...over(sample, cost),
          ...(sample.loss && {
            loss: (x) => call(UNITS.loss * share, () => sample.loss!(x)),
          }),
          ...(mislabelled && { mislabelled: over(mislabelled, cost) }),
        };
      }),
      performance: (x) => call(UNITS.loss, () => objective.performance(x)),
      hessian(x) {
        const hessian = objective.hessian(x);
        return {
          dimension: hessian.dimension,
          apply: (v) => call(UNITS.product, () => hessian.apply(v)),
          applyAll: (vectors) =>
            call(UNITS.product * vectors.length, () => applyToAll(hessian, vectors)),
          ...(hessian.quadraticForms && {
            quadraticForms: (vectors) =>
              call(UNITS.product * vectors.length, () => hessian.quadraticForms!(vectors)),
          }),
          ...(hessian.krylovBasis && {
            async krylovBasis(most) {
              const basis = await hessian.krylovBasis!(most);
              return basis &&
                { ...basis, multiply: () => call(UNITS.product, () => basis.multiply()) };
            },
          }),
          ...(hessian.projection && {
            async projection(start) {
              const projection = await hessian.projection!(start);
              return projection && {
                ...projection,
                rows: (first, count) =>
                  call(UNITS.product * count, () => projection.rows(first, count)),
              };
            },
          }),
        };
      },
    },
  };
}
