/** The profile `iterations` at toy size. */
import assert from "node:assert/strict";
import { studyYaml } from "../support/study_yaml.ts";
import { runToyProfile } from "../support/toy_profile.ts";

Deno.test("iterations sets ten times the paper's iterations beside the default study's protocol", async () => {
  const yaml = await studyYaml();
  const { maximiser } = yaml.profiles.iterations.axes;
  assert.deepEqual(maximiser, {
    converged: {},
    hundred: { protocol: "paper", maxIterations: 100 },
  });
  await using results = await runToyProfile("iterations", {
    axes: {
      eps: [1e-3],
      maximiser: { converged: { protocol: "converged" }, hundred: { maxIterations: 3 } },
    },
  });
  const cell = "network=F1,regime=LB,space=full,trial=0]";
  const metrics = async (maximiser: string) =>
    await results.json(`sharpness[eps=0.001,maximiser=${maximiser},${cell}`, "metrics");
  const [converged, hundred] = [await metrics("converged"), await metrics("hundred")];
  assert.ok(hundred.iterations > 2 && hundred.iterations <= 3, `${hundred.iterations}`);
  assert.equal(hundred.budget, undefined);
  const { rows } = await results.json("tables", "tables/maximisers.json");
  const row = rows.find(({ regime }: { regime: string }) => regime === "LB");
  assert.equal(row.percent, converged.percent);
  assert.equal(row.budgetPercent, converged.budget.percent);
  assert.equal(row.longerPercent, hundred.percent);
  assert.equal(row.longerEvaluations, hundred.restarts[0].evaluations);
  assert.match(await results.text("tables", "full"), /paper, from vertex, 3 iterations/);
});
