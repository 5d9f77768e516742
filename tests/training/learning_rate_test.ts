import assert from "node:assert/strict";
import {
  adaptRegime,
  batchScaling,
  checkSchedule,
  dropsWithin,
  rateFactor,
} from "../../lib/training/learning_rate.ts";
import { assertClose } from "../support/assert_close.ts";

Deno.test("batchScaling() is 1, the root of the ratio, or the ratio", () => {
  const scaled = (["none", "sqrt", "linear"] as const).map((kind) => batchScaling(kind, 2048, 256));
  assertClose(scaled, [1, 2 ** 1.5, 8], { relative: 1e-15 });
  // Rates of Hoffer et al. 2017: 0.1 at 128 → 4096, and 0.1 at 256 → 2048.
  assert.equal((0.1 * batchScaling("sqrt", 4096, 128)).toFixed(10), "0.5656854249");
  assert.equal((0.1 * batchScaling("sqrt", 2048, 256)).toFixed(10), "0.2828427125");
  assert.equal(batchScaling("sqrt", 64, 256), 0.5, "smaller batches go slower");
});

Deno.test("batchScaling() refuses batches that are not positive, even where it scales nothing", () => {
  for (const [B, B0] of [[0, 256], [256, 0], [-1, 256], [NaN, 256]] as const) {
    assert.throws(() => batchScaling("none", B, B0), /^RangeError: Cannot scale from batches of/);
  }
});

Deno.test("adaptRegime() stretches all that is counted in epochs, so that the steps are as many", () => {
  const regime = { epochs: 50, patience: 3, dropEpochs: [10, 20, 30], warmupEpochs: 0.5 };
  assert.deepEqual(adaptRegime(regime, 4096, 128), { // × 32
    epochs: 1600,
    patience: 96,
    dropEpochs: [320, 640, 960],
    warmupEpochs: 16,
  });
  assert.equal(adaptRegime(regime, 2048, 256).epochs, 400); // × 8
  const count = 8192;
  const steps = (epochs: number, batch: number) => epochs * count / batch;
  assert.equal(steps(adaptRegime(regime, 1024, 256).epochs, 1024), steps(50, 256));
});

Deno.test("adaptRegime() rounds, leaves none at none, and at least one epoch of any", () => {
  const regime = { epochs: 3, dropEpochs: [1, 2], warmupEpochs: 0 };
  assert.deepEqual(adaptRegime(regime, 100, 256), {
    epochs: 1,
    dropEpochs: [1, 1],
    warmupEpochs: 0,
  });
  assert.equal(adaptRegime({ ...regime, epochs: 0 }, 800, 256).epochs, 0);
  assert.equal(adaptRegime(regime, 640, 256).epochs, 8); // 7.5
});

Deno.test("rateFactor() warms up in proportion to the examples seen", () => {
  const factors = [0.25, 1, 2, 3].map((epochs) => rateFactor({ warmupEpochs: 2 }, epochs, [0]));
  assert.deepEqual(factors, [0.125, 0.5, 1, 1]);
  assert.equal(rateFactor({}, 0.01, [0]), 1);
});

Deno.test("rateFactor() drops after the given epochs, not within them", () => {
  const schedule = { dropEpochs: [1, 3], dropFactor: 0.5 };
  // One distance for the start and one for each epoch that is over.
  const factors = [1, 2, 3, 4].map((epochs) =>
    rateFactor(schedule, epochs, new Array<number>(epochs).fill(0))
  );
  assert.deepEqual(factors, [1, 0.5, 0.5, 0.25]);
  assert.equal(rateFactor({ dropEpochs: [1] }, 2, [0, 0]), 0.1);
});

Deno.test("rateFactor() drops once a distance was reached, and does not rise on the way back", () => {
  const schedule = { dropDistances: [0.2, 0.3], dropFactor: 0.5 };
  const walk = [0, 0.1, 0.2, 0.15, 0.35];
  const drops = walk.map((_, k) => dropsWithin(schedule, walk.slice(0, k + 1)));
  assert.deepEqual(drops, [0, 0, 1, 1, 2]);
  assert.equal(rateFactor(schedule, 5, walk), 0.25);
  assert.equal(dropsWithin(schedule, [0, NaN, Infinity]), 0, "a diverged run decides nothing");
});

Deno.test("rateFactor() multiplies warm-up and drops", () => {
  assert.equal(rateFactor({ warmupEpochs: 4, dropEpochs: [1], dropFactor: 0.5 }, 2, [0, 0]), 0.25);
});

Deno.test("rateFactor() is 0 in held epochs and counts warm-up and drops from the start", () => {
  const schedule = { heldEpochs: 2, warmupEpochs: 4, dropEpochs: [3], dropFactor: 0.5 };
  const factors = [0.1, 2, 2.5, 4, 5].map((epochs) =>
    rateFactor(schedule, epochs, new Array<number>(Math.ceil(epochs)).fill(0))
  );
  assert.deepEqual(factors, [0, 0, 0.625, 0.5, 0.5]);
});

Deno.test("adaptRegime() stretches held epochs", () => {
  const regime = { epochs: 3, dropEpochs: [], warmupEpochs: 0, heldEpochs: 2 };
  assert.equal(adaptRegime(regime, 512, 256).heldEpochs, 4);
});

Deno.test("checkSchedule() refuses what is out of range, and names it", () => {
  checkSchedule({});
  checkSchedule({ warmupEpochs: 0.5, dropEpochs: [3, 3], dropDistances: [0.1], dropFactor: 0.2 });
  const faults = {
    heldEpochs: { heldEpochs: 0.5 },
    warmupEpochs: { warmupEpochs: -1 },
    dropFactor: { dropFactor: 1 },
    dropEpochs: { dropEpochs: [1, 0] },
    dropDistances: { dropDistances: [NaN] },
  };
  for (const [name, schedule] of Object.entries(faults)) {
    assert.throws(() => checkSchedule(schedule), new RegExp(`^RangeError: .* ${name} = `));
  }
});
