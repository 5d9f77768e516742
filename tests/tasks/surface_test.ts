/** The stage `surface` alone: how it goes on, and what it refuses. */
import assert from "node:assert/strict";
import { network } from "../../lib/networks/zoo.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import type { Checkpoint, CheckpointState } from "../../lib/pipeline/stage.ts";
import { writeWeights } from "../../lib/study/artifacts.ts";
import download from "../../tasks/download.ts";
import surface from "../../tasks/surface.ts";
import { fakeContext } from "../support/fake_context.ts";

const root = await Deno.makeTempDir({ prefix: "basin-test-" });
const net = network("F1");
const artifact = (path: string) => [{ cell: {}, status: "ok" as const, path }];
await download.run(fakeContext({
  parameters: { dataset: "mnist-10k", train: 40, test: 20, seed: 1 },
  folder: root,
}));
const weights = `${root}/weights.safetensors`;
await writeWeights(net, weights, initialPoint(net, 3));
const parameters = surface.parameters.parse({
  network: "F1",
  evaluationBatch: 40,
  seed: 1,
  trial: 0,
  plane: "random",
  points: 3,
  radius: 0.5,
});

async function run(name: string, checkpoint?: Checkpoint, path = weights, change = {}) {
  const folder = `${root}/${name}`;
  await Deno.mkdir(folder, { recursive: true });
  const context = fakeContext({
    parameters: surface.parameters.parse({ ...parameters, ...change }),
    folder,
    inputs: {
      train: artifact(`${root}/train`),
      test: artifact(`${root}/test`),
      weights: artifact(path),
    },
    ...(checkpoint && { checkpoint }),
  });
  await surface.run(context);
  return { text: await Deno.readTextFile(context.output("metrics")), context };
}

Deno.test("surface goes on with the row after the last that was saved, to the same bytes", async () => {
  const whole = await run("whole");
  let state: CheckpointState | undefined;
  let rows = 0;
  const checkpoint: Checkpoint = {
    load: () => state,
    isDue: () => true,
    save: (saved) => {
      state = structuredClone(saved);
      rows += 1;
      if (rows === 2) throw new Error("stopped");
    },
  };
  await assert.rejects(() => run("stopped", checkpoint), /stopped/);
  const again = await run("stopped", checkpoint);
  assert.equal(again.text, whole.text);
  // The first two rows once, the third in the second attempt.
  assert.equal(rows, 3);
});

Deno.test("surface goes on within Lanczos and after it, without a product that it has", async () => {
  const change = { plane: "eigenvectors", lanczosSteps: 4 };
  const whole = await run("top", undefined, weights, change);
  let state: CheckpointState | undefined;
  let saves = 0;
  const checkpoint: Checkpoint = {
    load: () => state,
    isDue: () => true,
    save: (saved) => {
      state = structuredClone(saved);
      saves += 1;
      if (saves === 2 || saves === 4) throw new Error("stopped");
    },
  };
  const attempt = () => run("top-stopped", checkpoint, weights, change);
  await assert.rejects(attempt, /stopped/);
  await assert.rejects(attempt, /stopped/);
  assert.equal((await attempt()).text, whole.text);
  // After each of the products but the last, and after each of the rows.
  assert.equal(saves, 3 + 3);
});

Deno.test("surface publishes a point of NaN as diverged, without a grid", async () => {
  const lost = `${root}/nan.safetensors`;
  await writeWeights(net, lost, new Float64Array(net.dimension).fill(NaN));
  const { text, context } = await run("lost", undefined, lost);
  assert.equal(context.divergences.length, 1);
  assert.deepEqual(JSON.parse(text).rows, []);
});

Deno.test("surface refuses a grid without a middle, and moments of one point", () => {
  for (const wrong of [{ points: 4 }, { points: 1 }, { radius: 0 }, { batchNorm: "running" }]) {
    assert.throws(() => surface.parameters.parse({ ...parameters, ...wrong }));
  }
});

globalThis.addEventListener("unload", () => Deno.removeSync(root, { recursive: true }));
