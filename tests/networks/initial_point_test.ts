import assert from "node:assert/strict";
import { sizeOf } from "../../lib/graph/shape.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { network } from "../../lib/networks/zoo.ts";

const net = network("F1");
const x = initialPoint(net, 7);

Deno.test("initialPoint() draws kernels with Glorot's variance 2/(fan-in + fan-out)", () => {
  for (const { name, shape, offset } of net.parameters) {
    if (!name.endsWith("kernel")) continue;
    const part = x.subarray(offset, offset + sizeOf(shape));
    const wanted = 2 / (shape[0]! + shape[1]!);
    const variance = part.reduce((total, w) => total + w * w, 0) / part.length;
    // The variance of w² for a uniform w is 4/5 of its squared mean: four standard errors.
    const tolerance = 4 * wanted * Math.sqrt(0.8 / part.length);
    assert.ok(Math.abs(variance - wanted) < tolerance, `${name}: ${variance}, want ${wanted}`);
    const radius = Math.sqrt(3 * wanted);
    assert.ok(part.every((w) => Math.abs(w) <= Math.fround(radius)), name);
  }
});

Deno.test("initialPoint() sets biases and β to 0 and γ to 1", () => {
  for (const { name, shape, offset } of net.parameters) {
    if (name.endsWith("kernel")) continue;
    const wanted = name.endsWith("gamma") ? 1 : 0;
    assert.ok(x.subarray(offset, offset + sizeOf(shape)).every((entry) => entry === wanted), name);
  }
});

Deno.test("initialPoint() is the same for a seed and another for another", () => {
  assert.deepEqual(initialPoint(net, 7), x);
  assert.notDeepEqual(initialPoint(net, 8), x);
});

Deno.test("initialPoint() consists of float32 numbers, so that engines start from it exactly", () => {
  assert.ok(x.every((entry) => Math.fround(entry) === entry));
});
