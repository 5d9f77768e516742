/** The profile `surface` at toy size. */
import assert from "node:assert/strict";
import { runToyProfile } from "../support/toy_profile.ts";
import { assertClose } from "../support/assert_close.ts";

type Mark = { name: string; line?: string; isMinimum: boolean } & Record<string, number>;

Deno.test("surface evaluates f on planes through SB's and LB's minima, and on one through three", async () => {
  const plane = Object.fromEntries(
    ["random", "eigenvectors", "trajectory"].map((
      plane,
    ) => [plane, { plane, radius: 0.5, lanczosSteps: 3 }]),
  );
  const keepIterates = [0, 1, 2];
  await using results = await runToyProfile("surface", {
    axes: {
      network: { F1: { network: "F1", points: 3 } },
      trial: { range: [0, 2] },
      regime: { SB: { use: "sb", keepIterates }, LB: { use: "lb", keepIterates } },
      plane,
    },
  });
  for (const regime of ["SB", "LB"]) {
    const { trainLoss, trainAccuracyPercent, testAccuracyPercent } = await results.json(
      `train[network=F1,regime=${regime},trial=0]`,
      "metrics",
    );
    for (const plane of ["random", "eigenvectors"]) {
      const { as, bs, rows, marks, facts } = await results.json(
        `surface[network=F1,plane=${plane},regime=${regime},trial=0]`,
        "metrics",
      );
      assert.deepEqual([as, bs], [[-0.5, 0, 0.5], [-0.5, 0, 0.5]]);
      // The minimum is the point in the middle.
      assert.equal(rows[1].trainLoss[1], trainLoss);
      assert.equal(rows[1].trainAccuracyPercent[1], trainAccuracyPercent);
      assert.equal(rows[1].testAccuracyPercent[1], testAccuracyPercent);
      assert.deepEqual(
        marks.map(({ a, b, distance, trainLoss }: Mark) => [a, b, distance, trainLoss]),
        [
          [0, 0, 0, trainLoss],
        ],
      );
      if (plane === "eigenvectors") {
        assert.ok(facts.eigenvalues[0] > facts.eigenvalues[1]);
        assert.equal(facts.residuals.length, 2);
      }
    }
    const { as, bs, marks, facts } = await results.json(
      `surface[network=F1,plane=trajectory,regime=${regime},trial=0]`,
      "metrics",
    );
    assert.deepEqual(
      marks.map(({ name }: Mark) => name),
      ["epoch 0", "epoch 1", "epoch 2", "the minimum"],
    );
    for (const { a, b } of marks) {
      assert.ok(as[0] < a && a < as.at(-1) && bs[0] < b && b < bs.at(-1));
    }
    assert.ok(facts.shares[0] >= facts.shares[1]);
    assert.ok(facts.shares[0] + facts.shares[1] <= 1 + 1e-12);
  }
  const { marks, rows, as, bs } = await results.json("surface_minima[network=F1]", "metrics");
  assert.deepEqual([rows.length, rows[0].testLoss.length], [bs.length, as.length]);
  const minima: Mark[] = marks.filter(({ isMinimum }: Mark) => isMinimum);
  assert.deepEqual(minima.map(({ line }) => line), ["SB", "LB", undefined]);
  // The plane goes through all three, up to rounding of distances of some tens.
  assertClose(minima.map(({ distance }) => distance!), [0, 0, 0], { absolute: 1e-10 });
  const iterate = marks.find(({ name, line }: Mark) => name === "epoch 0" && line === "SB");
  assert.ok(iterate.distance > 1e-3, "the start is not on the plane");
});
