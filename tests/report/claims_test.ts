import assert from "node:assert/strict";
import { claims } from "../../lib/report/claims.ts";
import { headline } from "../../lib/report/headline.ts";
import type { TrainRecord } from "../../lib/report/results.ts";
import { fullSharpnessTable } from "../../lib/report/sharpness_table.ts";
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

/** The claims of one network at one ε, φ and test accuracy given trial by trial. */
function claimsOf(
  phi: readonly [SB: readonly number[], LB: readonly number[]],
  accuracy: readonly [SB: readonly number[], LB: readonly number[]],
  change: Partial<TrainRecord> = {},
) {
  const regimes = ["SB", "LB"] as const;
  const train = regimes.flatMap((regime, k) =>
    accuracy[k]!.map((testAccuracyPercent, trial) =>
      trainRecord(regime, trial, { testAccuracyPercent, ...change })
    )
  );
  const sharpness = regimes.flatMap((regime, k) =>
    phi[k]!.map((percent, trial) => sharpnessRecord(regime, trial, percent))
  );
  return { claims: claims(train, sharpness), words: headline(train, sharpness)[0]!, sharpness };
}

Deno.test("claims() settles nothing where φ is 0 in pairs of the other order", () => {
  const { claims: [claim], sharpness } = claimsOf([[1, 1.01, 5, 5, 5], [100, 101.5, 0, 0, 0]], [
    [97],
    [96],
  ]);
  assert.equal(claim!.verdict, "leans");
  assert.match(claim!.ours, /sharper in 2 of 5 trials, .* in the 2 where both are above 0/);
  assert.equal(fullSharpnessTable(sharpness).rows[0]!.at(-1), "2/5 ✓ ≈");
});

Deno.test("claims() takes equal differences of a few examples for no certainty", () => {
  // One and two of 2 000 digits: 0.1 points in both trials.
  const { claims: [, claim], words } = claimsOf([[1], [2]], [[96.6, 96.65], [96.5, 96.55]]);
  assert.equal(claim!.verdict, "leans");
  assert.match(claim!.ours, /n = 2; 95 % interval of the difference -0\.08 to 0\.28\)/);
  assert.match(words, /gap of 0\.10 points .* cannot be told from none/);
});

Deno.test("claims() and headline() compare the trials that have both", () => {
  const { claims: [sharper, better], words } = claimsOf([[1, 1, 900], [3, 3]], [
    [99, 95, 95, 95, 95],
    [98, 94.2],
  ]);
  assert.match(sharper!.ours, /^sharper by a factor of 3\.00: φ 3\.00 % against 1\.00 %, n = 2;/);
  // Of all means SB would be 0.30 points the worse one; of the pairs, 1 and 0.8, it is the better.
  assert.match(better!.ours, /^0\.90 points better .* n = 2; 95 % interval .* -0\.37 to 2\.17\)$/);
  assert.match(words, /gap of 0\.90 points \(SB 97\.00 ± 2\.83 %, LB 96\.10 ± 2\.69 %;/);
  const { claims: none } = claimsOf([[5], []], [[97], []]);
  assert.deepEqual(none.map(({ verdict }) => verdict), ["missing", "missing"]);
});

Deno.test("claims() has no direction of a tie", () => {
  const { claims: [sharper, better], words } = claimsOf([[0], [0]], [[96.5], [96.5]]);
  assert.deepEqual([sharper!.verdict, better!.verdict], ["even", "even"]);
  assert.match(sharper!.ours, /^as sharp: /);
  assert.match(better!.ours, /^as good on the test set \(/);
  assert.doesNotMatch(words, /NOT reproduced/);
  // Equal counts in another order: sums of percentages differ in their last bits.
  const equal = claimsOf([[1], [2]], [[96.55, 96.35, 97], [97, 95.9, 97]]);
  assert.equal(equal.claims[1]!.verdict, "even");
});

Deno.test("headline() claims and denies no more than the verdict", () => {
  const [flat, sharp] = [
    claimsOf([[10], [9.9]], [[97], [96]]),
    claimsOf([[10], [10.001]], [[97], [96]]),
  ];
  assert.doesNotMatch(flat.words, /NOT reproduced/);
  for (const { words } of [flat, sharp]) assert.match(words, /One pair does not settle it\./);
  assert.match(sharp.claims[0]!.ours, /^sharper by a factor of 1\.0001: /);
  const settled = claimsOf([[10, 11, 12], [1, 1.2, 1.1]], [[97], [96]]);
  assert.match(settled.words, /^F1: NOT reproduced: /);
  assert.doesNotMatch(settled.words, /settle/);
});

Deno.test("claims() names what the paper has no number of, and a factor of thousands in full", () => {
  const { claims: found } = claimsOf([[1], [1318.2]], [[97], [96]], { network: "mine" });
  assert.deepEqual(found.map(({ paper }) => paper), ["no number", "no number"]);
  assert.match(claimsOf([[1], [1318.2]], [[97], [96]]).claims[0]!.ours, /by a factor of 1318: /);
});

Deno.test("claims() says in short of which way a φ is, where there are several", () => {
  const train = [trainRecord("SB", 0), trainRecord("LB", 0)];
  const ways = ["paper", "literal"].flatMap((protocol) => [
    sharpnessRecord("SB", 0, 1, { protocol }),
    sharpnessRecord("LB", 0, 2, { protocol }),
  ]);
  assert.deepEqual(claims(train, ways).slice(0, 2).map(({ short }) => short!.predicate), [
    "sharper by a factor of 2.00 at ε = 1e-3, paper",
    "sharper by a factor of 2.00 at ε = 1e-3, literal",
  ]);
});

Deno.test("headline() calls a tie at another ε no reverse", () => {
  const train = [trainRecord("SB", 0), trainRecord("LB", 0)];
  const at = (epsilon: number, SB: number, LB: number) => [
    sharpnessRecord("SB", 0, SB, { epsilon }),
    sharpnessRecord("LB", 0, LB, { epsilon }),
  ];
  const wordsOf = (LB: number) => headline(train, [...at(1e-3, 1, 2), ...at(5e-4, 1, LB)])[0]!;
  assert.doesNotMatch(wordsOf(1), /reverse/);
  assert.doesNotMatch(wordsOf(2), /reverse/);
  assert.match(wordsOf(0.5), /At ε = 5e-4 the order of the means is the reverse\./);
});
