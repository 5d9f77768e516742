import assert from "node:assert/strict";
import { placeholder } from "../../lib/graph/ops/leaf.ts";
import type { Pass } from "../../lib/networks/layer.ts";
import { sizeOf } from "../../lib/graph/shape.ts";
import { topologicalOrder } from "../../lib/graph/value.ts";
import { joinParameters, splitParameters } from "../../lib/networks/flat.ts";
import { activation } from "../../lib/networks/layers/activation.ts";
import { dense } from "../../lib/networks/layers/dense.ts";
import { norm } from "../../lib/networks/layers/norm.ts";
import { stack } from "../../lib/networks/network.ts";
import { network, type NetworkName } from "../../lib/networks/zoo.ts";

// The paper's table 1 with the layers of its appendix B: weights, biases, γ and β.
const DIMENSIONS: Record<NetworkName, number> = {
  F1: 1_462_794,
  F2: 2_780_085,
  C1: 1_757_834,
  C2: 14_991_946,
  C3: 1_775_204,
  C4: 15_038_116,
};

for (const [name, dimension] of Object.entries(DIMENSIONS)) {
  Deno.test(`network("${name}") has ${dimension} parameters`, () => {
    assert.equal(network(name as NetworkName).dimension, dimension);
  });
}

Deno.test("network() lays its parameters out without gaps, in the order of the layers", () => {
  const { parameters, dimension } = network("F1");
  let offset = 0;
  for (const parameter of parameters) {
    assert.equal(parameter.offset, offset, parameter.name);
    offset += sizeOf(parameter.shape);
  }
  assert.equal(offset, dimension);
  assert.deepEqual(
    parameters.slice(0, 5).map(({ name, shape }) => `${name} ${shape}`),
    ["dense1/kernel 784,512", "dense1/bias 512", "norm1/gamma 512", "norm1/beta 512"].concat(
      "dense2/kernel 512,512",
    ),
  );
});

Deno.test("network() throws for an unknown name, naming those there are", () => {
  assert.throws(() => network("F9" as NetworkName), /Cannot find a network named "F9".*F1, F2/);
});

Deno.test("network() gives F1 and F2 the sizes of other data, and changes no hidden layer", () => {
  const sizes = { inputs: 108, classes: 9 };
  for (const [name, own] of [["F1", [784, 10]], ["F2", [360, 1973]]] as const) {
    const [plain, other] = [network(name), network(name, { sizes })];
    assert.deepEqual([other.inputShape, other.classes], [[108], 9]);
    // Weights of the first layer, weights and biases of the last.
    const change = (108 - own[0]) * 512 + (9 - own[1]) * 513;
    assert.equal(other.dimension - plain.dimension, change);
    assert.deepEqual(
      other.parameters.slice(1, -2).map(({ name, shape }) => `${name} ${shape}`),
      plain.parameters.slice(1, -2).map(({ name, shape }) => `${name} ${shape}`),
    );
  }
  for (const sizes of [{ inputs: 0, classes: 9 }, { inputs: 108, classes: 1.5 }]) {
    assert.throws(() => network("F2", { sizes }), RangeError);
  }
  assert.throws(
    () => network("C1", { sizes }),
    /^RangeError: Cannot change the sizes of C1; only F1 and F2 vary in them$/,
  );
});

Deno.test("network() takes what normalisation adds to the variance, 1e-3 unless told", () => {
  for (const [options, epsilon] of [[{}, 1e-3], [{ normEpsilon: 1e-5 }, 1e-5]] as const) {
    const net = network("F1", options);
    const logits = net.logits(placeholder("examples", [2, 28, 28, 1]), net.variables());
    const norms = topologicalOrder([logits]).filter(({ op }) => op.name === "batchNorm");
    assert.deepEqual(norms.map(({ attributes }) => attributes.epsilon), Array(5).fill(epsilon));
  }
});

Deno.test("stack() throws for a stack that does not end in logits", () => {
  assert.throws(() => stack("odd", [2, 2, 1], [activation("relu")]), /end it with dense/);
});

Deno.test("dense() throws for a number of units that is no positive integer", () => {
  for (const units of [0, -1, 1.5, NaN]) assert.throws(() => dense(units), RangeError);
});

Deno.test("logits() refuses a wrong number of parameters", () => {
  const net = stack("tiny", [3], [dense(2)]);
  const examples = placeholder("examples", [4, 3]);
  assert.throws(() => net.logits(examples, []), /0 parameters; it has 2/);
});

Deno.test("splitParameters() and joinParameters() are inverse", () => {
  const net = stack("tiny", [3], [dense(4), norm(), activation("relu"), dense(2)]);
  const x = Float64Array.from({ length: net.dimension }, (_, i) => Math.sin(i));
  assert.deepEqual(joinParameters(net, splitParameters(net, x)), x);
});

Deno.test("splitParameters() and joinParameters() throw for a wrong length", () => {
  const net = stack("tiny", [3], [dense(2)]);
  assert.throws(() => splitParameters(net, new Float64Array(7)), /7 entries.*want 8/);
  assert.throws(() => joinParameters(net, { "dense1/kernel": [1, 2] }), /dense1\/kernel.*2.*6/);
});

Deno.test("network() drops units where the authors' code does, in training only", () => {
  const masks = (name: NetworkName, pass: Pass) => {
    const net = network(name);
    const logits = net.logits(placeholder("x", [1, ...net.inputShape]), net.variables(), pass);
    return topologicalOrder([logits]).filter(({ op }) => op.name === "keepMask")
      .map(({ shape, attributes }) => `${shape.slice(1)} keep ${attributes.keep}`);
  };
  const training = { maskKey: placeholder("maskKey", [2], "int32") };
  assert.deepEqual(masks("F1", { training }), []);
  assert.deepEqual(masks("C1", { training }), ["384 keep 0.5", "192 keep 0.5"]);
  // Of each block the first convolution, of the last three the second too; after flattening; on top.
  assert.deepEqual(masks("C2", { training }), [
    "32,32,64 keep 0.7",
    "16,16,128 keep 0.6",
    ...["8,8,256", "8,8,256", "4,4,512", "4,4,512", "2,2,512", "2,2,512"].map((shape) =>
      `${shape} keep 0.6`
    ),
    "1,1,512 keep 0.5",
    "512 keep 0.5",
  ]);
  assert.deepEqual(masks("C2", {}), []);
});
