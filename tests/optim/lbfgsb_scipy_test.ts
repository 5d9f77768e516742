import assert from "node:assert/strict";
import { minimizeInBox } from "../../lib/optim/lbfgsb.ts";
import stored from "../oracles/lbfgsb_scipy.json" with { type: "json" };
import { type Family, randomProblem } from "./random_problems.ts";

Deno.test("minimizeInBox() finds SciPy's minima of 50 problems, at no more than 1.2 times its cost", async () => {
  const costs: number[] = [];
  let sameCounts = 0;
  for (const { family, seed, value, iterations, evaluations } of stored.problems) {
    const { objective, start, box } = randomProblem(family as Family, seed);
    const minimum = await minimizeInBox(objective, start, box, {
      gradientTolerance: 1e-9,
      decreaseTolerance: 1e-14,
    });
    assert.match(minimum.stopReason, /^(gradient|decrease)-small$/, `${family} ${seed}`);
    const gap = (minimum.value - value) / Math.abs(value);
    assert.ok(gap < 1e-8, `${family} ${seed}: f = ${minimum.value}, SciPy ${value}`);
    for (const [i, xi] of minimum.x.entries()) {
      assert.ok(box.lower[i]! <= xi && xi <= box.upper[i]!, `${family} ${seed}: x[${i}] = ${xi}`);
    }
    costs.push(minimum.evaluations / evaluations);
    if (minimum.iterations === iterations && minimum.evaluations === evaluations) sameCounts++;
  }
  costs.sort((a, b) => a - b);
  assert.ok(costs[25]! <= 1.2, `median cost ${costs[25]} of SciPy's`);
  // The same algorithm takes the same steps until rounding decides, late in the ill-conditioned ones.
  assert.ok(sameCounts >= 40, `only ${sameCounts} of 50 took as many steps as SciPy`);
  assert.ok(costs[49]! <= 2.5, `largest cost ${costs[49]} of SciPy's`);
});
