import assert from "node:assert/strict";
import type { Dataset } from "../../lib/data/dataset.ts";
import { networkNamed, openNetwork } from "../../lib/own_model/named_network.ts";
import { measureOptions } from "../../lib/own_model/options.ts";

const tensor = (...shape: number[]) => ({
  shape,
  data: new Float32Array(shape.reduce((product, extent) => product * extent, 1)),
});
const optionsOf = (network: string, map: string[] = []) =>
  measureOptions({ weights: "w", network, map }, (name) => name);
const dataOf = (labels: number[]): Dataset => ({
  name: "part.npz",
  features: new Float32Array(labels.length * 2),
  labels: Int32Array.from(labels),
  count: labels.length,
  featureShape: [2],
  classes: Math.max(...labels) + 1,
});
const TORCH = { "0.weight": tensor(3, 2), "0.bias": tensor(3), "2.weight": tensor(5, 3) };

Deno.test("networkNamed() knows the paper's networks and stacks of dense layers", () => {
  assert.equal(networkNamed("C1"), "C1");
  assert.deepEqual(networkNamed("mlp:"), { hidden: [], isNormed: false });
  assert.deepEqual(networkNamed("mlp-norm:30,10"), { hidden: [30, 10], isNormed: true });
  for (const name of ["F9", "mlp", "mlp:a", "mlp:3,", "resnet"]) {
    assert.throws(() => networkNamed(name), /Cannot find a network named ".*"; (did|known)/, name);
  }
});

Deno.test("openNetwork() gives the last layer the file's outputs, where the data lack classes", () => {
  const outputs = (tensors: Record<string, ReturnType<typeof tensor>>, map?: string[]) =>
    openNetwork(optionsOf("mlp:3", map), dataOf([0, 1, 1]), tensors).classes;
  assert.equal(outputs(TORCH), 5);
  assert.equal(outputs({ ...TORCH, "2.bias": tensor(5) }), 5);
  // Basin's kernels have the outputs last.
  assert.equal(outputs({ "dense1/kernel": tensor(2, 3), "dense2/kernel": tensor(3, 4) }), 4);
  assert.equal(outputs(TORCH, ["0=dense2", "2=dense1"]), 3);
  assert.equal(outputs({}), 2, "nothing to go by but the labels");
});

Deno.test("openNetwork() names the first label that has no output", () => {
  assert.throws(() => openNetwork(optionsOf("mlp:3"), dataOf([4, 5, 0]), TORCH), {
    name: "RangeError",
    message: "Cannot use the labels of part.npz for w: example 1 has the label 5, the last layer " +
      "of the file 5 outputs; want labels from 0 to 4",
  });
});
