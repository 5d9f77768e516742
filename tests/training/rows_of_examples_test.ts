import assert from "node:assert/strict";
import type { Engine, Feed } from "../../lib/engine/engine.ts";
import { isRows } from "../../lib/engine/rows.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { train } from "../../lib/training/train.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

/** The reference engine, and what its functions were fed. */
function observed(): { engine: Engine; fed: Map<string, Readonly<Record<string, Feed>>[]> } {
  const fed = new Map<string, Readonly<Record<string, Feed>>[]>();
  const { description, load } = referenceEngine();
  return {
    fed,
    engine: {
      description,
      async load(program) {
        const session = await load(program);
        return {
          run(name, feeds = {}) {
            fed.set(name, [...fed.get(name) ?? [], feeds]);
            return session.run(name, feeds);
          },
          assign: (values) => session.assign(values),
          read: (names) => session.read(names),
          [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
        };
      },
    },
  };
}

Deno.test("train() feeds batches and chunks as rows of the data set's own memory", async () => {
  const { engine, fed } = observed();
  const net = toyNetwork();
  const [trained, tested] = [toyDataset(12), toyDataset(6, 2)];
  await train(net, { train: trained, test: tested }, initialPoint(net, 1), {
    engine,
    batchSize: 4,
    evaluationBatch: 6,
    stop: { kind: "epochs", epochs: 1 },
    seed: 1,
  });
  const rows = (name: string, leaf: string) =>
    fed.get(name)!.map((feeds) => {
      const feed = feeds[leaf]!;
      assert.ok(isRows(feed), `${leaf} of ${name} is no rows`);
      return feed;
    });
  const steps = rows("step 4", "examples4");
  assert.ok(steps.every(({ table }) => table === trained.features));
  assert.ok(rows("step 4", "labels4").every(({ table }) => table === trained.labels));
  const seen = steps.flatMap(({ indices }) => [...indices]);
  assert.deepEqual(seen.toSorted((a, b) => a - b), Array.from({ length: 12 }, (_, i) => i));
  const chunks = rows("losses 6", "examples6");
  assert.deepEqual(
    chunks.slice(0, 3).map(({ table, indices }) => [table, indices[0]]),
    [[trained.features, 0], [trained.features, 6], [tested.features, 0]],
  );
});
