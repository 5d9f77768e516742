/** The profile `scaling` at toy size. */
import assert from "node:assert/strict";
import { studyYaml } from "../support/study_yaml.ts";
import { runToyProfile } from "../support/toy_profile.ts";

/** Some regimes of the profile, as `pipeline.yaml` describes them. */
async function regimesNamed(...labels: readonly string[]): Promise<Record<string, unknown>> {
  const yaml = await studyYaml();
  const { regime } = yaml.profiles.scaling.axes;
  return Object.fromEntries(labels.map((label) => [label, regime[label]]));
}

Deno.test("scaling tries each recipe alone and together, and says what became of rate and steps", async () => {
  // Twice and ten times the base batch: of 100 examples 5, 10 and 50.
  await using results = await runToyProfile("scaling", {
    epochs: 1,
    axes: {
      regime: await regimesNamed("SB", "LB", "LB-linear", "LB-adapted", "LB-layer", "LB50-all"),
    },
    params: {
      sb: { batch: 5, baseBatch: 5, dropEpochs: [1] },
      lb: { batch: 10, baseBatch: 5, dropEpochs: [1] },
    },
  });
  const { rows } = await results.json("tables", "tables/scaling.json");
  const row = (regime: string) =>
    rows.find((found: { regime: string }) => found.regime === regime)!;
  assert.deepEqual(rows.map(({ n }: { n: number }) => n), [1, 1, 1, 1, 1, 1]);
  assert.equal(row("LB").learningRate, 0.05);
  assert.equal(row("LB-linear").learningRate, 0.1);
  assert.equal(row("LB50-all").learningRate, 0.05 * Math.sqrt(10));
  assert.deepEqual(
    ["SB", "LB", "LB-adapted", "LB50-all"].map((regime) => row(regime).stepsMean),
    [20, 10, 20, 20],
  );
  assert.equal(row("LB-linear").gapMean, row("SB").testMean - row("LB-linear").testMean);
  for (const { regime, sharpnessMean } of rows) assert.ok(sharpnessMean > 0, regime);
  const all = await results.json("train[network=F1,regime=LB50-all,trial=0]", "metrics");
  assert.deepEqual(all.normalisation, { ghost: 100 });
  const layered = await results.json("train[network=F1,regime=LB-layer,trial=0]", "metrics");
  assert.equal(layered.normalisation, "layer");
});

Deno.test("scaling notes how far training went, fits both laws, and draws them", async () => {
  const regime = { SB: { use: "sb" }, LB: { use: "lb", normalisation: { ghost: 5 } } };
  await using results = await runToyProfile("scaling", {
    params: { sb: { batch: 5, dropEpochs: [] }, lb: { batch: 10, dropEpochs: [] } },
    axes: { regime },
  });
  const { diffusion } = await results.json("train[network=F1,regime=SB,trial=0]", "metrics");
  assert.deepEqual(
    diffusion.points.map(({ step }: { step: number }) => step),
    [1, 2, 4, 8, 16, 32],
  );
  const { rows } = await results.json("tables", "tables/diffusion.json");
  assert.deepEqual(rows.map(({ regime }: { regime: string }) => regime), ["SB", "LB"]);
  assert.equal(rows[0].slopeMean, diffusion.logarithmic.slope);
  const { figures } = await results.json("report", "report");
  const drawn = figures.filter((figure: object) => "svg" in figure);
  assert.ok(drawn.some(({ name }: { name: string }) => name === "diffusion"));
});

Deno.test("a ghost that divides no batch is refused before training starts", async () => {
  const regime = { LB: { use: "lb", normalisation: { ghost: 4 } } };
  await assert.rejects(
    runToyProfile("scaling", { params: { lb: { batch: 10 } }, axes: { regime } }),
    /^RangeError: Cannot normalise a batch of 10 in ghosts of 4; want a divisor of it, such as 5$/,
  );
});

Deno.test("scaling-mnist takes scaling's stages to batches beyond 4 096", async () => {
  const yaml = await studyYaml();
  assert.ok(yaml.profiles["scaling-mnist"].params.lb.batch > 4096);
  await using results = await runToyProfile("scaling-mnist", {
    epochs: 1,
    params: {
      data: { dataset: "mnist-10k" },
      sb: { batch: 5, baseBatch: 5, dropEpochs: [1] },
      lb: { batch: 50, baseBatch: 5, dropEpochs: [1] },
    },
    axes: { regime: { SB: { use: "sb" }, LB: { use: "lb", learningRateScaling: "sqrt" } } },
  });
  const { rows } = await results.json("tables", "tables/scaling.json");
  assert.deepEqual(
    rows.map(({ learningRate }: { learningRate: number }) => learningRate),
    [0.05, 0.05 * Math.sqrt(10)],
  );
});
