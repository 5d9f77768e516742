/** The profile `remedies` at toy size. */
import assert from "node:assert/strict";
import { runToyProfile } from "../support/toy_profile.ts";

/** One regime of each kind: steps of another gradient, several a batch, moved images, more sizes. */
const REGIMES = {
  SB: { use: "sb" },
  LB: { use: "lb" },
  "LB-augmented": { use: "lb", augmentation: { flip: false, rotationDegrees: 10, shift: 0.2 } },
  "LB-conservative": { use: "lb", conservative: true },
  "LB-adversarial": { use: "lb", criterion: "adversarial" },
  "LB-stability": { use: "lb", criterion: { stability: { weight: 1 } } },
  "LB-SAM": { use: "lb", criterion: "sam" },
  "LB-dynamic": { use: "lb", batch: 20, batchGrowth: { factor: 2, everyEpochs: 1, most: 50 } },
};

Deno.test("remedies compares every remedy with SB and LB, beside the paper's", async () => {
  const axes = { regime: REGIMES, eps: [1e-3] };
  await using results = await runToyProfile("remedies", { axes });
  const { rows, notes } = await results.json("tables", "tables/remedies.json");
  const ours = rows.filter(({ source }: { source: string }) => source === "ours");
  const regimes = ours.map(({ regime }: { regime: string }) => regime);
  assert.deepEqual(regimes.slice(0, 2), ["SB", "LB"]);
  assert.deepEqual(regimes.toSorted(), Object.keys(REGIMES).toSorted());
  for (const row of ours) assert.ok(row.testMean > 0 && row["sharpnessMean 1e-3"] > 0, row.regime);
  const [plain, ...others] = ours.filter(({ regime }: { regime: string }) => regime !== "SB");
  for (const row of others) assert.notEqual(row.lossMean, plain.lossMean, row.regime);
  const named = notes.find((note: string) => note.startsWith("Remedies: "));
  for (const regime of Object.keys(REGIMES).slice(2)) {
    assert.ok(named.includes(`${regime}: `), named);
  }
  const { tables, figures } = await results.json("report", "report");
  assert.ok(
    figures.some(({ name, svg }: { name: string; svg?: string }) =>
      name === "remedies" && svg?.includes("LB-SAM")
    ),
  );
  assert.ok(tables.some(({ name }: { name: string }) => name === "remedies"));
});
