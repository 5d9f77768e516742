import type { Engine } from "../../../lib/engine/engine.ts";
import { momentVariables } from "../../../lib/objective/norm_moments.ts";
import { joinParameters, splitParameters } from "../../../lib/networks/flat.ts";
import { namesOf, type Network } from "../../../lib/networks/network.ts";
import type { Criterion } from "../../../lib/training/criterion.ts";
import { sgd } from "../../../lib/training/sgd.ts";
import {
  initialMoments,
  momentsOf,
  stepKeyFeeds,
  trainingProgram,
} from "../../../lib/training/training_program.ts";

/** A batch and where to step from. */
export interface StepStart {
  readonly x: Float64Array;
  readonly features: Float64Array | Float32Array;
  readonly labels: Int32Array;
  readonly key?: readonly [number, number];
}

/** One step of descent at rate 1: what the criterion takes for the gradient is x₀ − x₁. */
export async function firstStep(
  engine: Engine,
  network: Network,
  criterion: Criterion,
  { x, features, labels, key = [1, 1] }: StepStart,
) {
  const variables = network.variables();
  const moments = momentVariables(network);
  const optimiser = sgd({ learningRate: 1 });
  const graph = {
    network,
    variables,
    criterion,
    optimiser,
    batchNorm: "running",
    moments,
  } as const;
  const size = labels.length;
  const sizes = { evaluated: new Set<number>(), stepped: new Set([size]) };
  await using session = await engine.load(trainingProgram(graph, sizes));
  await session.assign({ ...splitParameters(network, x), ...initialMoments(moments) });
  const { losses } = await session.run(`step ${size}`, {
    ...optimiser.feeds(1),
    ...stepKeyFeeds(...key),
    [`examples${size}`]: features,
    [`labels${size}`]: labels,
  });
  const after = joinParameters(network, await session.read(namesOf(variables)));
  return {
    losses: Array.from(losses!),
    gradient: x.map((xi, i) => xi - after[i]!),
    moments: await session.read(namesOf(momentsOf(moments))),
  };
}
