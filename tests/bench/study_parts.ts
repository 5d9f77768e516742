/** The default study's parts by Basin's own library, as its stages call it. */
import { hutchinsonTrace } from "../../lib/curvature/hutchinson_trace.ts";
import { lanczos } from "../../lib/curvature/lanczos.ts";
import { ritzValues } from "../../lib/curvature/ritz_values.ts";
import { spectralDensity } from "../../lib/curvature/spectral_density.ts";
import type { Dataset } from "../../lib/data/dataset.ts";
import type { Engine } from "../../lib/engine/engine.ts";
import { network } from "../../lib/networks/zoo.ts";
import { type ClassifierObjective, objectiveOf } from "../../lib/objective/objective_of.ts";
import { sharpness, type SharpnessOptions } from "../../lib/sharpness/metric.ts";
import { randomSubspace } from "../../lib/sharpness/subspace.ts";
import { train } from "../../lib/training/train.ts";
import { type Spent, timed } from "./spent.ts";
import type { StudySizes } from "./study_sizes.ts";

/** The parts in the order in which they run: the rest is measured where the first one ends. */
export const PARTS = ["small", "large", "full", "subspace", "ritz", "spectrum"] as const;

/** One of {@link PARTS}. */
export type Part = typeof PARTS[number];

/** What a part took and found. */
export interface Done extends Spent {
  readonly results: Readonly<Record<string, number>>;
}

/** Of every draw. */
export const SEED = 1;

const EPSILON = 1e-3;

/** Each part, timed; the start of the process is in none of them. */
export function basinParts(
  sizes: StudySizes,
  data: { readonly train: Dataset; readonly test: Dataset },
  engine: Engine,
  start: Float64Array,
  onPoint: (x: Float64Array) => Promise<void>,
): Record<Part, () => Promise<Done>> {
  const net = network("F1");
  let point = start;
  const trained = async (batchSize: number) => {
    const stop = { kind: "epochs", epochs: sizes.epochs } as const;
    const options = { engine, batchSize, stop, seed: SEED, evaluationBatch: sizes.chunk };
    const { x, record, history } = await train(net, data, start, options);
    return {
      x,
      results: {
        "loss after an epoch": history[1]!.trainLoss,
        "least loss": record.trainLoss,
        "test accuracy (%)": 100 * record.testAccuracy,
      },
    };
  };
  const measured = async (
    measure: (objective: ClassifierObjective) => Promise<Done["results"]>,
  ) => {
    await using objective = await objectiveOf(net, data.train, {
      engine,
      evaluationBatch: sizes.chunk,
    });
    return await measure(objective);
  };
  const climbed = (options: Partial<SharpnessOptions>) =>
    measured(async (objective) => {
      const found = await sharpness(objective, point, { epsilon: EPSILON, ...options });
      const { lossAtMinimiser, percent, evaluations } = found;
      return { "f(x)": lossAtMinimiser, "φ (%)": percent, evaluations };
    });
  return {
    async small() {
      const { x, ...done } = await timed(() => trained(sizes.smallBatch));
      await onPoint(point = x);
      return done;
    },
    async large() {
      const { x: _, ...done } = await timed(() => trained(sizes.largeBatch));
      return done;
    },
    full: () => timed(async () => ({ results: await climbed({}) })),
    subspace: () =>
      timed(async () => {
        const subspace = {
          dimension: sizes.columns,
          distribution: "gaussian",
          seed: SEED,
        } as const;
        return { results: await climbed({ subspace }) };
      }),
    ritz: () =>
      timed(async () => ({
        results: await measured(async (objective) => {
          const hessian = objective.hessian(point);
          const top = await lanczos(hessian, { steps: sizes.lanczosSteps, seed: SEED });
          const { values } = await ritzValues(hessian, ritzBasis(sizes, net.dimension));
          return {
            "λ_max": top.values.at(-1)!,
            "largest of A": values.at(-1)!,
            "least of A": values[0]!,
          };
        }),
      })),
    spectrum: () =>
      timed(async () => ({
        results: await measured(async (objective) => {
          const hessian = objective.hessian(point);
          const options = { steps: sizes.densitySteps, probes: 1, seed: SEED };
          const { nodes, weights } = await spectralDensity(hessian, options);
          const trace = await hutchinsonTrace(hessian, { probes: sizes.traceProbes, seed: SEED });
          return {
            "largest node": nodes.at(-1)!,
            "mean eigenvalue": nodes.reduce((sum, node, j) => sum + node * weights[j]!, 0),
            "tr H": trace.mean,
          };
        }),
      })),
  };
}

/** A of the Ritz values. */
export function ritzBasis({ ritzColumns: dimension }: StudySizes, ambient: number) {
  return randomSubspace({ ambient, dimension, distribution: "gaussian", seed: SEED });
}
