import assert from "node:assert/strict";
import type { Feed, NumericArray } from "../../lib/engine/engine.ts";
import { Pjrt } from "../../lib/engine/xla/pjrt.ts";
import { loadProgram } from "../../lib/engine/xla/session.ts";
import { add } from "../../lib/graph/ops/add.ts";
import { placeholder } from "../../lib/graph/ops/leaf.ts";
import { mul } from "../../lib/graph/ops/mul.ts";
import { oneHot } from "../../lib/graph/ops/one_hot.ts";
import { square } from "../../lib/graph/ops/square.ts";
import { sum } from "../../lib/graph/ops/sum.ts";
import { gatheredRows } from "../../lib/engine/rows.ts";
import { stream } from "../../lib/random/stream.ts";
import { testOnEngines } from "./engines.ts";
import { canCompile, fakePlugin } from "./xla/fake_plugin.ts";

/** Three examples of two by two pixels, with two labels each. */
function program() {
  const [pixels, labels] = [placeholder("pixels", [3, 2, 2]), placeholder("labels", [6], "int32")];
  return {
    f: {
      outputs: { squares: square(pixels), sums: sum(pixels, [1, 2]), rows: oneHot(labels, 4) },
    },
  };
}

const PIXELS = Float32Array.from({ length: 5 * 4 }, (_, i) => Math.fround(Math.sin(i)));
const LABELS = Int32Array.from({ length: 5 * 2 }, (_, i) => i % 4);

testOnEngines("run() takes rows of a table for the entries that they hold", async (engine) => {
  await using session = await engine.load(program());
  // One after another, in another order, and one twice.
  for (const picked of [[1, 2, 3], [4, 0, 2], [3, 3, 0]]) {
    const indices = Int32Array.from(picked);
    const rows = {
      pixels: { table: PIXELS, width: 4, indices },
      labels: { table: LABELS, width: 2, indices },
    };
    const arrays = { pixels: gatheredRows(rows.pixels), labels: gatheredRows(rows.labels) };
    assert.deepEqual(await session.run("f", rows), await session.run("f", arrays));
    // And some by rows, some not.
    assert.deepEqual(
      await session.run("f", { ...rows, labels: arrays.labels }),
      await session.run("f", arrays),
    );
  }
});

testOnEngines("run() takes rows of any width from one table", async (engine) => {
  const [wide, narrow] = [placeholder("wide", [1, 4]), placeholder("narrow", [4, 1])];
  await using session = await engine.load({ f: { outputs: { y: add(wide, wide), z: narrow } } });
  const { y, z } = await session.run("f", {
    wide: { table: PIXELS, width: 4, indices: Int32Array.of(1) },
    narrow: { table: PIXELS, width: 1, indices: Int32Array.of(7, 6, 5, 4) },
  });
  assert.deepEqual(Array.from(y!), Array.from(PIXELS.subarray(4, 8), (x) => 2 * x));
  assert.deepEqual(Array.from(z!), Array.from(PIXELS.subarray(4, 8)).toReversed());
});

testOnEngines("run() refuses rows that a table has not, naming the leaf", async (engine) => {
  await using session = await engine.load(program());
  const labels = LABELS.subarray(0, 6);
  const rows = (table: NumericArray, width: number, ...indices: number[]): Feed => ({
    table,
    width,
    indices: Int32Array.from(indices),
  });
  const misfits: [Feed, RegExp][] = [
    [rows(PIXELS, 4, 0, 1, 5), /RangeError: Cannot feed pixels with row 5 of a table of 5 rows/],
    [rows(PIXELS, 4, 0, -1, 1), /RangeError: Cannot feed pixels with row -1 of a table of 5 rows/],
    [rows(PIXELS, 4, 0, 1), /TypeError: Cannot feed pixels: got 8 entries, want float32 \[3, 2, 2/],
    [rows(LABELS, 4, 0, 1, 0), /TypeError: Cannot feed pixels: got Int32Array, want float32/],
    [rows(PIXELS.subarray(1), 4, 0, 1, 2), /TypeError: .* of 19 entries has no whole rows of 4/],
  ];
  for (const [pixels, message] of misfits) {
    await assert.rejects(() => session.run("f", { pixels, labels }), message);
  }
});

Deno.test({
  name: "an XLA session copies a table to the device once, and of each call the indices",
  ignore: !canCompile,
  async fn() {
    using plugin = fakePlugin({});
    const pjrt = new Pjrt(plugin.path);
    const copied: number[] = [];
    const upload = pjrt.upload.bind(pjrt);
    pjrt.upload = (array, ...rest) => {
      copied.push(array.length);
      return upload(array, ...rest);
    };
    const [x, w] = [placeholder("x", [2, 3]), placeholder("w", [2, 1])];
    const table = new Float32Array(300);
    const weights = new Float64Array(100);
    const session = loadProgram(pjrt, (text, what) => pjrt.compile(text, what), {
      f: { outputs: { y: mul(x, w) } },
    });
    const draws = stream(1, "indices");
    for (let call = 0; call < 3; call++) {
      const indices = Int32Array.from({ length: 2 }, () => draws.below(100));
      await session.run("f", {
        x: { table, width: 3, indices },
        w: { table: weights, width: 1, indices },
      });
    }
    // Both tables with the first call's indices, which both share; then indices alone.
    assert.deepEqual(copied.toSorted((a, b) => b - a), [300, 100, 2, 2, 2]);
    await session[Symbol.asyncDispose]();
    assert.equal(pjrt.live, 0);
    pjrt.close();
    assert.equal(plugin.live(), 0);
  },
});
