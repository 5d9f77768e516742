import assert from "node:assert/strict";
import { differenceRows } from "../../../lib/pipeline/verbs/diff.ts";

Deno.test("differenceRows() says of long lists how long they are", () => {
  const rows = [{ step: 1 }, { step: 2 }];
  const differences = [
    { what: "points", a: rows, b: rows.slice(1) },
    { what: "units", a: [300, 100], b: [1, 2, 3, 4, 5] },
    { what: "batch", a: 64, b: "10%" },
    { what: "turn", a: undefined, b: 90 },
  ];
  assert.deepEqual(differenceRows(differences), [
    ["points", "2 rows", "1 row"],
    ["units", "[300,100]", "5 values"],
    ["batch", 64, "10%"],
    ["turn", "-", 90],
  ]);
});
