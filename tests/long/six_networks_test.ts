/** The six networks of `--profile paper` through its stages, at toy size. */
import assert from "node:assert/strict";
import { NETWORK_NAMES } from "../../lib/networks/zoo.ts";
import type { Cell } from "../../lib/pipeline/plan/cell.ts";
import type { InputArtifact } from "../../lib/pipeline/stage.ts";
import tables from "../../tasks/tables.ts";
import { fakeContext } from "../support/fake_context.ts";
import { cellOf, parametersOf, stageOf } from "../support/paper_profile.ts";

/** Sizes at which all of C2 takes seconds; nothing else of the profile is changed. */
const TOY = {
  download: (dataset: unknown) => ({
    dataset: `synthetic-${dataset}`.replace("synthetic-synthetic", "synthetic"),
    train: 32,
    test: 16,
  }),
  train: { batch: 16, epochs: 1, evaluationBatch: 16, keepIterates: [1] },
  sharpness: { maxIterations: 1, evaluationBatch: 16 },
  ritz: { dimension: 1, lanczosSteps: 1, evaluationBatch: 16 },
} as const;

Deno.test("profile paper: each network goes through download, train, sharpness, Ritz values and tables", async () => {
  const root = await Deno.makeTempDir({ prefix: "basin-test-" });
  const artifact = (cell: Cell, output: string): InputArtifact => ({
    cell: cell.labels,
    status: "ok",
    path: `${root}/${cell.id}/${output}`,
  });
  const run = async (cell: Cell, change: object, inputs: Record<string, InputArtifact[]> = {}) => {
    const stage = stageOf(cell);
    const folder = `${root}/${cell.id}`;
    await Deno.mkdir(folder);
    const parameters = stage.parameters.parse({ ...parametersOf(cell), ...change });
    await stage.run(fakeContext({ parameters, folder, inputs }));
    return artifact(cell, "metrics");
  };
  try {
    const results: Record<string, InputArtifact[]> = { train: [], sharpness: [], ritz: [] };
    for (const network of NETWORK_NAMES) {
      const data = cellOf("download", { network });
      await run(data, TOY.download(parametersOf(data).dataset));
      const inputs = { train: [artifact(data, "train")], test: [artifact(data, "test")] };
      const at = { network, regime: "LB", trial: "0" };
      const trained = cellOf("train", at);
      results.train!.push(await run(trained, TOY.train, inputs));
      const point = { ...inputs, weights: [artifact(trained, "weights")] };
      const sharp = cellOf("sharpness", { ...at, eps: "0.001", space: "full" });
      results.sharpness!.push(await run(sharp, TOY.sharpness, point));
      results.ritz!.push(await run(cellOf("ritz", at), TOY.ritz, point));
    }
    await tables.run(fakeContext({ parameters: {}, folder: root, inputs: results }));
    const text = await Deno.readTextFile(`${root}/terminal`);
    for (const network of NETWORK_NAMES) assert.match(text, new RegExp(`\\| ${network}\\b`));
    assert.match(text, /synthetic-cifar-100/, "stand-ins are named");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
