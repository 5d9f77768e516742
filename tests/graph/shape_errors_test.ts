import assert from "node:assert/strict";
import { jvp } from "../../lib/graph/jvp.ts";
import { apply } from "../../lib/graph/op.ts";
import { add } from "../../lib/graph/ops/add.ts";
import { batchMatMul } from "../../lib/graph/ops/batch_mat_mul.ts";
import { batchNorm, inverseDeviationOf } from "../../lib/graph/ops/batch_norm.ts";
import { concat } from "../../lib/graph/ops/concat.ts";
import { conv2d } from "../../lib/graph/ops/conv2d.ts";
import { broadcastTo, sum } from "../../lib/graph/ops/sum.ts";
import { div } from "../../lib/graph/ops/div.ts";
import { erf } from "../../lib/graph/ops/erf.ts";
import { exp } from "../../lib/graph/ops/exp.ts";
import { placeholder, variable } from "../../lib/graph/ops/leaf.ts";
import { keepMask } from "../../lib/graph/ops/keep_mask.ts";
import { gaussianNoise } from "../../lib/graph/ops/gaussian_noise.ts";
import { layerNorm } from "../../lib/graph/ops/layer_norm.ts";
import { ghostBatchNorm } from "../../lib/graph/ops/ghost_batch_norm.ts";
import { argMax } from "../../lib/graph/ops/arg_max.ts";
import { expm1 } from "../../lib/graph/ops/expm1.ts";
import { log1p } from "../../lib/graph/ops/log1p.ts";
import { log } from "../../lib/graph/ops/log.ts";
import { logSoftmax } from "../../lib/graph/ops/log_softmax.ts";
import { matMul } from "../../lib/graph/ops/mat_mul.ts";
import { maxPool } from "../../lib/graph/ops/max_pool.ts";
import { mul } from "../../lib/graph/ops/mul.ts";
import { oneHot } from "../../lib/graph/ops/one_hot.ts";
import { passWherePositive, relu } from "../../lib/graph/ops/relu.ts";
import { reshape } from "../../lib/graph/ops/reshape.ts";
import { rsqrt } from "../../lib/graph/ops/rsqrt.ts";
import { slice, unslice } from "../../lib/graph/ops/slice.ts";
import { softmax } from "../../lib/graph/ops/softmax.ts";
import { softmaxCrossEntropy } from "../../lib/graph/ops/softmax_cross_entropy.ts";
import { sqrt } from "../../lib/graph/ops/sqrt.ts";
import { square } from "../../lib/graph/ops/square.ts";
import { sub } from "../../lib/graph/ops/sub.ts";
import { tanh } from "../../lib/graph/ops/tanh.ts";
import { transpose } from "../../lib/graph/ops/transpose.ts";
import type { Value } from "../../lib/graph/value.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import { instantiate, nodeWithin } from "./op_case.ts";
import { OP_CASES } from "./op_cases.ts";

const scalar = placeholder("scalar", []);
const three = placeholder("three", [3]);
const four = placeholder("four", [4]);
const matrix = placeholder("matrix", [2, 3]);
const other = placeholder("other", [4, 5]);
const labels = placeholder("labels", [2], "int32");
const integers = placeholder("integers", [2, 3], "int32");

const image = placeholder("image", [2, 5, 5, 3]);
const kernel = placeholder("kernel", [3, 3, 3, 4]);
const large = placeholder("large", [7, 7, 3, 4]);
const integerImage = placeholder("integer image", [2, 5, 5, 3], "int32");

const convolved = conv2d(image, kernel);
const [imageGradient, kernelGradient] = vjp(convolved, convolved, [image, kernel]);
const unpadded = (...[x, w]: Value[]) => conv2d(x!, w!, { padding: "valid" });
const pool = (x?: Value) => maxPool(x!, { window: 6, stride: 2, padding: "valid" });
const pooled = maxPool(image, { window: 2, stride: 2 });
const scattered = vjp(pooled, pooled, [image])[0]!;
const gathered = nodeWithin(vjp(scattered, image, [image])[0]!, "gatherAtMaxima");

const batchNormGradient = nodeWithin(
  vjp(batchNorm(matrix, three, three), matrix, [matrix])[0]!,
  "batchNormGradient",
);
const losses = softmaxCrossEntropy(matrix, labels);
const softmaxMinusOneHot = nodeWithin(vjp(losses, losses, [matrix])[0]!, "softmaxMinusOneHot");

/** Applies a node's op, which its file keeps to itself, to other inputs. */
function again({ op, attributes }: Value): (...inputs: Value[]) => Value {
  return (...inputs) => apply(op, inputs, attributes);
}

/** matMul() of any two factors, each transposed or not. */
function product(transposeA: boolean, transposeB: boolean): (...inputs: Value[]) => Value {
  return (a, b) => matMul(a!, b!, transposeA, transposeB);
}

const perExample = (...[x, gamma, beta]: Value[]) => layerNorm(x!, gamma!, beta!);
const ghosts = (size: number) => (...[x, gamma, beta]: Value[]) =>
  ghostBatchNorm(x!, gamma!, beta!, size);
const normalise = (...[x, gamma, beta]: Value[]) => batchNorm(x!, gamma!, beta!);

/** Calls that must fail, by op. */
const MISFITS: Readonly<Record<string, readonly [(...inputs: Value[]) => Value, ...Value[]][]>> = {
  add: [[add, matrix, four], [add, matrix, integers]],
  sub: [[sub, matrix, four], [sub, integers, matrix]],
  mul: [[mul, matrix, four], [mul, matrix, integers]],
  div: [[div, matrix, four], [div, matrix, integers]],
  exp: [[exp, integers]],
  log: [[log, integers]],
  log1p: [[log1p, integers]],
  expm1: [[expm1, integers]],
  square: [[square, integers]],
  sqrt: [[sqrt, integers]],
  rsqrt: [[rsqrt, integers]],
  tanh: [[tanh, integers]],
  relu: [[relu, integers]],
  passWherePositive: [
    [passWherePositive, matrix, three],
    [passWherePositive, matrix, integers],
    [passWherePositive, integers, matrix],
  ],
  matMul: [
    [product(false, false), matrix, other],
    [product(false, false), matrix, three],
    [product(false, false), matrix, integers],
    [product(false, true), matrix, other],
    [product(true, false), matrix, other],
  ],
  conv2d: [
    [unpadded, image, other],
    [unpadded, matrix, kernel],
    [unpadded, image, large],
    [unpadded, image, image],
    [unpadded, integerImage, kernel],
  ],
  conv2dInputGradient: [
    [again(imageGradient!), kernel, image],
    [again(imageGradient!), image, convolved],
    [again(imageGradient!), kernel, matrix],
  ],
  conv2dKernelGradient: [
    [again(kernelGradient!), image, image],
    [again(kernelGradient!), matrix, convolved],
    [again(kernelGradient!), integerImage, convolved],
  ],
  maxPool: [[pool, image], [pool, matrix], [pool, integerImage]],
  scatterToMaxima: [
    [again(scattered), image, pooled, image],
    [again(scattered), image, image, pooled],
    [again(scattered), matrix, pooled, pooled],
  ],
  gatherAtMaxima: [
    [again(gathered), image, pooled, pooled],
    [again(gathered), image, image, image],
    [again(gathered), integerImage, pooled, image],
  ],
  sum: [
    [(x) => sum(x!, [2]), matrix],
    [(x) => sum(x!, [-1]), matrix],
    [(x) => sum(x!, [0.5]), matrix],
    [(x) => sum(x!, [0, 0]), matrix],
    [(x) => sum(x!, [0]), integers],
  ],
  broadcastTo: [
    [(x) => broadcastTo(x!, [2, 4]), matrix],
    [(x) => broadcastTo(x!, [3]), matrix],
    [(x) => broadcastTo(x!, []), matrix],
  ],
  reshape: [
    [(x) => reshape(x!, [4]), matrix],
    [(x) => reshape(x!, [-2, -3]), matrix],
    [(x) => reshape(x!, [1.5, 4]), matrix],
  ],
  softmax: [[softmax, three], [softmax, integers]],
  logSoftmax: [[logSoftmax, three], [logSoftmax, integers]],
  argMax: [[argMax, three], [argMax, integers], [argMax, placeholder("none", [3, 0])]],
  oneHot: [
    [(x) => oneHot(x!, 3), three],
    [(x) => oneHot(x!, 3), integers],
    [(x) => oneHot(x!, 0), labels],
    [(x) => oneHot(x!, 2.5), labels],
  ],
  softmaxCrossEntropy: [
    [softmaxCrossEntropy, other, labels],
    [softmaxCrossEntropy, three, labels],
    [softmaxCrossEntropy, matrix, three],
    [softmaxCrossEntropy, integers, labels],
  ],
  softmaxMinusOneHot: [
    [again(softmaxMinusOneHot), other, labels],
    [again(softmaxMinusOneHot), matrix, three],
  ],
  batchNorm: [
    [normalise, matrix, four, three],
    [normalise, matrix, three, four],
    [normalise, three, three, three],
    [normalise, scalar, three, three],
    [normalise, integers, three, three],
  ],
  layerNorm: [[perExample, matrix, four, three], [perExample, three, three, three]],
  ghostBatchNorm: [[ghosts(3), matrix, three, three], [ghosts(2), matrix, three, four]],
  gaussianNoise: [
    [(key) => gaussianNoise(key!, [2], 0), three],
    [(key) => gaussianNoise(key!, [-2], 0), labels],
  ],
  keepMask: [
    [(x) => keepMask(x!, [2], 0.5, 0), three],
    [(x) => keepMask(x!, [2], 0, 0), labels],
    [(x) => keepMask(x!, [2], 1.5, 0), labels],
    [(x) => keepMask(x!, [-2], 0.5, 0), labels],
  ],
  transpose: [
    [(x) => transpose(x!, [0, 0]), matrix],
    [(x) => transpose(x!, [1, 0, 2]), matrix],
    [(x) => transpose(x!, [0, 2]), matrix],
  ],
  slice: [
    [(x) => slice(x!, [0, 2], [2, 3]), matrix],
    [(x) => slice(x!, [-1, 0], [1, 1]), matrix],
    [(x) => slice(x!, [0], [2]), matrix],
    [(x) => slice(x!, [0, 0], [2, 2], [1, 0]), matrix],
  ],
  unslice: [
    [(x) => unslice(x!, [0, 1], [2, 3]), matrix],
    [(x) => unslice(x!, [0], [9]), matrix],
    [(x) => unslice(x!, [1], [9]), labels],
  ],
  concat: [
    [(a, b) => concat([a!, b!], 1), matrix, three],
    [(a, b) => concat([a!, b!], 2), matrix, matrix],
    [(a, b) => concat([a!, b!], 0), three, labels],
  ],
  batchMatMul: [
    [(a, b) => batchMatMul(a!, b!), matrix, matrix],
    [(a, b) => batchMatMul(a!, b!), three, matrix],
  ],
  erf: [[(x) => erf(x!), labels]],
  batchNormGradient: [
    [again(batchNormGradient), matrix, three, three, other],
    [again(batchNormGradient), matrix, four, three, matrix],
    [again(batchNormGradient), matrix, three, three, integers],
  ],
  batchNormInverseDeviation: [
    [(x, gamma, beta) => inverseDeviationOf(x!, gamma!, beta!, 1e-3), matrix, four, three],
    [(x, gamma, beta) => inverseDeviationOf(x!, gamma!, beta!, 1e-3), matrix, three, four],
  ],
};

for (const [op, misfits] of Object.entries(MISFITS)) {
  Deno.test(`${op} refuses inputs that do not fit, naming itself and their shapes`, () => {
    for (const [build, ...inputs] of misfits) {
      const shapes = inputs.map(({ dtype, shape }) => `${dtype}[${shape.join(", ")}]`);
      assert.throws(() => build(...inputs), (error: Error) => {
        assert.ok(error instanceof TypeError, error.stack);
        assert.ok(error.message.startsWith(`Cannot apply ${op} to ${shapes.join(" and ")}: `));
        return true;
      }, `${op} accepted ${shapes}`);
    }
  });
}

Deno.test("every op that has inputs is tested with some that do not fit", () => {
  const ops = OP_CASES.filter((opCase) => instantiate(opCase).y.inputs.length > 0)
    .map(({ op }) => op);
  assert.deepEqual(Object.keys(MISFITS).toSorted(), [...new Set(ops)].toSorted());
});

Deno.test("placeholder() and variable() refuse shapes that are none", () => {
  for (const shape of [[-1], [2.5], [NaN], [2, Infinity]]) {
    assert.throws(() => placeholder("x", shape), {
      name: "TypeError",
      message: /declare x of shape/,
    });
    assert.throws(() => variable("x", shape), { name: "TypeError", message: /declare x of shape/ });
  }
});

Deno.test("vjp() and jvp() refuse cotangents and tangents of another shape", () => {
  const y = square(matrix);
  assert.throws(() => vjp(y, three, [matrix]), {
    name: "TypeError",
    message: /vjp to float32\[2, 3\] and float32\[3\]/,
  });
  assert.throws(() => jvp([y], [matrix], [three]), {
    name: "TypeError",
    message: /jvp to float32\[2, 3\] and float32\[3\]/,
  });
  assert.throws(() => jvp([y], [matrix], []), { name: "TypeError", message: /float32\[2, 3\]/ });
});
