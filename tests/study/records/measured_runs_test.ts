import assert from "node:assert/strict";
import { readRuns } from "../../../lib/study/records/measured_runs.ts";
import { sharpnessRecord, trainRecord } from "../../report/records.ts";
import { fakeContext } from "../../support/fake_context.ts";

Deno.test("readRuns() takes φ of all runs at one ε, the largest that any of them has", async () => {
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  const artifact = async (cell: Readonly<Record<string, string>>, record: object) => {
    const path = `${folder}/${Object.values(cell).join("-")}.json`;
    await Deno.writeTextFile(path, JSON.stringify(record));
    return { cell, status: "ok" as const, path };
  };
  const phi = (trial: string, eps: string, percent: number) =>
    artifact(
      { trial, eps },
      sharpnessRecord("SB", Number(trial), percent, { epsilon: Number(eps) }),
    );
  try {
    const inputs = {
      batchSize: await Promise.all(
        ["0", "1"].map((trial) => artifact({ trial }, trainRecord("SB", Number(trial)))),
      ),
      batchSizeSharpness: [
        await phi("0", "1e-3", 20),
        await phi("0", "5e-4", 4),
        await phi("1", "5e-4", 5),
      ],
    };
    const runs = await readRuns(fakeContext({ parameters: {}, folder, inputs }), "batchSize");
    assert.deepEqual(runs.map(({ sharpness }) => sharpness?.percent), [20, undefined]);
    assert.deepEqual(runs.map(({ allSharpness }) => allSharpness.length), [2, 1]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
