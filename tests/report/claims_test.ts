import assert from "node:assert/strict";
import { claims } from "../../lib/report/claims.ts";
import { headline } from "../../lib/report/headline.ts";
import type { Verdict } from "../../lib/report/verdict.ts";
import { sharpnessRecord, trainRecord } from "./records.ts";

/** Runs whose sharpness and test accuracy are given trial by trial. */
function verdicts(
  phi: { readonly SB: readonly number[]; readonly LB: readonly number[] },
  accuracy: { readonly SB: readonly number[]; readonly LB: readonly number[] },
): Verdict[] {
  const regimes = ["SB", "LB"] as const;
  return claims(
    regimes.flatMap((regime) =>
      accuracy[regime].map((testAccuracyPercent, trial) =>
        trainRecord(regime, trial, { testAccuracyPercent })
      )
    ),
    regimes.flatMap((regime) =>
      phi[regime].map((percent, trial) => sharpnessRecord(regime, trial, percent))
    ),
  ).map(({ verdict }) => verdict);
}

Deno.test("claims() agrees where all trials say what the paper says, differs where none does", () => {
  const [low, high] = [[1, 1.1, 0.9], [100, 101, 99]];
  const [worse, better] = [[96, 96.1, 95.9], [97, 97.1, 96.9]];
  assert.deepEqual(verdicts({ SB: low, LB: high }, { SB: better, LB: worse }), [
    "agrees",
    "agrees",
  ]);
  assert.deepEqual(verdicts({ SB: high, LB: low }, { SB: worse, LB: better }), [
    "differs",
    "differs",
  ]);
});

Deno.test("claims() leans where the trials do not settle it, or where there is one only", () => {
  const scattered = { SB: [1, 50, 100], LB: [20, 10, 130] };
  assert.deepEqual(verdicts(scattered, { SB: [96, 97], LB: [97, 95.5] }), ["leans", "leans"]);
  // One trial makes LB's mean the larger one; two of three, by factors, say the opposite.
  const outlier = { SB: [50, 50, 50], LB: [1, 1, 400] };
  assert.deepEqual(verdicts(outlier, { SB: [96, 97], LB: [97, 95.5] })[0], "leans");
  assert.deepEqual(verdicts({ SB: [5], LB: [3] }, { SB: [96], LB: [97] }), [
    "leans-away",
    "leans-away",
  ]);
});

Deno.test("claims() has the paper's numbers beside ours, and says what is missing", () => {
  const train = (["SB", "LB"] as const).map((regime) => trainRecord(regime, 0));
  const sharpness = [sharpnessRecord("SB", 0, 2), sharpnessRecord("LB", 0, 5)];
  const [sharper, better] = claims(train, sharpness);
  assert.equal(sharper!.paper, "sharper by a factor of 167");
  assert.equal(
    sharper!.ours,
    "sharper by a factor of 2.50: φ 5.00 % against 2.00 %, n = 1; sharper in 1 of 1 trials",
  );
  assert.deepEqual(sharper!.short, {
    subject: "large-batch minima are",
    predicate: "sharper by a factor of 2.50 at ε = 1e-3",
  });
  assert.equal(better!.paper, "by 0.22 points");
  assert.equal(better!.short!.predicate, "1.00 points better on the test set");
  assert.deepEqual(claims(train, []).map(({ verdict }) => verdict), ["missing", "leans"]);
  assert.deepEqual(claims([], []), []);
  const flat = claims(train, [sharpnessRecord("SB", 0, 300), sharpnessRecord("LB", 0, 2)]);
  assert.match(flat[0]!.short!.predicate, /^flatter by a factor of 150 at/);
  const still = claims(train, [sharpnessRecord("SB", 0, 0), sharpnessRecord("LB", 0, 2)]);
  assert.match(still[0]!.short!.predicate, /^sharper at ε/);
});

Deno.test("claims() and headline() say of how many pairs the ratio is, where a φ is 0", () => {
  const records = (["SB", "LB"] as const).flatMap((regime) =>
    [0, 1, 2].map((trial) => trainRecord(regime, trial))
  );
  const of = (least: number) => [
    ...[least, 1, 1].map((percent, trial) => sharpnessRecord("SB", trial, percent)),
    ...[2, 2, 4].map((percent, trial) => sharpnessRecord("LB", trial, percent)),
  ];
  const said = /95 % interval .*\) in the 2 where both are above 0$/;
  assert.match(claims(records, of(0))[0]!.ours, said);
  assert.doesNotMatch(claims(records, of(1))[0]!.ours, said);
  assert.match(
    headline(records, of(0))[0]!,
    /Trial by trial, in the 2 where both are above 0, LB\/SB has/,
  );
  assert.doesNotMatch(headline(records, of(1))[0]!, /where both are/);
});

Deno.test("claims() and headline() draw no conclusion from a toy", () => {
  const train = (["SB", "LB"] as const).map((regime) =>
    trainRecord(regime, 0, { trainCount: 400 })
  );
  const sharpness = [sharpnessRecord("SB", 0, 9), sharpnessRecord("LB", 0, 5)];
  assert.deepEqual(claims(train, sharpness).map(({ verdict }) => verdict), ["toy", "toy"]);
  assert.deepEqual(headline(train, sharpness), ["F1: toy size: the numbers mean nothing."]);
});
