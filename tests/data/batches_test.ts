import assert from "node:assert/strict";
import { epochOrder, gatherBatch } from "../../lib/data/batches.ts";
import { checkedDataset } from "../../lib/data/dataset.ts";
import { toyDataset } from "../support/toy_problem.ts";

Deno.test("epochOrder() is a permutation, another one at every epoch, the same when asked again", () => {
  const order = epochOrder(50, 3, 1);
  assert.deepEqual([...order].sort((a, b) => a - b), [...Array(50).keys()]);
  assert.deepEqual(epochOrder(50, 3, 1), order);
  assert.notDeepEqual(epochOrder(50, 3, 2), order);
  assert.notDeepEqual(epochOrder(50, 4, 1), order);
});

Deno.test("gatherBatch() copies the examples with their labels", () => {
  const data = toyDataset(9);
  const { features, labels } = gatherBatch(data, Uint32Array.of(4, 0));
  assert.deepEqual(
    features,
    Float32Array.of(...data.features.subarray(20, 25), ...data.features.subarray(0, 5)),
  );
  assert.deepEqual(labels, Int32Array.of(data.labels[4]!, data.labels[0]!));
});

Deno.test("checkedDataset() names what is wrong, and where", () => {
  const data = toyDataset(6);
  const nan = data.features.slice();
  nan[12] = NaN;
  const cases = [
    [{ labels: Int32Array.of(0, 1, 2, 3, 1, 2) }, /example 3 has the label 3, want 0 to 2/],
    [{ labels: Int32Array.of(0, -1, 2, 0, 1, 2) }, /example 1 has the label -1/],
    [{ features: nan }, /feature 2 of example 2 is NaN/],
    [{ features: data.features.subarray(1) }, /need 30 features and 6 labels, got 29 and 6/],
    [{ classes: NaN }, /has NaN classes/],
    [{ classes: 0 }, /has 0 classes/],
    [{ count: 0, features: new Float32Array(0), labels: new Int32Array(0) }, /no examples/],
  ] as const;
  for (const [change, message] of cases) {
    assert.throws(() => checkedDataset({ ...data, ...change }), message);
  }
});
