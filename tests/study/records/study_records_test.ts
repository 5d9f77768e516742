import assert from "node:assert/strict";
import { readStudy } from "../../../lib/study/records/study_records.ts";
import { sharpnessRecord, trainRecord } from "../../report/records.ts";
import { fakeContext } from "../../support/fake_context.ts";
import { publishedArtifact } from "../../support/published_artifact.ts";
import { temporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("readStudy() takes φ of warm starts in full space, at the largest ε of all", async () => {
  await using folder = await temporaryFolder();
  const space = { dimension: 100, distribution: "gaussian", seed: 1 };
  const phi = (warmEpochs: string, eps: string, percent: number, change = {}) =>
    publishedArtifact(
      folder.path,
      "phi",
      { warmEpochs, eps, of: `${percent}` },
      sharpnessRecord("LB", 0, percent, { epsilon: Number(eps), ...change }),
    );
  const start = { testAccuracyPercent: 90 };
  const inputs = {
    warm: await Promise.all(
      ["1", "5"].map((warmEpochs) =>
        publishedArtifact(folder.path, "warm", { warmEpochs }, {
          ...trainRecord("LB", 0),
          warmEpochs: Number(warmEpochs),
          start,
        })
      ),
    ),
    warmSharpness: [
      await phi("1", "1e-3", 0.5, { space }),
      await phi("1", "5e-4", 4),
      await phi("1", "1e-3", 20),
      await phi("5", "5e-4", 6),
    ],
  };
  const { warm } = await readStudy(fakeContext({ parameters: {}, folder: folder.path, inputs }));
  assert.deepEqual(warm.map(({ sharpness }) => sharpness?.percent), [20, undefined]);
});
