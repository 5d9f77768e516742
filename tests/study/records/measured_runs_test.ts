import assert from "node:assert/strict";
import { readRuns } from "../../../lib/study/records/measured_runs.ts";
import { sharpnessRecord, trainRecord } from "../../report/records.ts";
import { fakeContext } from "../../support/fake_context.ts";
import { publishedArtifact } from "../../support/published_artifact.ts";
import { temporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("readRuns() takes φ of all runs at one ε, the largest that any of them has", async () => {
  await using folder = await temporaryFolder();
  const phi = (trial: string, eps: string, percent: number) =>
    publishedArtifact(
      folder.path,
      "phi",
      { trial, eps },
      sharpnessRecord("SB", Number(trial), percent, { epsilon: Number(eps) }),
    );
  const inputs = {
    batchSize: await Promise.all(
      ["0", "1"].map((trial) =>
        publishedArtifact(folder.path, "run", { trial }, trainRecord("SB", Number(trial)))
      ),
    ),
    batchSizeSharpness: [
      await phi("0", "1e-3", 20),
      await phi("0", "5e-4", 4),
      await phi("1", "5e-4", 5),
    ],
  };
  const runs = await readRuns(
    fakeContext({ parameters: {}, folder: folder.path, inputs }),
    "batchSize",
  );
  assert.deepEqual(runs.map(({ sharpness }) => sharpness?.percent), [20, undefined]);
  assert.deepEqual(runs.map(({ allSharpness }) => allSharpness.length), [2, 1]);
});
