import assert from "node:assert/strict";
import { showNumber, showPoints, showSummary } from "../../lib/report/summary.ts";

Deno.test("showNumber() and showPoints() round to the digits of the rounded number", () => {
  assert.deepEqual([0.9996, 0.09996, 0.99949, -0.9996].map(showNumber), [
    "1.00",
    "0.100",
    "0.999",
    "-1.00",
  ]);
  assert.deepEqual([-0.001, 0.001, -0.006].map(showPoints), ["0.00", "0.00", "-0.01"]);
  assert.equal(showSummary({ mean: 1e-5, sd: 0 }), "1.0e-5 ± 0");
});
