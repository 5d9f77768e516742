/** What `--profile paper` says of the six networks. */
import assert from "node:assert/strict";
import { NETWORK_NAMES } from "../../lib/networks/zoo.ts";
import { cellOf, PAPER_CELLS, parametersOf } from "../support/paper_profile.ts";

Deno.test("profile paper: six networks, each on its data set, which two may share", () => {
  const downloads = NETWORK_NAMES.map((network) => parametersOf(cellOf("download", { network })));
  assert.deepEqual(downloads.map(({ dataset }) => dataset), [
    "mnist",
    "synthetic-timit",
    "cifar-10",
    "cifar-10",
    "cifar-100",
    "cifar-100",
  ]);
  // Equal parameters of one stage are equal keys: C2 reads what C1 made.
  const [, , c1, c2, c3, c4] = downloads;
  assert.deepEqual([c1, c3], [c2, c4]);
  assert.notDeepEqual(c1, c3);
  for (const cell of PAPER_CELLS.filter(({ stage }) => stage.name === "train")) {
    const { network, batch, epochs, patience } = parametersOf(cell);
    assert.equal(network, cell.labels.network);
    assert.deepEqual(
      { batch, epochs, patience },
      cell.labels.regime === "SB"
        ? { batch: 256, epochs: 100, patience: undefined }
        : { batch: "10%", epochs: 500, patience: 20 },
    );
  }
});

Deno.test("profile paper: the chunks of f are of one size, and warm starts have their iterates", () => {
  const counts: Record<string, number> = { F1: 60_000, F2: 72_000 };
  for (const cell of PAPER_CELLS.filter(({ stage }) => stage.name === "train")) {
    const { network, evaluationBatch } = parametersOf(cell);
    const count = counts[String(network)] ?? 50_000;
    assert.equal(count % Number(evaluationBatch), 0, `${network}: a chunk's size is part of f`);
  }
  for (const cell of PAPER_CELLS.filter(({ stage }) => stage.name === "warm_start")) {
    const { network, trial, warmEpochs } = cell.labels;
    const { keepIterates } = parametersOf(
      cellOf("train", { network: network!, trial: trial!, regime: "SB" }),
    );
    assert.ok((keepIterates as number[]).includes(Number(warmEpochs)), cell.id);
  }
});
