/** The profile `iterations` at toy size. */
import assert from "node:assert/strict";
import { studyYaml } from "../support/study_yaml.ts";
import { runToyProfile } from "../support/toy_profile.ts";

Deno.test("iterations gives the maximiser ten times the default's iterations, and says so", async () => {
  const yaml = await studyYaml();
  const { maxIterations } = yaml.profiles.iterations.params.sharpness;
  assert.equal(maxIterations, 100);
  await using results = await runToyProfile("iterations", {
    params: { sharpness: { maxIterations: 3 } },
    axes: { eps: [1e-3] },
  });
  const { iterations } = await results.json(
    "sharpness[eps=0.001,network=F1,regime=LB,space=full,trial=0]",
    "metrics",
  );
  assert.ok(iterations > 0 && iterations <= 3, `${iterations}`);
  assert.match(await results.text("tables", "full"), /at most 3 iterations/);
});
