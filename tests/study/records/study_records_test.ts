import assert from "node:assert/strict";
import { readStudy } from "../../../lib/study/records/study_records.ts";
import { sharpnessRecord, trainRecord } from "../../report/records.ts";
import { fakeContext } from "../../support/fake_context.ts";

Deno.test("readStudy() takes φ of warm starts in full space, at the largest ε of all", async () => {
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  const artifact = async (cell: Readonly<Record<string, string>>, record: object) => {
    const path = `${folder}/${Object.values(cell).join("-")}.json`;
    await Deno.writeTextFile(path, JSON.stringify(record));
    return { cell, status: "ok" as const, path };
  };
  const space = { dimension: 100, distribution: "gaussian", seed: 1 };
  const phi = (warmEpochs: string, eps: string, percent: number, change = {}) =>
    artifact(
      { warmEpochs, eps, of: `${percent}` },
      sharpnessRecord("LB", 0, percent, { epsilon: Number(eps), ...change }),
    );
  const start = { testAccuracyPercent: 90 };
  try {
    const inputs = {
      warm: await Promise.all(
        ["1", "5"].map((warmEpochs) =>
          artifact({ warmEpochs }, {
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
    const { warm } = await readStudy(fakeContext({ parameters: {}, folder, inputs }));
    assert.deepEqual(warm.map(({ sharpness }) => sharpness?.percent), [20, undefined]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
