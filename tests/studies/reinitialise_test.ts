/** The profile `reinitialise` at toy size. */
import assert from "node:assert/strict";
import { runToyProfile } from "../support/toy_profile.ts";

const PARAMETERS = 1_462_794;

Deno.test("reinitialise goes on from LB's minimum with coordinates set back, beside its controls", async () => {
  await using results = await runToyProfile("reinitialise");
  const metrics = Object.fromEntries(
    await Promise.all(["sharpest", "random", "none"].map(async (which) => {
      const cell = `reinitialise[network=F1,reinitialised=${which},trial=0]`;
      return [which, await results.json(cell, "metrics")] as const;
    })),
  );
  const LB = await results.json("train[network=F1,regime=LB,trial=0]", "metrics");
  // The weights went through a float32 file, which holds them exactly: training computes in float32.
  assert.equal(metrics.none!.start.trainLoss, LB.trainLoss);
  assert.equal(metrics.none!.reinitialised.coordinates, 0);
  for (const which of ["sharpest", "random"] as const) {
    assert.equal(metrics[which]!.reinitialised.coordinates, Math.round(0.05 * PARAMETERS));
    assert.notEqual(metrics[which]!.start.trainLoss, LB.trainLoss);
  }
  const { agreement } = metrics.sharpest!.reinitialised;
  assert.ok(agreement > 0.05 && agreement <= 1, `agreement ${agreement}; chance is 0.05`);
  const { rows } = await results.json("tables", "tables/reinitialised.json");
  const row = (which: string) =>
    rows.find((each: Record<string, unknown>) =>
      each.reinitialised === which && each.regime === "LB"
    );
  const before = row("").sharpnessMean;
  for (const which of ["sharpest", "random", "none"]) {
    assert.equal(row(which).startLossMean, metrics[which]!.start.trainLoss);
    assert.equal(row(which).ratioMean, row(which).sharpnessMean / before);
  }
});

Deno.test("reinitialise with all coordinates is x₀ again", async () => {
  await using results = await runToyProfile("reinitialise", {
    params: { lb: { batch: 50, share: 1 } },
    axes: { reinitialised: ["random"], regime: { LB: { use: "lb" } } },
  });
  const cell = "reinitialise[network=F1,reinitialised=random,trial=0]";
  const [x0] = await results.json("train[network=F1,regime=LB,trial=0]", "history");
  assert.equal((await results.json(cell, "metrics")).start.trainLoss, x0.trainLoss);
});
