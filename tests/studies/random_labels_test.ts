/** The profile `random-labels` at toy size. */
import assert from "node:assert/strict";
import { runToyProfile } from "../support/toy_profile.ts";

Deno.test("random-labels sets labels that mean nothing beside the true ones, and names them", async () => {
  await using results = await runToyProfile("random-labels", { epochs: 6 });
  const { rows } = await results.json("tables", "tables/random_labels.json");
  assert.deepEqual(
    rows.map(({ dataset, regime, n }: Record<string, unknown>) => [dataset, regime, n]),
    [
      ["mnist-10k", "SB", 1],
      ["mnist-10k", "LB", 1],
      ["mnist-10k, random labels", "SB", 1],
      ["mnist-10k, random labels", "LB", 1],
    ],
  );
  const [plain, , random] = rows;
  // Six epochs on a hundred digits: true labels are nearly learnt and carry over, random ones do not.
  assert.ok(plain.testMean > 50, `test accuracy ${plain.testMean} % after true labels`);
  assert.ok(random.testMean < 40, `test accuracy ${random.testMean} % after random labels`);
  assert.ok(random.trainMean > 20, "random labels can be learnt by heart");
  for (const row of rows) assert.ok(row.sharpnessMean > 0);
  const table2 = await results.json("tables", "tables/table2.json");
  assert.equal(table2.rows[0].testSBMean, plain.testMean, "Table 2 is of true labels alone");
  const performance = await results.json("tables", "tables/performance.json");
  assert.deepEqual(performance.rows.map(({ pairs }: { pairs: number }) => pairs), [1, 1, 1]);
});
