import assert from "node:assert/strict";
import type { NumericArray } from "../../lib/engine/engine.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { leafName, placeholder, variable } from "../../lib/graph/ops/leaf.ts";
import { sizeOf } from "../../lib/graph/shape.ts";
import type { Layer, LayerScope, Pass } from "../../lib/networks/layer.ts";
import { conv } from "../../lib/networks/layers/conv.ts";
import { dropout } from "../../lib/networks/layers/dropout.ts";
import { norm } from "../../lib/networks/layers/norm.ts";
import { pool } from "../../lib/networks/layers/pool.ts";
import { network } from "../../lib/networks/zoo.ts";
import type { Value } from "../../lib/graph/value.ts";
import { assertClose } from "../support/assert_close.ts";
import { batchNormPlain } from "../graph/plain_formulas.ts";

const maskKey = placeholder("maskKey", [2], "int32");
const KEY = Int32Array.of(7, 1);

/** Output of one layer for the entries of x, with parameters all of ones. */
async function outputOf(
  layer: Layer,
  shape: readonly number[],
  entries: Float64Array,
  pass: Pass = {},
  feeds: Record<string, NumericArray> = {},
): Promise<{ y: Float64Array; shape: readonly number[] }> {
  const parameters: Value[] = [];
  const scope: LayerScope = {
    name: "layer1",
    index: 0,
    pass,
    parameter(name, extents) {
      parameters.push(variable(name, extents));
      return parameters.at(-1)!;
    },
  };
  const y = layer.build(placeholder("x", shape), scope);
  await using session = await referenceEngine().load({ f: { outputs: { y } } });
  await session.assign(
    Object.fromEntries(
      parameters.map((parameter) => [
        leafName(parameter),
        new Float64Array(sizeOf(parameter.shape)).fill(1),
      ]),
    ),
  );
  const outputs = await session.run("f", { x: entries, ...feeds });
  return { y: Float64Array.from(outputs.y!), shape: y.shape };
}

Deno.test("dropout() zeroes units at its rate and keeps their mean, in training only", async () => {
  const ones = new Float64Array(4000).fill(1);
  const training = { training: { maskKey } };
  const { y } = await outputOf(dropout(0.4), [40, 100], ones, training, { maskKey: KEY });
  const dropped = y.filter((unit) => unit === 0).length;
  // 4000 units: standard deviation √(4000 · 0.4 · 0.6) = 31.
  assert.ok(Math.abs(dropped - 1600) < 5 * 31, `${dropped} units dropped`);
  assert.ok(y.every((unit) => unit === 0 || Math.abs(unit - 1 / 0.6) < 1e-12));
  const again = await outputOf(dropout(0.4), [40, 100], ones, training, { maskKey: KEY });
  assert.deepEqual(again.y, y);
  const next = { maskKey: Int32Array.of(7, 2) };
  assert.notDeepEqual((await outputOf(dropout(0.4), [40, 100], ones, training, next)).y, y);
  assert.deepEqual((await outputOf(dropout(0.4), [40, 100], ones)).y, ones);
});

Deno.test("norm() of ghosts normalises each part in training, and the whole otherwise", async () => {
  const x = Float64Array.from({ length: 12 }, (_, i) => i * i);
  const [gamma, beta] = [Float64Array.of(1, 1), Float64Array.of(1, 1)];
  const layer = norm({ ghost: 3 });
  const trained = await outputOf(layer, [6, 2], x, { training: { maskKey } });
  const parts = [x.subarray(0, 6), x.subarray(6)].flatMap((part) =>
    Array.from(batchNormPlain(part, gamma, beta, 1e-3))
  );
  const rounding = { relative: 1e-12, absolute: 1e-12 };
  assertClose(trained.y, parts, rounding);
  const evaluated = await outputOf(layer, [6, 2], x);
  assertClose(evaluated.y, batchNormPlain(x, gamma, beta, 1e-3), rounding);
  const small = await outputOf(norm({ ghost: 6 }), [6, 2], x, { training: { maskKey } });
  assertClose(small.y, evaluated.y, rounding);
});

Deno.test("conv() and pool() give ⌈extent/stride⌉ rows and columns", async () => {
  const x = Float64Array.from({ length: 5 * 5 * 2 }, (_, i) => i);
  const { y, shape } = await outputOf(conv(3, 3, { stride: 2 }), [1, 5, 5, 2], x);
  assert.deepEqual(shape, [1, 3, 3, 3]);
  // A kernel of ones over the four pixels of the corner, 0, 1, 5 and 6 with two channels, and a bias.
  assert.equal(y[0], [0, 1, 2, 3, 10, 11, 12, 13].reduce((sum, pixel) => sum + pixel) + 1);
  const pooled = await outputOf(pool(3, { stride: 2 }), [1, 5, 5, 2], x);
  assert.deepEqual(pooled.shape, [1, 3, 3, 2]);
  assert.deepEqual((await outputOf(pool(2), [1, 5, 5, 2], x)).shape, [1, 3, 3, 2]);
});

Deno.test("layers refuse sizes that are none, naming them", () => {
  const faults: [() => Layer, RegExp][] = [
    [() => conv(0, 3), /convolution of 0 filters of size 3 and stride 1; want positive integers/],
    [() => conv(8, 2.5), /size 2.5/],
    [() => conv(8, 3, { stride: 0 }), /stride 0/],
    [() => pool(NaN), /pool with a window of NaN/],
    [() => pool(2, { stride: -1 }), /stride -1/],
    [() => dropout(1), /drop units at the rate 1; want a number in \[0, 1\)/],
    [() => dropout(NaN), /rate NaN/],
    [() => norm({ ghost: 0 }), /ghost batches of 0; want a positive integer/],
  ];
  for (const [make, message] of faults) assert.throws(make, { name: "RangeError", message });
});

Deno.test("network() has its variants", () => {
  const names = (normalisation: "batch" | "layer") =>
    network("C1", { normalisation }).batchNorms.map(({ name, channels }) => `${name} ${channels}`);
  assert.deepEqual(names("batch"), ["norm1 64", "norm2 64", "norm3 384", "norm4 192"]);
  assert.deepEqual(names("layer"), []);
  assert.equal(network("F1", { normalisation: { ghost: 16 } }).dimension, network("F1").dimension);
  // 64 · 2 · 2 features reach the first dense layer instead of 64 · 8 · 8.
  const strided = network("C1", { strided: true });
  assert.equal(network("C1").dimension - strided.dimension, (4096 - 256) * 384);
  assert.throws(() => network("C2", { strided: true }), { name: "RangeError", message: /of C2/ });
});

Deno.test("dropout() draws another mask in each layer of a network", async () => {
  const ones = placeholder("ones", [1, 64]);
  const masks = [0, 1].map((index) =>
    dropout(0.5).build(ones, {
      name: `dropout${index + 1}`,
      index,
      pass: { training: { maskKey } },
      parameter: () => assert.fail("dropout has no parameters"),
    })
  );
  const outputs = Object.fromEntries(masks.map((mask, index) => [`${index}`, mask]));
  await using session = await referenceEngine().load({ f: { outputs } });
  const got = await session.run("f", { ones: new Float64Array(64).fill(1), maskKey: KEY });
  assert.notDeepEqual(got["0"], got["1"]);
});
