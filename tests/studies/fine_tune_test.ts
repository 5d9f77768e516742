/** The profile `fine-tune` at toy size. */
import assert from "node:assert/strict";
import { runToyProfile } from "../support/toy_profile.ts";

Deno.test("fine-tune trains SB and LB on digits from one network of another task", async () => {
  // A drawn stand-in for the clothes, which a test does not fetch.
  const task = { clothes: { dataset: "synthetic-mnist" }, digits: { dataset: "mnist-10k" } };
  await using results = await runToyProfile("fine-tune", { axes: { task } });
  const cells = ["SB", "LB"].map((regime) => `fine_tune[network=F1,regime=${regime},trial=0]`);
  const [SB, LB] = await Promise.all(cells.map((cell) => results.json(cell, "metrics")));
  assert.equal(SB.dataset, "mnist-10k");
  assert.deepEqual(SB.start, LB.start, "both start from the same weights");
  const pretrained = await results.json("pretrain[network=F1,trial=0]", "metrics");
  assert.equal(pretrained.dataset, "synthetic-mnist");
  assert.notEqual(SB.start.trainLoss, pretrained.trainLoss, "the task is another one");
  const [x0] = await results.json("train[network=F1,regime=SB,trial=0]", "history");
  assert.notEqual(SB.start.trainLoss, x0.trainLoss, "the start is a trained network");
  const { rows } = await results.json("tables", "tables/fine_tuning.json");
  assert.deepEqual(
    rows.map(({ start, regime }: Record<string, string>) => `${start} ${regime}`),
    ["random SB", "random LB", "trained SB", "trained LB"],
  );
  assert.equal(rows[3].gapMean, SB.testAccuracyPercent - LB.testAccuracyPercent);
  assert.equal(rows[2].gapMean, null);
  for (const row of rows) assert.ok(row.sharpnessMean > 0);
});
