/** The profile `batch-size` at toy size. */
import assert from "node:assert/strict";
import { runToyProfile } from "../support/toy_profile.ts";

Deno.test("batch-size compares any number of batch sizes in a table and in figure 4", async () => {
  const regime = { b20: { use: "sb", batch: 20 }, b100: { use: "sb", batch: 100 } };
  await using results = await runToyProfile("batch-size", { axes: { regime } });
  const { rows } = JSON.parse(await results.text("tables", "tables/batch_size.json"));
  assert.deepEqual(
    rows.map(({ batchSize, n }: { batchSize: number; n: number }) => [batchSize, n]),
    [[20, 1], [100, 1]],
  );
  for (const row of rows) assert.ok(row.sharpnessMean > 0 && row.testMean > 0);
  const cell = "sharpness[eps=0.001,network=F1,regime=b20,space=full,trial=0]";
  assert.equal(rows[0].sharpnessMean, (await results.json(cell, "metrics")).percent);
  const { figures, tables } = await results.json("report", "report");
  const drawn = figures.filter((figure: object) => "svg" in figure);
  assert.deepEqual(drawn.map(({ name }: { name: string }) => name), ["figure4"]);
  assert.deepEqual(tables.map(({ name }: { name: string }) => name), ["batch_size"]);
});
