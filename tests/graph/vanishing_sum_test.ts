import assert from "node:assert/strict";
import { expandComposites } from "../../lib/graph/expand.ts";
import { batchNorm } from "../../lib/graph/ops/batch_norm.ts";
import { placeholder } from "../../lib/graph/ops/leaf.ts";
import { sum } from "../../lib/graph/ops/sum.ts";
import { topologicalOrder } from "../../lib/graph/value.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import { testOnEngines } from "../engine/engines.ts";
import { assertClose } from "../support/assert_close.ts";

const [x, g] = ["x", "g"].map((name) => placeholder(name, [6, 2]));
const [gamma, beta] = ["gamma", "beta"].map((name) => placeholder(name, [2]));
const [byInput] = vjp(batchNorm(x!, gamma!, beta!), g!, [x!]);
// Of plain ops, the sum has no rule to be left out by.
const [summed] = [sum(expandComposites([byInput!])[0]!, [0])];

testOnEngines("the sum of batch norm's gradient over the batch is zero", async (engine, under) => {
  const entries = (size: number, phase: number) =>
    Float64Array.from({ length: size }, (_, i) => Math.fround(Math.sin(3 * i + phase)));
  await using session = await engine.load({
    f: { outputs: { summed, zero: sum(byInput!, [0]), kept: sum(byInput!, [0], true) } },
  });
  const outputs = await session.run("f", {
    x: entries(12, 1),
    g: entries(12, 2),
    gamma: Float64Array.of(1.5, 0.5),
    beta: Float64Array.of(0, 1),
  });
  // The six terms are below 3 and cancel but for their rounding.
  const rounding = { relative: 0, absolute: under.double ? 1e-14 : 5e-6 };
  assertClose(outputs.summed!, [0, 0], rounding);
  assert.deepEqual([[...outputs.zero!], [...outputs.kept!]], [[0, 0], [0, 0]]);
});

Deno.test("sum() leaves out a vanishing sum, and no other", () => {
  const ops = (value = summed) => topologicalOrder([value]).map(({ op }) => op.name);
  assert.ok(!ops(sum(byInput!, [0])).includes("batchNormGradient"));
  assert.ok(!ops(sum(byInput!, [0, 1])).includes("batchNormGradient"));
  assert.ok(ops(sum(byInput!, [1])).includes("batchNormGradient"));
  const [byScale, byOffset] = vjp(batchNorm(x!, gamma!, beta!), g!, [gamma!, beta!]);
  assert.ok(ops(sum(byScale!, [0])).includes("batchNormGradient"));
  assert.ok(ops(sum(byOffset!, [0])).includes("batchNormGradient"));
  const images = placeholder("images", [2, 3, 2]);
  const [byImages] = vjp(batchNorm(images, gamma!, beta!), images, [images]);
  assert.ok(!ops(sum(byImages!, [0, 1])).includes("batchNormGradient"));
  assert.ok(ops(sum(byImages!, [0])).includes("batchNormGradient"));
});
