import assert from "node:assert/strict";
import { expandComposites } from "../../lib/graph/expand.ts";
import { add } from "../../lib/graph/ops/add.ts";
import { batchNorm } from "../../lib/graph/ops/batch_norm.ts";
import { constant } from "../../lib/graph/ops/constant.ts";
import { placeholder } from "../../lib/graph/ops/leaf.ts";
import { mul } from "../../lib/graph/ops/mul.ts";
import { tanh } from "../../lib/graph/ops/tanh.ts";
import { topologicalOrder, type Value } from "../../lib/graph/value.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import { testOnEngines } from "../engine/engines.ts";
import { assertClose } from "../support/assert_close.ts";
import { cycledLabels, drawn, flat, programOf, smallF1 } from "../engine/small_f1.ts";

const opNames = (values: readonly Value[]) => topologicalOrder(values).map(({ op }) => op.name);

Deno.test("expandComposites() leaves plain ops only, or composites that are kept", () => {
  const { gradient } = smallF1([4, 3, 2], 6, "tanh");
  assert.ok(topologicalOrder(gradient).some(({ op }) => op.expand));
  assert.ok(!topologicalOrder(expandComposites(gradient)).some(({ op }) => op.expand));
  const kept = expandComposites(gradient, new Set(["batchNorm"]));
  const left = topologicalOrder(kept).filter(({ op }) => op.expand);
  assert.deepEqual(left.map(({ op }) => op.name), ["batchNorm"]);
});

Deno.test("expandComposites() keeps leaves, and shares nodes that are equal", () => {
  const [x, y] = [placeholder("x", []), placeholder("y", [])];
  const twice = mul(tanh(add(x, y)), tanh(add(x, y)));
  assert.deepEqual(opNames(expandComposites([twice])), [
    "placeholder",
    "placeholder",
    "add",
    "tanh",
    "mul",
  ]);
  assert.deepEqual(expandComposites([x, twice, x]).filter((value) => value === x), [x, x]);
  // Equal ops and inputs but another attribute, or another order of the inputs, are not equal.
  const [one, other] = expandComposites([mul(x, constant(0)), mul(x, constant(-0))]);
  assert.notEqual(one, other);
  const [infinite, undefinedValue] = expandComposites([constant(Infinity), constant(NaN)]);
  assert.notEqual(infinite, undefinedValue);
  const [forth, back] = expandComposites([add(x, y), add(y, x)]);
  assert.notEqual(forth, back);
});

Deno.test("expandComposites() lets the three gradients of a batch norm share its moments", () => {
  const leaves = [placeholder("x", [4, 2]), placeholder("gamma", [2]), placeholder("beta", [2])];
  const g = placeholder("g", [4, 2]);
  const y = batchNorm(leaves[0]!, leaves[1]!, leaves[2]!);
  const names = opNames(expandComposites([y, ...vjp(y, g, leaves).map((value) => value!)]));
  assert.equal(names.filter((name) => name === "rsqrt").length, 1);
  assert.equal(names.filter((name) => name === "square").length, 1);
});

testOnEngines("expandComposites() changes no value", async (engine, { double }) => {
  const net = smallF1([5, 4, 3], 8, "tanh");
  const { gradient } = programOf(net);
  const values = Object.entries(gradient.outputs);
  const rewritten = expandComposites(values.map(([, value]) => value));
  const outputs = Object.fromEntries(values.map(([name], i) => [name, rewritten[i]!]));
  await using session = await engine.load({ gradient, expanded: { outputs } });
  await session.assign(drawn(net.variables, 0.5));
  const feeds = { ...drawn([net.x], 1), labels: cycledLabels(8, 3) };
  const [fused, plain] = [
    await session.run("gradient", feeds),
    await session.run("expanded", feeds),
  ];
  // The same formulas in another order: some ten roundings of entries of size 1.
  const tolerance = double ? 1e-14 : 2e-6;
  assertClose(flat(plain, net), flat(fused, net), { relative: 0, absolute: tolerance });
});
