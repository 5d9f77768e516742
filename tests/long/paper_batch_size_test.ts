/** The profile `paper-batch-size` at toy size. */
import assert from "node:assert/strict";
import { runToyProfile } from "../support/toy_profile.ts";

Deno.test("paper-batch-size has a row for each batch size of F2, and for the smaller ones of C1", async () => {
  const small = { evaluationBatch: 50 };
  await using results = await runToyProfile("paper-batch-size", {
    params: { data: { train: 100, test: 50 } },
    axes: {
      network: {
        F2: { network: "F2", dataset: "synthetic-timit", ...small },
        C1: { network: "C1", dataset: "synthetic-cifar-10", ...small },
      },
      regime: {
        b256: { use: "sb", batch: 25 },
        ...Object.fromEntries(
          ["b8192", "b16384", "b32768"].map((label) => [label, { use: "sb", batch: 100 }]),
        ),
      },
    },
    epochs: 1,
  });
  const { rows } = JSON.parse(await results.text("tables", "tables/batch_size.json"));
  const found = rows.map((row: { network: string; batchSize: number }) =>
    `${row.network} ${row.batchSize}`
  );
  assert.deepEqual(found, ["C1 25", "F2 25", "F2 100"]);
  assert.match(await results.text("tables", "full"), /synthetic-timit/);
});
