import assert from "node:assert/strict";
import { namedAmounts, plainFields } from "../../../lib/pipeline/verbs/plain_fields.ts";

Deno.test("plainFields() names entries by their way, also in lists of things with names", () => {
  const result = {
    loss: 0.5,
    trace: { mean: 2, error: null },
    measures: [{ name: "bits", amount: 3 }, { name: "trace", amount: 7, how: "10 probes" }],
    points: [{ alpha: 0 }, { alpha: 1 }],
    curve: [1, 2],
  };
  assert.deepEqual(plainFields(result, "a."), {
    "a.loss": 0.5,
    "a.trace.mean": 2,
    "a.trace.error": null,
    "a.measures.bits.amount": 3,
    "a.measures.trace.amount": 7,
    "a.measures.trace.how": "10 probes",
    "a.points": [{ alpha: 0 }, { alpha: 1 }],
    "a.curve": [1, 2],
  });
  for (const value of [undefined, null, 3, "text"]) assert.deepEqual(plainFields(value), {});
});

Deno.test("namedAmounts() takes no list in which a name is missing, no text or there twice, or an amount is", () => {
  const lists = [
    [],
    [1, 2],
    [null],
    [{ amount: 1 }],
    [{ name: 3, amount: 1 }],
    [{ name: "headline", title: "a figure" }],
    [{ name: "a", amount: 1 }, { name: "a", amount: 1 }],
    [{ name: "a", amount: 1 }, "b"],
  ];
  for (const list of [...lists, "text", { name: "a" }]) {
    assert.equal(namedAmounts(list), undefined, JSON.stringify(list));
  }
  assert.deepEqual(namedAmounts([{ name: "a", amount: 1 }]), { a: { amount: 1 } });
});
