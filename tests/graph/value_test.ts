import assert from "node:assert/strict";
import { expandComposites } from "../../lib/graph/expand.ts";
import { jvp } from "../../lib/graph/jvp.ts";
import { add } from "../../lib/graph/ops/add.ts";
import { placeholder } from "../../lib/graph/ops/leaf.ts";
import { mul } from "../../lib/graph/ops/mul.ts";
import { relu } from "../../lib/graph/ops/relu.ts";
import { attributesKey, topologicalOrder, type Value } from "../../lib/graph/value.ts";
import { vjp } from "../../lib/graph/vjp.ts";

Deno.test("topologicalOrder() lists every value once, after its inputs", () => {
  const x = placeholder("x", []);
  const y = placeholder("y", []);
  const product = mul(x, y);
  const outputs = [add(product, x), mul(product, product), x];
  const order = topologicalOrder(outputs);
  assert.equal(new Set(order).size, 5);
  assert.equal(order.length, 5);
  for (const [position, value] of order.entries()) {
    for (const input of value.inputs) assert.ok(order.indexOf(input) < position);
  }
});

Deno.test("topologicalOrder() lists the boundary, but not what lies behind it", () => {
  const x = placeholder("x", []);
  const inner = relu(x);
  const outer = relu(inner);
  assert.deepEqual(topologicalOrder([outer], new Set([inner])), [inner, outer]);
  assert.deepEqual(topologicalOrder([outer], new Set([outer])), [outer]);
});

Deno.test("graphs may be 100 000 nodes deep", () => {
  const depth = 100_000;
  const x = placeholder("x", []);
  let y: Value = x;
  for (let i = 0; i < depth; i++) y = relu(y);
  assert.equal(topologicalOrder([y]).length, depth + 1);
  assert.equal(topologicalOrder(expandComposites([y])).length, depth + 1);
  const seed = placeholder("seed", []);
  const [gradient] = vjp(y, seed, [x]);
  const [tangent] = jvp([y], [x], [seed]);
  // The chain, its derivative, and the seed.
  assert.equal(topologicalOrder([gradient!]).length, 2 * depth + 2);
  assert.equal(topologicalOrder([tangent!]).length, 2 * depth + 2);
});

Deno.test("topologicalOrder() takes time in the number of nodes, not of paths", () => {
  let y: Value = placeholder("x", []);
  for (let i = 0; i < 200; i++) y = add(y, y); // 2²⁰⁰ paths
  assert.equal(topologicalOrder([y]).length, 201);
});

Deno.test("attributesKey() tells apart numbers that JSON does not", () => {
  const numbers = [0, -0, NaN, Infinity, -Infinity, 0.1, 1];
  const keys = numbers.map((value) => attributesKey({ value }));
  assert.equal(new Set(keys).size, numbers.length);
  assert.equal(attributesKey({ axes: [0, 1] }), attributesKey({ axes: [0, 1] }));
  assert.notEqual(attributesKey({ axes: [0, 1] }), attributesKey({ axes: [1, 0] }));
});
