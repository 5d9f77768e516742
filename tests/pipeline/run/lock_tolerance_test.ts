import assert from "node:assert/strict";
import { lockedCell, type LockedCells } from "../../../lib/pipeline/run/lock_file.ts";
import { movedNumbers, numbersOf } from "../../../lib/pipeline/run/lock_numbers.ts";
import { compareNumbers } from "../../../lib/pipeline/run/lock_tolerance.ts";
import type { ResultRecord } from "../../../lib/pipeline/store/record.ts";

function record(key: string): ResultRecord {
  const outputs = { metrics: { digest: `blob:${key.repeat(64)}`, bytes: 1 } };
  return { schema: 1, key: key.repeat(64), status: "ok", outputs, attempt: "a/1", seconds: 1 };
}

Deno.test("numbersOf() takes lone numbers and leaves lists, texts and what is no JSON", () => {
  assert.deepEqual(numbersOf('{"a": 1, "b": {"c": -2.5, "d": {"e": 3}}, "f": [4], "g": "5"}'), {
    a: 1,
    "b.c": -2.5,
  });
  for (const text of ["", "null", "[1, 2]", "7", "{", '{"a": null, "b": true}']) {
    assert.deepEqual(numbersOf(text), {}, text);
  }
});

Deno.test("movedNumbers() measures by the larger of the two, and names what is new or gone", () => {
  assert.deepEqual(movedNumbers({ a: 2, b: 0, c: 1, same: 3 }, { a: 1, b: 1e-9, d: 1, same: 3 }), [
    { name: "a", before: 2, now: 1, share: 0.5 },
    { name: "b", before: 0, now: 1e-9, share: 1 },
    { name: "c", before: 1, now: undefined, share: Infinity },
    { name: "d", before: undefined, now: 1, share: Infinity },
  ]);
});

Deno.test("compareNumbers() tolerates a cell whose numbers all moved by no more, and sums up by field", () => {
  const cells = ["s[t=0]", "s[t=1]", "s[t=2]", "weights[t=0]"];
  const before = [{ phi: 100, f: 1 }, { phi: 200, f: 1 }, { phi: 300, f: 1 }, {}];
  const now = [{ phi: 100.05, f: 1 }, { phi: 200, f: 1.5 }, { phi: 300, f: 1 }, {}];
  const locked: LockedCells = Object.fromEntries(
    cells.map((cell, i) => [cell, lockedCell(record("a"), { metrics: before[i]! as never })]),
  );
  const results = new Map(cells.map((cell) => [cell, record("b")]));
  const { tolerated, fields } = compareNumbers(
    locked,
    results,
    1e-3,
    (cell) => ({ metrics: now[cells.indexOf(cell)]! as never }),
  );
  assert.deepEqual([...tolerated], ["s[t=0]", "s[t=2]", "weights[t=0]"]);
  assert.deepEqual(
    fields.map((
      { field, cells, moved, worst, isWithin },
    ) => [field, cells, moved, worst, isWithin]),
    [["s.metrics.f", 3, 1, "s[t=1]", false], ["s.metrics.phi", 3, 1, "s[t=0]", true]],
  );
  // A run that diverged where the accepted one did not is never within a tolerance.
  const diverged = new Map([[cells[0]!, { ...record("b"), status: "diverged" as const }]]);
  assert.equal(compareNumbers(locked, diverged, 0.9, () => ({})).tolerated.size, 0);
});
