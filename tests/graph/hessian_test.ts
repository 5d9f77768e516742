import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { jvp } from "../../lib/graph/jvp.ts";
import { sumAll, zeros } from "../../lib/graph/ops/sum.ts";
import { constant } from "../../lib/graph/ops/constant.ts";
import { leafName, placeholder, variable } from "../../lib/graph/ops/leaf.ts";
import { matMul } from "../../lib/graph/ops/mat_mul.ts";
import { mul, scale } from "../../lib/graph/ops/mul.ts";
import { add } from "../../lib/graph/ops/add.ts";
import { softmaxCrossEntropy } from "../../lib/graph/ops/softmax_cross_entropy.ts";
import { sizeOf } from "../../lib/graph/shape.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import assert from "node:assert/strict";
import { SINGLE_ENGINES, testOnEngines } from "../engine/engines.ts";
import { cycledLabels, drawn, flat, programOf, type SmallF1, smallF1 } from "../engine/small_f1.ts";
import { assertClose, relativeError } from "../support/assert_close.ts";

/** A flat vector as tangents of a network, or as values of its variables. */
function parts({ variables }: SmallF1, vector: Float64Array, prefix = "") {
  let start = 0;
  return Object.fromEntries(variables.map((weight) => {
    const size = sizeOf(weight.shape);
    return [`${prefix}${leafName(weight)}`, vector.slice(start, start += size)];
  }));
}

const net = smallF1([4, 3, 3, 2], 7, "tanh");
const data = { ...drawn([net.x], 1), labels: cycledLabels(7, 2) };
const weights = flat(drawn(net.variables, 0.6), net);

Deno.test("Hv of a smooth network is the slope of its gradient along v", async () => {
  await using session = await referenceEngine().load(programOf(net));
  await session.assign(parts(net, weights));
  const tangents = drawn(net.tangents, 1);
  const v = Float64Array.from(Object.values(tangents).flatMap((part) => [...part]));
  const product = flat(await session.run("product", { ...data, ...tangents }), net);
  // Central differences in float64: truncation h²‖v‖³ and rounding 1e-16/h are near 1e-9.
  const step = 1e-6;
  const gradientAt = async (offset: number) => {
    await session.assign(parts(net, weights.map((w, i) => w + offset * v[i]!)));
    return flat(await session.run("gradient", data), net);
  };
  const [ahead, behind] = [await gradientAt(step), await gradientAt(-step)];
  const slope = ahead.map((g, i) => (g - behind[i]!) / (2 * step));
  assert.ok(relativeError(product, slope) < 1e-8, `${relativeError(product, slope)}`);
});

Deno.test("n products make a symmetric Hessian", async () => {
  await using session = await referenceEngine().load(programOf(net));
  await session.assign(parts(net, weights));
  const rows: Float64Array[] = [];
  for (let i = 0; i < weights.length; i++) {
    const unit = weights.map((_, j) => (j === i ? 1 : 0));
    rows.push(flat(await session.run("product", { ...data, ...parts(net, unit, "v/") }), net));
  }
  const largest = Math.max(...rows.map((row) => Math.max(...row.map(Math.abs))));
  assert.ok(largest > 0.1, "the Hessian is next to zero, and its symmetry means nothing");
  for (const [i, row] of rows.entries()) {
    const column = rows.map((other) => other[i]!);
    // Rounding alone breaks the symmetry; entries are of size 1.
    assertClose(row, column, { relative: 0, absolute: 1e-10 * largest });
  }
});

Deno.test("reverse over reverse gives the same product as forward over reverse", async () => {
  const slope = net.gradient.map((gradient, i) => sumAll(mul(gradient, net.tangents[i]!)))
    .reduce((total, term) => add(total, term));
  const reverse = vjp(slope, constant(1), net.variables);
  const outputs = Object.fromEntries(
    net.variables.map((weight, i) => [leafName(weight), reverse[i] ?? zeros(weight.shape)]),
  );
  await using session = await referenceEngine().load({ ...programOf(net), reverse: { outputs } });
  await session.assign(parts(net, weights));
  const feeds = { ...data, ...drawn(net.tangents, 1) };
  const forward = flat(await session.run("product", feeds), net);
  const twice = flat(await session.run("reverse", feeds), net);
  assert.ok(relativeError(twice, forward) < 1e-12, `${relativeError(twice, forward)}`);
});

/** Softmax regression f(W) = mean cross-entropy of XW, with its Hessian-vector product. */
function softmaxRegression(examples: number, features: number, classes: number) {
  const x = placeholder("x", [examples, features]);
  const labels = placeholder("labels", [examples], "int32");
  const w = variable("w", [features, classes]);
  const v = placeholder("v", [features, classes]);
  const loss = scale(sumAll(softmaxCrossEntropy(matMul(x, w), labels)), 1 / examples);
  const [gradient] = vjp(loss, constant(1), [w]);
  const [product] = jvp([gradient!], [w], [v]);
  return { f: { outputs: { loss, product: product! } } };
}

Deno.test("Hv of softmax regression is (1/N) Σ (diag p − ppᵀ) ⊗ xxᵀ times v", async () => {
  const [examples, features, classes] = [5, 3, 4];
  const leaves = ["x", "w", "v"].map((name) =>
    placeholder(name, [name === "x" ? examples : features, name === "x" ? features : classes])
  );
  const { x, w, v } = drawn(leaves, 1) as Record<"x" | "w" | "v", Float64Array>;
  const wanted = new Float64Array(features * classes);
  for (let n = 0; n < examples; n++) {
    const row = x.subarray(n * features, (n + 1) * features);
    const times = (matrix: Float64Array, k: number) =>
      row.reduce((total, xi, i) => total + xi * matrix[i * classes + k]!, 0);
    const classesOf = Array.from({ length: classes }, (_, k) => k);
    const total = classesOf.reduce((sum, k) => sum + Math.exp(times(w, k)), 0);
    const p = classesOf.map((k) => Math.exp(times(w, k)) / total);
    const mean = classesOf.reduce((sum, k) => sum + p[k]! * times(v, k), 0);
    row.forEach((xi, i) => {
      for (const k of classesOf) {
        wanted[i * classes + k]! += p[k]! * (times(v, k) - mean) * xi / examples;
      }
    });
  }
  await using session = await referenceEngine().load(
    softmaxRegression(examples, features, classes),
  );
  await session.assign({ w });
  const { product } = await session.run("f", { x, v, labels: cycledLabels(examples, classes) });
  assertClose(product!, wanted, { relative: 1e-12, absolute: 1e-14 });
});

Deno.test("softmax regression at 0 has f = ln K and the eigenvalues of XᵀX/(NK)", async () => {
  // X = [[1, 0], [0, 2], [1, 1]], K = 3: XᵀX = [[2, 1], [1, 5]] has (7 ± √13)/2, over NK = 9.
  await using session = await referenceEngine().load(softmaxRegression(3, 2, 3));
  await session.assign({ w: new Float64Array(6) });
  const x = Float64Array.of(1, 0, 0, 2, 1, 1);
  const labels = Int32Array.of(0, 1, 2);
  for (const [sign, printed] of [[1, 0.5891972931], [-1, 0.1885804847]] as const) {
    const ofGram = (7 + sign * Math.sqrt(13)) / 2;
    assertClose([ofGram / 9], [printed], { relative: 1e-9 }); // ten printed digits
    const u = [1, ofGram - 2]; // (XᵀX − λI)u = 0
    const contrasts = [[1, -1, 0], [1, 1, -2], [1, 1, 1]];
    for (const [i, contrast] of contrasts.entries()) {
      const v = Float64Array.from(u.flatMap((ui) => contrast.map((c) => ui * c)));
      const { loss, product } = await session.run("f", { x, labels, v });
      assertClose(loss!, [Math.log(3)]);
      const eigenvalue = i < 2 ? ofGram / 9 : 0; // logits that move together change nothing
      assertClose(product!, v.map((entry) => eigenvalue * entry), { absolute: 1e-14 });
    }
  }
});

testOnEngines("Hv of a small F1 is good to 1e-4 in float32", async (engine) => {
  const small = smallF1([20, 16, 16, 16, 5], 64, "relu");
  const feeds = {
    ...drawn([small.x, ...small.tangents], 1),
    labels: cycledLabels(64, 5),
  };
  const start = drawn(small.variables, 0.3);
  const products: Float64Array[] = [];
  for (const each of [engine, referenceEngine()]) {
    await using session = await each.load(programOf(small));
    await session.assign(start);
    products.push(flat(await session.run("product", feeds), small));
  }
  const error = relativeError(products[0]!, products[1]!);
  assert.ok(error <= 1e-4, `relative error ${error}`);
}, SINGLE_ENGINES);
