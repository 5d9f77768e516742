import assert from "node:assert/strict";
import { z } from "zod";
import {
  LEARNING_RATE_FIELDS,
  regimeOf,
  stopRuleOf,
} from "../../lib/study/learning_rate_parameters.ts";

const schema = z.strictObject(LEARNING_RATE_FIELDS);

function regime(given: Record<string, unknown>, batchSize: number) {
  return regimeOf({ ...schema.parse({ learningRate: 0.1, ...given }), epochs: 40 }, batchSize);
}

Deno.test("regimeOf() leaves rate and epochs alone unless told otherwise, whatever the batch", () => {
  assert.deepEqual(regime({ dropEpochs: [10, 20] }, 1024), {
    learningRate: 0.1,
    schedule: { warmupEpochs: 0, dropEpochs: [10, 20], dropDistances: [], dropFactor: 0.1 },
    stop: { kind: "epochs", epochs: 40 },
  });
});

Deno.test("regimeOf() scales the rate and stretches the regime, each by itself", () => {
  const sqrt = regime({ learningRateScaling: "sqrt", dropEpochs: [10] }, 1024);
  assert.deepEqual([sqrt.learningRate, sqrt.schedule.dropEpochs], [0.2, [10]]);
  const adapted = regime({ regimeAdaptation: true, dropEpochs: [10], warmupEpochs: 0.5 }, 1024);
  assert.equal(adapted.learningRate, 0.1);
  assert.deepEqual(adapted.stop, { kind: "epochs", epochs: 160 });
  assert.deepEqual([adapted.schedule.dropEpochs, adapted.schedule.warmupEpochs], [[40], 2]);
  assert.equal(regime({ learningRateScaling: "linear", baseBatch: 512 }, 1024).learningRate, 0.2);
});

Deno.test("LEARNING_RATE_FIELDS refuses what makes no schedule", () => {
  for (
    const [name, value] of [["dropFactor", 1], ["dropEpochs", [0]], ["baseBatch", 0.5]] as const
  ) {
    const { error } = schema.safeParse({ learningRate: 0.1, [name]: value });
    assert.equal(error?.issues[0]?.path[0], name);
  }
});

Deno.test("stopRuleOf() is a plateau only with a patience", () => {
  assert.deepEqual(stopRuleOf({ epochs: 3 }), { kind: "epochs", epochs: 3 });
  assert.deepEqual(stopRuleOf({ epochs: 3, patience: 2 }), {
    kind: "plateau",
    patience: 2,
    minimumDecrease: 1e-3,
    maxEpochs: 3,
  });
});
