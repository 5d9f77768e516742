// PyTorch's own files and numbers are from tests/oracles/measure_torch.py.
import assert from "node:assert/strict";
import { decodeDataset } from "../../lib/data/dataset_file.ts";
import { decodeSafetensors } from "../../lib/data/safetensors.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { sizeOf } from "../../lib/graph/shape.ts";
import { dot, norm as lengthOf } from "../../lib/linalg/vector.ts";
import type { ForeignTensor } from "../../lib/networks/foreign_modules.ts";
import { splitParameters } from "../../lib/networks/flat.ts";
import { activation } from "../../lib/networks/layers/activation.ts";
import { conv } from "../../lib/networks/layers/conv.ts";
import { dense } from "../../lib/networks/layers/dense.ts";
import { norm } from "../../lib/networks/layers/norm.ts";
import { pool } from "../../lib/networks/layers/pool.ts";
import { type Network, stack } from "../../lib/networks/network.ts";
import { pytorchShape } from "../../lib/networks/pytorch_layout.ts";
import { readParameters } from "../../lib/networks/read_parameters.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import torch from "../oracles/measure_torch.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";

const golden = (name: string) => Deno.readFile(new URL(`../golden/${name}`, import.meta.url));
const relu = () => activation("relu");
const NETWORKS: Record<"dense" | "conv", Network> = {
  dense: stack("dense", [3, 4, 2], [
    ...[dense(6), norm(), relu()],
    ...[dense(5), norm(), relu()],
    dense(3),
  ]),
  conv: stack("conv", [3, 4, 2], [conv(4, 3), norm(), relu(), pool(2), dense(3)]),
};

for (const kind of ["dense", "conv"] as const) {
  Deno.test(`readParameters() gives f and its derivatives the values that PyTorch has: ${kind}`, async () => {
    const net = NETWORKS[kind];
    const oracle = torch[kind];
    const { tensors } = decodeSafetensors(await golden(`torch_${kind}.safetensors`));
    const { x, layout, notes, moments } = readParameters(net, tensors);
    assert.equal(layout, "pytorch");
    // PyTorch has no bias where Basin has one of zeros: five in the dense network.
    assert.equal(net.dimension, oracle.dimension + (kind === "dense" ? 5 : 0));
    assert.deepEqual(notes, kind === "dense" ? ["4 has no bias: dense2/bias is 0"] : []);
    const engine = referenceEngine();
    const images = decodeDataset(await golden("torch_images.safetensors"));
    await using f = await objectiveOf(net, images, { engine });
    const { value, gradient } = await f.evaluate(x);
    // Pixels are float32 here and float64 there: 6e-8 each.
    assertClose([value], [oracle.loss], { relative: 1e-6 });
    assertClose([lengthOf(gradient)], [oracle.gradientNorm], { relative: 1e-5 });
    assert.equal((await f.performance(x)).accuracy, oracle.accuracy);
    await using evaluated = await objectiveOf(net, images, { engine, moments });
    assertClose([(await evaluated.evaluate(x)).value], [oracle.lossInEvaluation], {
      relative: 1e-6,
    });
    if (kind === "dense") {
      const product = await f.hessian(x).apply(gradient);
      assertClose([dot(gradient, product)], [torch.dense.curvatureOfGradient], { relative: 1e-4 });
    }
  });
}

/** A state dict for the network: tensors filled with their own numbers, under other names. */
function stateDict(net: Network, rename: (layer: string) => string): Record<string, ForeignTensor> {
  return Object.fromEntries(net.parameters.map(({ name, shape }, k) => {
    const [layer, part] = name.split("/") as [string, string];
    const role = part === "kernel" || part === "gamma" ? "weight" : "bias";
    const data = Float32Array.from({ length: sizeOf(shape) }, () => k + 1);
    return [`${rename(layer)}.${role}`, { shape: pytorchShape(shape), data }];
  }));
}

/** Eleven equal layers, so that only order tells them apart. */
const deep = stack("deep", [4], Array.from({ length: 11 }, () => [dense(4), relu()]).flat());

Deno.test("readParameters() counts on in the names of modules: 2 comes before 10", () => {
  const tensors = stateDict(deep, (layer) => `body.${Number(layer.slice(5)) * 2}`);
  const shuffled = Object.fromEntries(
    Object.entries(tensors).sort(([a], [b]) => a < b ? -1 : 1), // as safetensors writes them
  );
  assert.equal(Object.keys(shuffled)[0], "body.10.bias");
  const { x, mapping } = readParameters(deep, shuffled);
  const firsts = Object.values(splitParameters(deep, x)).map(([first]) => first);
  assert.deepEqual(firsts, firsts.map((_, k) => k + 1));
  assert.deepEqual(mapping[0], { tensor: "body.2.weight", parameter: "dense1/kernel" });
});

Deno.test("readParameters() takes modules of each kind in their own order", () => {
  const net = stack("mixed", [2, 2, 1], [
    conv(2, 1),
    norm(),
    relu(),
    dense(2),
    norm(),
    relu(),
    dense(3),
  ]);
  // In the order of names the classifier comes before the features.
  const names: Record<string, string> = {
    conv1: "features.0",
    norm1: "features.1",
    dense1: "classifier.0",
    norm2: "norm.out",
    dense2: "classifier.3",
  };
  const { x } = readParameters(net, stateDict(net, (layer) => names[layer]!));
  const firsts = Object.values(splitParameters(net, x)).map(([first]) => first);
  assert.deepEqual(firsts, firsts.map((_, k) => k + 1));
});

Deno.test("readParameters() follows the names that it is told, of modules or tensors", () => {
  const tensors = stateDict(deep, (layer) => layer === "dense1" ? "stem" : layer);
  const firstOf = (renames: [string, string][]) =>
    readParameters(deep, tensors, { renames: new Map(renames) }).x[0];
  assert.equal(firstOf([]), 3); // by order dense2 is the first
  assert.equal(firstOf([["stem", "dense1"]]), 1);
  assert.equal(firstOf([["stem.bias", "dense1/kernel"]]), 1);
});

Deno.test("readParameters() reads Basin's own layout by name", () => {
  const net = NETWORKS.conv;
  const x = Float64Array.from({ length: net.dimension }, (_, i) => i);
  const parts = splitParameters(net, x);
  const tensors = Object.fromEntries(
    net.parameters.map(({ name, shape }) => [name, { shape, data: parts[name]! }]).reverse(),
  ) as Record<string, ForeignTensor>;
  const read = readParameters(net, tensors);
  assert.deepEqual([read.layout, read.x], ["basin", x]);
  assert.throws(
    () =>
      readParameters(net, {
        "dense1/bias": { shape: [4], data: [1, 2, 3, 4] },
        other: { shape: [1], data: [1] },
      }, { layout: "basin" }),
    /conv1\/kernel \[3,3,2,4\] is missing[^]*dense1\/bias is \[4\], want \[3\][^]*other has no place/,
  );
});

Deno.test("readParameters() names every tensor that does not fit, at once", () => {
  const net = NETWORKS.dense;
  const tensors = stateDict(net, (layer) => layer);
  tensors["dense1.weight"] = { shape: [6, 23], data: new Float32Array(6 * 23) };
  tensors["norm2.bias"] = { shape: [5], data: [0, 0, NaN, 0, 0] };
  tensors["conv.weight"] = { shape: [1, 1, 3, 3], data: new Float32Array(9) };
  tensors["head.scale"] = { shape: [2], data: [1, 1] };
  delete tensors["dense3.weight"];
  assert.throws(() => readParameters(net, tensors), (error: Error) => {
    assert.ok(error instanceof TypeError);
    assert.deepEqual(error.message.split("\n").slice(1).sort(), [
      "  conv.weight [1,1,3,3] has no place",
      "  dense1.weight is [6,23], but dense1/kernel wants [6,24]",
      "  dense3 is missing: the file has 2 of the 3 modules of its kind",
      "  dense3.bias [3] is no weight or bias of a layer",
      "  head.scale [2] is no weight or bias of a layer",
      "  norm2.bias holds NaN at entry 2",
    ]);
    return true;
  });
  const renames = new Map([["stem", "dense1"], ["dense1", "dense12"], ["dense2", "dense2"], [
    "dense2.bias",
    "dense3",
  ]]);
  assert.throws(
    () => readParameters(deep, stateDict(deep, (layer) => layer), { renames }),
    /no module or tensor "stem"[^]*no layer "dense12"; there are dense1, dense2[^]*mapped already/,
  );
});
