import assert from "node:assert/strict";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { jvp } from "../../lib/graph/jvp.ts";
import { add } from "../../lib/graph/ops/add.ts";
import { batchNorm } from "../../lib/graph/ops/batch_norm.ts";
import { constant } from "../../lib/graph/ops/constant.ts";
import { exp } from "../../lib/graph/ops/exp.ts";
import { placeholder } from "../../lib/graph/ops/leaf.ts";
import { log } from "../../lib/graph/ops/log.ts";
import { mul, scale } from "../../lib/graph/ops/mul.ts";
import { passWherePositive } from "../../lib/graph/ops/relu.ts";
import { square } from "../../lib/graph/ops/square.ts";
import { sub } from "../../lib/graph/ops/sub.ts";
import { sumAll } from "../../lib/graph/ops/sum.ts";
import { tanh } from "../../lib/graph/ops/tanh.ts";
import type { Value } from "../../lib/graph/value.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import { assertClose } from "../support/assert_close.ts";

/** Computes values in float64. */
async function compute(
  outputs: Readonly<Record<string, Value | undefined>>,
  feeds: Readonly<Record<string, readonly number[]>>,
): Promise<Record<string, number[]>> {
  const defined = Object.entries(outputs).filter((entry): entry is [string, Value] =>
    entry[1] !== undefined
  );
  const program = { f: { outputs: Object.fromEntries(defined) } };
  await using session = await referenceEngine().load(program);
  const typed = Object.entries(feeds).map(([name, entries]) => [name, Float64Array.from(entries)]);
  const computed = await session.run("f", Object.fromEntries(typed));
  return Object.fromEntries(Object.entries(computed).map(([name, value]) => [name, [...value]]));
}

const ONE = constant(1);
const x = placeholder("x", []);
const y = placeholder("y", []);

Deno.test("vjp() and jvp() differentiate Rosenbrock's function twice", async () => {
  // f = 100(y − x²)² + (1 − x)²
  const f = add(scale(square(sub(y, square(x))), 100), square(sub(ONE, x)));
  const [fx, fy] = vjp(f, ONE, [x, y]);
  const [vx, vy] = [placeholder("vx", []), placeholder("vy", [])];
  const [hx, hy] = jvp([fx!, fy!], [x, y], [vx, vy]);
  const [a, b, p, q] = [-1.2, 1, 0.3, -2];
  const got = await compute({ f, fx, fy, hx, hy }, { x: [a], y: [b], vx: [p], vy: [q] });
  assertClose(got.f!, [100 * (b - a ** 2) ** 2 + (1 - a) ** 2]);
  assertClose(got.fx!, [-400 * a * (b - a ** 2) - 2 * (1 - a)]);
  assertClose(got.fy!, [200 * (b - a ** 2)]);
  assertClose(got.hx!, [(1200 * a ** 2 - 400 * b + 2) * p - 400 * a * q]);
  assertClose(got.hy!, [-400 * a * p + 200 * q]);
});

Deno.test("vjp() can be repeated: four derivatives of softplus", async () => {
  const s = 1 / (1 + Math.exp(-0.7));
  const derivatives: Value[] = [log(add(ONE, exp(x)))];
  for (let order = 1; order <= 4; order++) {
    derivatives.push(vjp(derivatives.at(-1)!, ONE, [x])[0]!);
  }
  const got = await compute(Object.fromEntries(derivatives.entries()), { x: [0.7] });
  assertClose(Object.values(got).flat(), [
    Math.log(1 + Math.exp(0.7)),
    s,
    s * (1 - s),
    s * (1 - s) * (1 - 2 * s),
    s * (1 - s) * (1 - 6 * s + 6 * s ** 2),
  ]);
});

Deno.test("vjp() adds up all paths to a value, and differentiates by inner values too", async () => {
  const inner = square(x);
  const f = mul(inner, add(inner, x)); // x⁴ + x³
  const [byX, byInner, again] = vjp(f, ONE, [x, inner, x]);
  const got = await compute({ byX, byInner, again }, { x: [2] });
  assertClose(got.byX!, [4 * 8 + 3 * 4]);
  assertClose(got.byInner!, [4 + 4 + 2]); // ∂(i² + ix)/∂i = 2i + x
  assertClose(got.again!, got.byX!);
});

Deno.test("vjp() and jvp() give undefined where nothing depends on x", () => {
  const f = square(y);
  assert.deepEqual(vjp(f, ONE, [x]), [undefined]);
  assert.deepEqual(jvp([f, x], [x], [ONE]), [undefined, ONE]);
  assert.equal(vjp(x, y, [x])[0], y);
  // Constant almost everywhere, so that its slope weighs nothing in the Hessian.
  assert.deepEqual(vjp(passWherePositive(y, x), ONE, [x]), [undefined]);
});

Deno.test("jvp() takes the tangent that is given, also of a value that depends on another", async () => {
  const inner = square(x);
  const f = mul(inner, x);
  const [tangent] = jvp([f], [x, inner], [constant(1), constant(10)]);
  // d(ix) = i·ẋ + x·i̇ with i = x² = 9
  assertClose((await compute({ tangent }, { x: [3] })).tangent!, [9 + 30]);
});

Deno.test("composites are differentiated once where their inputs depend on each other", async () => {
  // w is γ and β at once, and the cotangent depends on x: the VJP of batch norm's gradient, an
  // expansion, must not follow either beyond its own inputs.
  const [data, w] = [placeholder("data", [4, 2]), placeholder("w", [2])];
  const f = sumAll(square(tanh(mul(batchNorm(data, w, w, 0.1), data))));
  const [gradient, byScale] = vjp(f, ONE, [data, w]);
  const v = placeholder("v", [4, 2]);
  const u = placeholder("u", [2]);
  const slope = add(sumAll(mul(gradient!, v)), sumAll(mul(byScale!, u)));
  const reverse = vjp(slope, ONE, [data, w]);
  const forward = jvp([gradient!, byScale!], [data, w], [v, u]);
  const feeds = {
    data: [0.3, -1, 0.8, 0.1, -0.4, 0.9, 1.1, 0.2],
    w: [0.7, -1.3],
    v: [0.2, 0.5, -1, 0.3, 0.8, -0.6, 0.1, 0.4],
    u: [0.9, -0.2],
  };
  const outputs = {
    reverse: reverse[0],
    reverseScale: reverse[1],
    forward: forward[0],
    forwardScale: forward[1],
  };
  const got = await compute(outputs, feeds);
  const step = 1e-5; // truncation h² and rounding 1e-16/h are both about 1e-10
  const at = (sign: number) =>
    compute({ gradient, byScale }, {
      data: feeds.data.map((entry, i) => entry + sign * step * feeds.v[i]!),
      w: feeds.w.map((entry, i) => entry + sign * step * feeds.u[i]!),
    });
  const [ahead, behind] = [await at(1), await at(-1)];
  const difference = (name: string) =>
    ahead[name]!.map((value, i) => (value - behind[name]![i]!) / (2 * step));
  const tolerance = { relative: 1e-7, absolute: 1e-8 };
  assertClose(got.reverse!, difference("gradient"), tolerance);
  assertClose(got.reverseScale!, difference("byScale"), tolerance);
  assertClose(got.forward!, got.reverse!, { relative: 1e-12, absolute: 1e-12 });
  assertClose(got.forwardScale!, got.reverseScale!, { relative: 1e-12, absolute: 1e-12 });
});
