import assert from "node:assert/strict";
import { sharpnessProgress } from "../../lib/sharpness/progress.ts";
import { protocolOf } from "../../lib/sharpness/protocol.ts";

Deno.test("sharpnessProgress() rises all the way through climbs and search, and never above its total", () => {
  const plan = protocolOf({ protocol: "converged", inSubspace: false, hasSamples: true });
  const shares = Array<number>(8).fill(1 / 16);
  const progress = sharpnessProgress(plan, shares);
  const way = [
    progress.atIteration(0, 0),
    progress.atIteration(0, 10),
    ...shares.map((_, k) => progress.atSample(k + 1, 8)),
    progress.atIteration(1, 1),
    progress.atIteration(1, 7),
  ];
  assert.deepEqual(way, way.toSorted((a, b) => a - b));
  assert.equal(new Set(way).size, way.length);
  // 11 of L-BFGS-B, a search like 7 and a step of 2, and a climb of 8.
  assert.equal(progress.total, 28);
  assert.equal(progress.atIteration(1, 0), 20);
  assert.equal(progress.atIteration(1, 40), 28);
});

Deno.test("sharpnessProgress() without a search counts the climbs alone", () => {
  const plan = protocolOf({ protocol: "converged", inSubspace: false });
  const progress = sharpnessProgress(plan);
  assert.deepEqual([progress.total, progress.atIteration(1, 2)], [41, 13]);
});
