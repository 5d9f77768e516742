// ResNet-18 for CIFAR with 11 million weights; the numbers are PyTorch's: tests/oracles/resnet18_torch.py.
import assert from "node:assert/strict";
import { placeholder } from "../../lib/graph/ops/leaf.ts";
import { splitParameters } from "../../lib/networks/flat.ts";
import { lanczos } from "../../lib/curvature/lanczos.ts";
import type { Dataset } from "../../lib/data/dataset.ts";
import { selectEngine } from "../../lib/engine/select.ts";
import { dot, norm } from "../../lib/linalg/vector.ts";
import type { Network } from "../../lib/networks/network.ts";
import { importOnnx } from "../../lib/networks/onnx/onnx_network.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import torch from "../oracles/resnet18_torch.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";

type Made = { number: number; centre: number; width: number; shape: number[] };
const TENSORS: Readonly<Record<string, Made>> = torch.tensors;

/** In [−1, 1), from the finaliser of MurmurHash3, as in the script. */
function uniform(index: number, stream: number): number {
  // The product has more than 53 bits.
  let h = (index + Number(BigInt.asUintN(32, BigInt(stream) * 0x9E3779B9n))) >>> 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85EBCA6B);
  h ^= h >>> 13;
  h = Math.imul(h, 0xC2B2AE35);
  h ^= h >>> 16;
  return (h >>> 8) / 2 ** 23 - 1;
}

/** The file of a tensor. */
function tensorBytes(name: string): Uint8Array {
  const { number, centre, width, shape } = TENSORS[name]!;
  const size = shape.reduce((product, extent) => product * extent, 1);
  const entries = new Float32Array(size);
  for (let i = 0; i < size; i++) entries[i] = centre + width * uniform(i, number);
  return new Uint8Array(entries.buffer);
}

/** `layer/weight` is what PyTorch calls `layer.weight`. */
const torchName = (parameter: string) => parameter.replace("/", ".");

/** The vector of Hv. */
function direction({ parameters, dimension }: Network): Float64Array {
  const v = new Float64Array(dimension);
  for (const { name, shape, offset } of parameters) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const stream = 500 + TENSORS[torchName(name)]!.number;
    for (let i = 0; i < size; i++) v[offset + i] = uniform(i, stream);
  }
  return v;
}

/** The first entries of some tensors, beside PyTorch's. */
function firstEntries(
  { parameters }: Network,
  vector: Float64Array,
  expected: Readonly<Record<string, number[]>>,
): [number[], number[]] {
  const own = parameters.flatMap(({ name, offset }) =>
    expected[torchName(name)]!.map((_, i) => vector[offset + i]!)
  );
  return [own, parameters.flatMap(({ name }) => expected[torchName(name)]!)];
}

async function logitsOf(
  network: Network,
  x: Float64Array,
  features: Float32Array,
  count: number,
): Promise<Float64Array> {
  const examples = placeholder("examples", [count, ...network.inputShape]);
  const logits = network.logits(examples, network.variables());
  await using session = await (await selectEngine()).load({ f: { outputs: { logits } } });
  const fixed = (network.fixed?.() ?? []).map(({ name, values }) => [name, values] as const);
  await session.assign({ ...splitParameters(network, x), ...Object.fromEntries(fixed) });
  return Float64Array.from((await session.run("f", { examples: features })).logits!);
}

Deno.test("importOnnx() ResNet-18: logits, f, gradient, Hv and the largest eigenvalue are PyTorch's", async () => {
  const bytes = await Deno.readFile(new URL("../golden/onnx/resnet18.onnx", import.meta.url));
  const { network, x } = importOnnx("resnet18.onnx", bytes, {
    dataShape: [3, 32, 32],
    readExternal: tensorBytes,
  });
  assert.equal(network.dimension, torch.dimension);
  const count = torch.examples;
  const features = Float32Array.from({ length: count * 3072 }, (_, i) => uniform(i, 1000));
  const dataset: Dataset = {
    name: "noise",
    count,
    classes: 10,
    featureShape: [3, 32, 32],
    features,
    labels: Int32Array.from(torch.labels),
  };
  assertClose(await logitsOf(network, x, features, count), torch.logits, {
    relative: 1e-5,
    absolute: 1e-5,
  });
  await using f = await objectiveOf(network, dataset, { engine: await selectEngine() });
  const { value, gradient } = await f.evaluate(x);
  assertClose([value], [torch.loss], { relative: 1e-5 });
  assertClose([norm(gradient)], [torch.gradientNorm], { relative: 1e-4 });
  // Float32 rounds by 6e-8 of the largest terms of a sum, here of the whole gradient.
  const near = (scale: number) => ({ relative: 1e-4, absolute: 1e-6 * scale });
  assertClose(...firstEntries(network, gradient, torch.gradient), near(torch.gradientNorm));

  const hessian = f.hessian(x);
  const v = direction(network);
  const product = await hessian.apply(v);
  assertClose([norm(product), dot(v, product)], [torch.productNorm, torch.curvature], {
    relative: 1e-4,
  });
  assertClose(...firstEntries(network, product, torch.product), near(torch.productNorm));

  const { values } = await lanczos(hessian, { steps: 16, seed: 1 });
  assertClose([values.at(-1)!], [torch.largestEigenvalue.value], { relative: 1e-4 });
});
