/** The profile `curvature` at toy size. */
import assert from "node:assert/strict";
import { runToyProfile } from "../support/toy_profile.ts";

Deno.test("curvature has spectrum and measures of SB and LB in tables, and the spectrum drawn", async () => {
  await using results = await runToyProfile("curvature", {
    params: {
      ritz: { dimension: 2, lanczosSteps: 2 },
      spectrum: { steps: 2, probes: 1, traceProbes: 2, directions: 2 },
      measures: { measures: ["expected", "bits"], pairs: 2 },
    },
    axes: { space: { full: {} } },
  });
  const tableOf = async (name: string) =>
    JSON.parse(await results.text("tables", `tables/${name}.json`)).rows;
  const [SB] = await tableOf("spectrum");
  const spectrum = await results.json("spectrum[network=F1,regime=SB,trial=0]", "metrics");
  assert.equal(SB.traceMean, spectrum.trace.mean);
  assert.equal(SB.largestMean, Math.max(...spectrum.density.nodes));
  const measures = await tableOf("measures");
  assert.deepEqual(
    measures.map((
      { measure, nSB, nLB }: { measure: string; nSB: number; nLB: number },
    ) => [measure, nSB, nLB]),
    ["sharpness-full", "eigenvalue", "trace", "expected", "bits"].map((name) => [name, 1, 1]),
  );
  const { figures } = await results.json("report", "report");
  const drawn = figures.filter((figure: object) => "svg" in figure)
    .map(({ name }: { name: string }) => name);
  assert.ok(drawn.includes("spectrum") && drawn.includes("curvature"), `${drawn}`);
});
