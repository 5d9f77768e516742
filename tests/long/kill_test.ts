import assert from "node:assert/strict";
import { stream } from "../../lib/random/stream.ts";
import { killRound } from "../pipeline/kill_rounds.ts";
import { walked, walkStudy } from "../pipeline/walk_study.ts";

/** Rounds for each kind of victim. */
const ROUNDS = 20;

for (const victims of ["all", "driver"] as const) {
  Deno.test(`${ROUNDS} runs killed at random moments, ${victims} of their processes`, async () => {
    await using study = await walkStudy();
    const counts = { kills: 0, resumed: 0 };
    const moments = stream(2, "kill moments", victims);
    for (let round = 1; round <= ROUNDS; round++) {
      await killRound(study, round, victims, 5 * moments.uniform(), counts);
    }
    assert.ok(counts.resumed > 0, "no attempt went on from a checkpoint: the moments prove little");
  });
}

Deno.test("8 drivers at once on an empty store compute each cell once", async () => {
  await using study = await walkStudy();
  const drivers = Array.from({ length: 8 }, () => study.spawn("run", "-j", "2"));
  const results = await Promise.all(drivers.map((driver) => driver.output()));
  const stderr = results.map(({ stderr }) => new TextDecoder().decode(stderr)).join("");
  assert.deepEqual(results.map(({ code }) => code), Array(8).fill(0), stderr);
  assert.deepEqual((await study.starts()).sort(), ["sum", "walk 0", "walk 1", "walk 2"]);
  const view = await study.view();
  for (const [path, text] of Object.entries(walked(0))) assert.equal(view[path], text);
});
