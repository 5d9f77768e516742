import assert from "node:assert/strict";
import { LOSS_NAMES, LOSSES, lossNamed, recognisedLoss } from "../../lib/losses/losses.ts";
import type { ModelOutput, TargetFacts } from "../../lib/losses/loss.ts";

/** Facts of targets of so many entries. */
const labels = (entries: number, areBinary = false): TargetFacts => ({
  entries,
  labels: entries,
  areWhole: true,
  areBinary,
});
const hot = (classes: number): TargetFacts => ({ ...labels(classes, true), labels: 1 });
const real = (entries: number): TargetFacts => ({
  entries,
  labels: 0,
  areWhole: false,
  areBinary: false,
});

Deno.test("recognisedLoss() goes by ending, shape and targets", () => {
  const cases: [ModelOutput, TargetFacts | undefined, string][] = [
    // Without data the model decides.
    [{ shape: [10] }, undefined, "cross-entropy"],
    [{ shape: [1] }, undefined, "binary-cross-entropy"],
    [{ shape: [] }, undefined, "binary-cross-entropy"],
    // Classes.
    [{ shape: [10] }, labels(1), "cross-entropy"],
    [{ shape: [10] }, hot(10), "cross-entropy"],
    [{ shape: [5, 7] }, labels(5), "cross-entropy"],
    [{ shape: [3, 4, 4] }, labels(16), "cross-entropy"],
    [{ shape: [2, 1, 1] }, labels(1, true), "cross-entropy"],
    [{ shape: [3], ending: "log-softmax" }, real(1), "cross-entropy"],
    // Yes or no, once or several times.
    [{ shape: [1] }, labels(1, true), "binary-cross-entropy"],
    [{ shape: [4] }, labels(4, true), "binary-cross-entropy"],
    [{ shape: [1, 4, 4] }, labels(16, true), "binary-cross-entropy"],
    [{ shape: [4], ending: "sigmoid" }, real(4), "binary-cross-entropy"],
    [{ shape: [1], ending: "sigmoid" }, labels(1), "binary-cross-entropy"],
    // Numbers.
    [{ shape: [1] }, real(1), "mean-squared-error"],
    [{ shape: [] }, labels(1), "mean-squared-error"],
    [{ shape: [2] }, real(2), "mean-squared-error"],
    [{ shape: [3, 8, 8] }, real(192), "mean-squared-error"],
    [{ shape: [4] }, labels(4), "mean-squared-error"],
    [{ shape: [2] }, real(3), "mean-squared-error"],
    // What does not fit is taken for classes, and said of them.
    [{ shape: [10] }, labels(3), "cross-entropy"],
    [{ shape: [1] }, labels(3), "binary-cross-entropy"],
  ];
  for (const [output, targets, name] of cases) {
    assert.equal(recognisedLoss(output, targets).name, name, JSON.stringify([output, targets]));
  }
});

Deno.test("lossNamed() gives each loss by its name, and names all where there is none", () => {
  assert.deepEqual(LOSS_NAMES.map((name) => lossNamed(name)), LOSSES);
  assert.throws(() => lossNamed("hinge"), {
    name: "RangeError",
    message: /named "hinge"; there are cross-entropy, binary-cross-entropy, mean-squared-error$/,
  });
});

Deno.test("hits() of each loss counts no NaN and no tie", () => {
  const [ofClasses, ofSides, ofNumbers] = LOSSES.map(({ hits }) => hits);
  const classes: [number[], number, number][] = [
    [[1, 2], 1, 1],
    [[1, 2], 0, 0],
    [[2, 2], 0, 0],
    [[NaN, 2], 0, 0],
    [[NaN, 2], 1, 0],
  ];
  for (const [row, label, share] of classes) {
    assert.equal(ofClasses!(row, [label]), share, `${row}`);
  }
  assert.equal(ofSides!([0, 3, -1, NaN], [1, 0.75, 0, 1]), 0.5);
  assert.equal(ofNumbers, undefined);
});
