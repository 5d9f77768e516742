import assert from "node:assert/strict";
import { constant } from "../../../../lib/graph/ops/constant.ts";
import { placeholder } from "../../../../lib/graph/ops/leaf.ts";
import { mul } from "../../../../lib/graph/ops/mul.ts";
import { sumAll } from "../../../../lib/graph/ops/sum.ts";
import { jvp } from "../../../../lib/graph/jvp.ts";
import { vjp } from "../../../../lib/graph/vjp.ts";
import {
  atLeast,
  atMost,
  chosen,
  largerOf,
  smallerOf,
} from "../../../../lib/networks/onnx/ops/selection.ts";
import { testOnEngines } from "../../../engine/engines.ts";

const LARGE = 3e38;

testOnEngines("chosen() takes each entry as it is, beside NaN and infinities", async (engine) => {
  const [condition, yes, no] = ["c", "yes", "no"].map((name) => placeholder(name, [2, 3])) as [
    ReturnType<typeof placeholder>,
    ReturnType<typeof placeholder>,
    ReturnType<typeof placeholder>,
  ];
  const y = chosen(condition, yes, no);
  const cube = sumAll(mul(mul(y, y), y));
  const [byYes, byNo] = vjp(cube, constant(1), [yes, no]);
  const [product] = jvp([byYes!], [yes], [yes]);
  await using session = await engine.load({
    f: { outputs: { y } },
    g: { outputs: { byYes: byYes!, byNo: byNo!, product: product! } },
  });
  const c = Float64Array.of(1, 0, 1, 0, 1, 0);
  const { y: taken } = await session.run("f", {
    c,
    yes: Float64Array.of(1.5, NaN, 2, Infinity, -Infinity, -Infinity),
    no: Float64Array.of(NaN, 3, -Infinity, 4.25, 5, Infinity),
  });
  assert.deepEqual([...taken!], [1.5, 3, 2, 4.25, -Infinity, Infinity]);
  const { byYes: slopes, byNo: others, product: curved } = await session.run("g", {
    c,
    yes: Float64Array.of(1, 2, 3, 4, 5, 6),
    no: Float64Array.of(6, 5, 4, 3, 2, 1),
  });
  assert.deepEqual([...slopes!], [3, 0, 27, 0, 75, 0]);
  assert.deepEqual([...others!], [0, 75, 0, 27, 0, 3]);
  assert.deepEqual([...curved!], [6, 0, 54, 0, 150, 0]);
});

testOnEngines("chosen() broadcasts all three", async (engine) => {
  const y = chosen(placeholder("c", [2, 1]), placeholder("yes", [3]), constant(7));
  await using session = await engine.load({ f: { outputs: { y } } });
  const outputs = await session.run("f", {
    c: Float64Array.of(1, 0),
    yes: Float64Array.of(1, 2, 3),
  });
  assert.deepEqual([...outputs.y!], [1, 2, 3, 7, 7, 7]);
});

testOnEngines(
  "largerOf() and smallerOf() are one of the two, NaN where either is",
  async (engine) => {
    const [a, b] = [placeholder("a", [6]), placeholder("b", [6])];
    await using session = await engine.load({
      f: { outputs: { larger: largerOf(a, b), smaller: smallerOf(a, b) } },
    });
    const outputs = await session.run("f", {
      a: Float64Array.of(0.125, 0.125, -LARGE, NaN, 1, -Infinity),
      b: Float64Array.of(-LARGE, LARGE, LARGE, 1, NaN, 2),
    });
    const large = Math.fround(LARGE);
    const rounded = (entries: Iterable<number>) => [...entries].map(Math.fround);
    assert.deepEqual(rounded(outputs.larger!), [0.125, large, large, NaN, NaN, 2]);
    assert.deepEqual(rounded(outputs.smaller!), [-large, 0.125, -large, NaN, NaN, -Infinity]);
  },
);

testOnEngines("atLeast() and atMost() leave x as it is within the bound", async (engine) => {
  // What b + max(x − b, 0) would round, of small x by thousands of its last digits.
  const entries = [1e-3, -1e-3, 65504.5, -65504.5, Infinity, -Infinity, NaN].map(Math.fround);
  for (const bound of [65504, 1e9, 1e29]) {
    const x = placeholder("x", [7]);
    const [low, high] = [atLeast(x, -bound), atMost(x, bound)];
    const [slopeLow] = vjp(sumAll(low), constant(1), [x]);
    await using session = await engine.load({
      f: { outputs: { low, high, slopeLow: slopeLow! } },
    });
    const outputs = await session.run("f", { x: Float64Array.from(entries) });
    const edge = Math.fround(bound);
    const rounded = (own: Iterable<number>) => [...own].map(Math.fround);
    const raised = entries.map((entry) => entry < -bound ? -edge : entry);
    assert.deepEqual(rounded(outputs.low!), raised);
    assert.deepEqual(
      rounded(outputs.high!),
      entries.map((entry) => entry > bound ? edge : entry),
    );
    // No slope counts where x is NaN.
    assert.deepEqual(
      [...outputs.slopeLow!].slice(0, 6),
      entries.slice(0, 6).map((entry) => entry < -bound ? 0 : 1),
    );
  }
});

testOnEngines(
  "atLeast() has ReLU's derivative at 0, and that of x at other bounds",
  async (engine) => {
    const x = placeholder("x", [3]);
    const slopes = [atLeast(x, 0), atLeast(x, 2), atMost(x, 2), largerOf(x, constant(2))]
      .map((y) => vjp(sumAll(y), constant(1), [x])[0]!);
    const outputs = Object.fromEntries(slopes.map((slope, i) => [`s${i}`, slope]));
    await using session = await engine.load({ f: { outputs } });
    const found = await session.run("f", { x: Float64Array.of(0, 2, 3) });
    assert.deepEqual(
      slopes.map((_, i) => [...found[`s${i}`]!]),
      [[0, 1, 1], [0, 1, 1], [1, 1, 0], [0, 0, 1]],
    );
  },
);
