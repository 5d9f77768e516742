import assert from "node:assert/strict";
import { stream } from "../../lib/random/stream.ts";
import { killRound } from "./kill_rounds.ts";
import { walkStudy } from "./walk_study.ts";

Deno.test("runs killed at random moments leave nothing to repair, and the same bytes", async () => {
  await using study = await walkStudy();
  const counts = { kills: 0, resumed: 0 };
  const moments = stream(1, "kill moments");
  for (const [i, victims] of (["all", "driver"] as const).entries()) {
    await killRound(study, i + 1, victims, 1 + 2 * moments.uniform(), counts);
  }
  assert.equal(counts.kills, 2);
});
