import assert from "node:assert/strict";
import { mostEpochs, stopAfter, type StopRule } from "../../lib/training/stop_rule.ts";

const PLATEAU: StopRule = { kind: "plateau", patience: 2, minimumDecrease: 0.1, maxEpochs: 6 };

Deno.test("stopAfter() counts epochs from the start, which is none", () => {
  const rule: StopRule = { kind: "epochs", epochs: 2 };
  assert.equal(stopAfter(rule, [1]), undefined);
  assert.equal(stopAfter(rule, [1, 1]), undefined);
  assert.equal(stopAfter(rule, [1, 1, 1]), "epochs");
});

Deno.test("stopAfter() ends on a plateau of `patience` epochs without enough decrease", () => {
  assert.equal(stopAfter(PLATEAU, [1, 0.8, 0.6]), undefined);
  assert.equal(stopAfter(PLATEAU, [1, 0.5, 0.49, 0.48]), "plateau"); // 4 % in two epochs
  assert.equal(stopAfter(PLATEAU, [1, 0.5, 0.49, 0.44]), undefined); // 12 %
});

Deno.test("stopAfter() ends at the cap while the loss still falls", () => {
  const falling = [1, 0.5, 0.25, 0.12, 0.06, 0.03, 0.01];
  assert.equal(stopAfter(PLATEAU, falling), "max-epochs");
});

Deno.test("stopAfter() ends on a loss that is not finite, whatever the rule", () => {
  for (const loss of [NaN, Infinity]) assert.equal(stopAfter(PLATEAU, [1, loss]), "diverged");
});

Deno.test("mostEpochs() is the cap", () => {
  assert.equal(mostEpochs(PLATEAU), 6);
  assert.equal(mostEpochs({ kind: "epochs", epochs: 9 }), 9);
});

Deno.test("stopAfter() takes a loss that stays as it is for a plateau, zero included", () => {
  const rule: StopRule = { ...PLATEAU, minimumDecrease: 0 };
  assert.equal(stopAfter(rule, [1, 0.5, 0.5, 0.5]), "plateau");
  assert.equal(stopAfter(PLATEAU, [1, 0, 0, 0]), "plateau");
});
