import assert from "node:assert/strict";
import type { Session } from "../../lib/engine/engine.ts";
import { add } from "../../lib/graph/ops/add.ts";
import { constant } from "../../lib/graph/ops/constant.ts";
import { div } from "../../lib/graph/ops/div.ts";
import { placeholder, variable } from "../../lib/graph/ops/leaf.ts";
import { mul, scale } from "../../lib/graph/ops/mul.ts";
import { oneHot } from "../../lib/graph/ops/one_hot.ts";
import { relu } from "../../lib/graph/ops/relu.ts";
import { softmaxCrossEntropy } from "../../lib/graph/ops/softmax_cross_entropy.ts";
import { sumAll } from "../../lib/graph/ops/sum.ts";
import { assertClose } from "../support/assert_close.ts";
import { testOnEngines } from "./engines.ts";

/** One function `f` with y = Σ w ∘ x for x, w of shape [2, 3]. */
function weightedSum() {
  const [x, w] = [placeholder("x", [2, 3]), variable("w", [2, 3])];
  return { f: { outputs: { y: sumAll(mul(x, w)) } } };
}

async function readOf(session: Session, name: string): Promise<number[]> {
  return Array.from((await session.read([name]))[name]!);
}

testOnEngines("run() refuses feeds that do not fit, naming the leaf", async (engine) => {
  const [x, labels] = [placeholder("pixels", [2, 3]), placeholder("digits", [2], "int32")];
  const outputs = { y: sumAll(x), rows: oneHot(labels, 3) };
  await using session = await engine.load({ f: { outputs } });
  const pixels = new Float32Array(6);
  const digits = new Int32Array(2);
  const misfits: [Parameters<Session["run"]>[1], RegExp][] = [
    [{ digits }, /without a value for pixels; want float32 \[2, 3\]/],
    [{ digits, pixels: new Float32Array(5) }, /pixels: got 5 entries, want float32 \[2, 3\]/],
    [{ digits, pixels: new Int32Array(6) }, /pixels: got Int32Array, want float32 \[2, 3\]/],
    [{ digits: new Float32Array(2), pixels }, /digits: got Float32Array, want int32 \[2\]/],
  ];
  for (const [feeds, message] of misfits) {
    await assert.rejects(() => session.run("f", feeds), { name: "TypeError", message });
  }
  await session.run("f", { digits, pixels }); // and goes on working
});

testOnEngines("sessions name the functions and variables that there are", async (engine) => {
  await using session = await engine.load(weightedSum());
  const wrong: [() => Promise<unknown>, RegExp][] = [
    [() => session.run("g"), /Cannot find the function "g"; the program has: f/],
    [() => session.assign({ v: new Float32Array(6) }), /the variable "v"; the program has: w/],
    [() => session.read(["v"]), /the variable "v"; the program has: w/],
    [() => session.assign({ w: new Float32Array(2) }), /w: got 2 entries, want float32 \[2, 3\]/],
  ];
  for (const [call, message] of wrong) {
    await assert.rejects(call, { name: "TypeError", message });
  }
});

testOnEngines("reading a variable that was never assigned fails, naming it", async (engine) => {
  await using session = await engine.load(weightedSum());
  await assert.rejects(() => session.read(["w"]), /\bw\b/);
  await assert.rejects(() => session.run("f", { x: new Float32Array(6) }), /\bw\b/);
});

testOnEngines("assign() copies in and read() copies out", async (engine) => {
  // Of many sizes, since TensorFlow borrows only memory that happens to be aligned.
  for (const size of [1, 6, 64, 1000, 4096]) {
    const w = variable("w", [size]);
    await using session = await engine.load({ f: { outputs: { w, y: sumAll(w) } } });
    const given = new Float32Array(size).fill(1);
    await session.assign({ w: given });
    given.fill(9);
    for (let time = 0; time < 2; time++) {
      const read = (await session.read(["w"])).w!;
      const outputs = await session.run("f");
      assert.deepEqual(new Set([...read, ...outputs.w!]), new Set([1]));
      assert.deepEqual([...outputs.y!], [size]);
      for (const array of [read, outputs.w!, outputs.y!]) array.fill(9);
    }
  }
  await using session = await engine.load(weightedSum());
  await session.assign({});
  assert.deepEqual(await session.read([]), {});
});

testOnEngines("feeds may be views into larger arrays", async (engine) => {
  await using session = await engine.load(weightedSum());
  const whole = Float32Array.from({ length: 20 }, (_, i) => i);
  await session.assign({ w: whole.subarray(3, 9) });
  assert.deepEqual(await readOf(session, "w"), [3, 4, 5, 6, 7, 8]);
  const { y } = await session.run("f", { x: whole.subarray(1, 7) });
  assert.deepEqual([...y!], [1 * 3 + 2 * 4 + 3 * 5 + 4 * 6 + 5 * 7 + 6 * 8]);
});

testOnEngines("leaves may have any names", async (engine) => {
  const odd = ["Const_0", "a b,c", "", "Größe/0:0", "^x"];
  const inputs = odd.map((name) => placeholder(name, []));
  const held = odd.map((name) => variable(name, []));
  const y = [...inputs, ...held].reduce((total, leaf, i) => add(total, scale(leaf, i + 1)));
  await using session = await engine.load({ "odd one, too": { outputs: { "y, z": y } } });
  const feeds = Object.fromEntries(odd.map((name, i) => [name, Float32Array.of(i)]));
  await session.assign(feeds);
  const outputs = await session.run("odd one, too", feeds);
  // The first input is 0; leaf i of ten is worth (i mod 5)(i + 1).
  assert.deepEqual([...outputs["y, z"]!], [0 + 2 + 6 + 12 + 20 + 0 + 7 + 16 + 27 + 40]);
});

testOnEngines("functions of a program share variables, sessions do not", async (engine) => {
  const [w, x] = [variable("w", []), placeholder("x", [])];
  const program = {
    grow: { outputs: {}, updates: [{ kind: "assign" as const, variable: w, value: add(w, x) }] },
    look: { outputs: { twice: scale(w, 2) } },
  };
  await using one = await engine.load(program);
  await using other = await engine.load(program);
  await one.assign({ w: Float32Array.of(1) });
  await other.assign({ w: Float32Array.of(100) });
  assert.deepEqual(await one.run("grow", { x: Float32Array.of(5) }), {});
  assert.deepEqual([...(await one.run("look")).twice!], [12]);
  assert.deepEqual(await readOf(other, "w"), [100]);
});

testOnEngines("updates and outputs see the variables as they were before", async (engine) => {
  const size = 1000; // large enough for the copies to take their time
  const [a, b] = [variable("a", [size]), variable("b", [size])];
  const program = {
    swap: {
      outputs: { a, twice: scale(b, 2), one: constant(1) },
      updates: [
        { kind: "assign" as const, variable: a, value: b },
        { kind: "assign" as const, variable: b, value: a },
      ],
    },
  };
  await using session = await engine.load(program);
  await session.assign({ a: new Float32Array(size).fill(1), b: new Float32Array(size).fill(2) });
  for (let run = 0; run < 20; run++) {
    const [before, other] = run % 2 === 0 ? [1, 2] : [2, 1];
    const outputs = await session.run("swap");
    assert.deepEqual(new Set(outputs.a), new Set([before]));
    assert.deepEqual(new Set(outputs.twice), new Set([2 * other]));
    assert.deepEqual(new Set(await readOf(session, "a")), new Set([other]));
    assert.deepEqual(new Set(await readOf(session, "b")), new Set([before]));
  }
});

testOnEngines("load() refuses a program that is at odds with itself", async (engine) => {
  const clash = { f: { outputs: { a: placeholder("x", []), b: placeholder("x", [2]) } } };
  await assert.rejects(() => engine.load(clash), /two placeholders named "x"/);
  const w = variable("w", []);
  const update = { kind: "assign" as const, variable: w, value: constant(1) };
  const twice = { f: { outputs: {}, updates: [update, update] } };
  await assert.rejects(() => engine.load(twice), /Cannot update w twice in "f"/);
});

testOnEngines("what is not a number stays so, and large logits do no harm", async (engine) => {
  const [x, labels] = [placeholder("x", [2, 2]), placeholder("labels", [2], "int32")];
  const outputs = {
    relu: relu(x),
    losses: softmaxCrossEntropy(x, labels),
    rows: oneHot(labels, 2),
  };
  await using session = await engine.load({ f: { outputs } });
  const run = (...entries: number[]) =>
    session.run("f", { x: Float32Array.from(entries), labels: Int32Array.of(0, 1) });
  const broken = await run(NaN, -1, 1, 0);
  assert.deepEqual([...broken.relu!], [NaN, 0, 1, 0]);
  assert.ok(Number.isNaN(broken.losses![0]));
  assert.ok(Number.isFinite(broken.losses![1]));
  // −ln softmax = 2000 exactly, as e^-2000 vanishes beside 1.
  const { losses } = await run(-1000, 1000, 0, 1000);
  assertClose(losses!, [2000, 0], { relative: 0 });
});

testOnEngines("constants keep their sign, be they zero or infinite", async (engine) => {
  const numbers = [-0, 0, Infinity, -Infinity];
  const reciprocals = numbers.map((value) => div(constant(1), constant(value)));
  const outputs = Object.fromEntries(reciprocals.map((value, i) => [`${i}`, value]));
  await using session = await engine.load({ f: { outputs } });
  const computed = await session.run("f");
  assert.deepEqual(numbers.map((_, i) => computed[`${i}`]![0]), [-Infinity, Infinity, 0, -0]);
});

testOnEngines("oneHot() of a label that is no class is a row of zeros", async (engine) => {
  const labels = placeholder("labels", [4], "int32");
  await using session = await engine.load({ f: { outputs: { rows: oneHot(labels, 2) } } });
  const { rows } = await session.run("f", { labels: Int32Array.of(-1, 0, 2, 1) });
  assert.deepEqual([...rows!], [0, 0, 1, 0, 0, 0, 0, 1]);
});

testOnEngines("int32 values come out as int32", async (engine) => {
  const labels = placeholder("labels", [3], "int32");
  await using session = await engine.load({ f: { outputs: { labels } } });
  const outputs = await session.run("f", { labels: Int32Array.of(7, -1, 2 ** 30 + 1) });
  assert.deepEqual(outputs.labels, Int32Array.of(7, -1, 2 ** 30 + 1));
});

testOnEngines("a session may be disposed of twice, and runs no more", async (engine) => {
  const x = placeholder("x", [1]);
  const session = await engine.load({ f: { outputs: { x } } });
  await session[Symbol.asyncDispose]();
  await session[Symbol.asyncDispose]();
  await assert.rejects(
    () => session.run("f", { x: Float32Array.of(1) }),
    /^TypeError: Cannot use a session after it was disposed of/,
  );
});

testOnEngines(
  "run() gives the wanted outputs at least, and updates whatever is wanted",
  async (engine, { name }) => {
    const [x, w] = [placeholder("x", [2]), variable("w", [2])];
    const doubled = add(w, w);
    await using session = await engine.load({
      f: {
        outputs: { sum: add(x, w), product: mul(x, w) },
        updates: [{ kind: "assign", variable: w, value: doubled }],
      },
    });
    await session.assign({ w: Float32Array.of(1, 2) });
    const feeds = { x: Float32Array.of(3, 4) };
    const { sum, ...others } = await session.run("f", feeds, ["sum"]);
    assert.deepEqual(Array.from(sum!), [4, 6]);
    assert.deepEqual(await readOf(session, "w"), [2, 4]);
    const none = await session.run("f", feeds, []);
    await session.run("f", feeds, []);
    assert.deepEqual(await readOf(session, "w"), [8, 16]);
    if (name === "xla") assert.deepEqual([Object.keys(others), Object.keys(none)], [[], []]);
  },
);
