/** Stage `reinitialise`: sets a share of a minimum's coordinates back to x₀, and trains on. */
import { z } from "zod";
import { hessianDiagonal } from "../lib/curvature/hessian_diagonal.ts";
import { indexOfNonFinite } from "../lib/linalg/vector.ts";
import { initialPoint } from "../lib/networks/initial_point.ts";
import { defineStage, type StageContext } from "../lib/pipeline/stage.ts";
import { stream } from "../lib/random/stream.ts";
import { sharpestCoordinates } from "../lib/sharpness/sharpest_coordinates.ts";
import { readWeights, writeJson } from "../lib/study/artifacts.ts";
import { openPoint } from "../lib/study/measured_point.ts";
import { networkOf } from "../lib/study/objective_parameters.ts";
import { startRecord } from "../lib/study/start_record.ts";
import { TRAINING_FIELDS } from "../lib/study/training_parameters.ts";
import { runTraining } from "../lib/study/training_run.ts";

const parameters = z.strictObject({
  ...TRAINING_FIELDS,
  /** Which coordinates: the sharpest, as many random ones, or none. */
  reinitialised: z.enum(["sharpest", "random", "none"]),
  /** Their share of all coordinates; the paper speaks of sharp directions in about 5 % of the space. */
  share: z.number().gt(0).max(1).default(0.05),
  /** Products with the Hessian, half of them for each of two estimates of its diagonal. */
  probes: z.int().positive().multipleOf(2).default(16),
});

/** The coordinates to set back. */
interface Choice {
  readonly coordinates: Uint32Array;
  /** Share of them that both halves of the probes choose, of the sharpest. */
  readonly agreement?: number;
}

export default defineStage({
  summary: "Set the sharpest coordinates of a minimum back to the start, and train on",
  parameters,
  async run(context) {
    const { seed, trial, reinitialised: which, share, heldEpochs } = context.parameters;
    const net = networkOf(context.parameters);
    const minimum = await readWeights(net, context.input("weights").path);
    const { coordinates, agreement } = await choose(context, minimum);
    const x0 = initialPoint(net, seed + trial);
    const start = minimum.slice();
    for (const i of coordinates) start[i] = x0[i]!;
    const { result, metrics } = await runTraining(context, net, start);
    await writeJson(context.output("metrics"), {
      ...metrics,
      trial,
      start: startRecord(result.history),
      reinitialised: {
        which,
        share,
        coordinates: coordinates.length,
        ...(agreement !== undefined && { agreement }),
        ...(heldEpochs && { heldEpochs }),
      },
    });
  },
});

async function choose(
  context: StageContext<z.infer<typeof parameters>>,
  minimum: Float64Array,
): Promise<Choice> {
  const { seed, trial, reinitialised, share } = context.parameters;
  const count = Math.round(share * minimum.length);
  // A run that diverged has no sharpest coordinates; training from NaN diverges in its turn.
  if (reinitialised === "none" || indexOfNonFinite(minimum) >= 0) {
    return { coordinates: new Uint32Array() };
  }
  if (reinitialised === "random") {
    const order = stream(seed + trial, "reinitialised").permutation(minimum.length);
    return { coordinates: order.slice(0, count) };
  }
  return await sharpest(context, minimum, count);
}

async function sharpest(
  context: StageContext<z.infer<typeof parameters>>,
  minimum: Float64Array,
  count: number,
): Promise<Choice> {
  const { seed, trial, probes } = context.parameters;
  await using point = await openPoint(context);
  const hessian = point.objective.hessian(minimum);
  const halves: Float64Array[] = [];
  for (const half of [0, 1]) {
    halves.push(
      await hessianDiagonal(hessian, {
        probes: probes / 2,
        // Seeds of other trials are whole steps apart.
        seed: 2 * (seed + trial) + half,
        onProduct: (done) => context.log(`half ${half + 1}: ${done} of ${probes / 2} products`),
      }),
    );
  }
  const [first, second] = halves.map((diagonal) =>
    new Set(sharpestCoordinates(minimum, diagonal, count))
  );
  const diagonal = halves[0]!.map((entry, i) => (entry + halves[1]![i]!) / 2);
  return {
    coordinates: sharpestCoordinates(minimum, diagonal, count),
    agreement: first!.intersection(second!).size / Math.max(1, count),
  };
}
