import assert from "node:assert/strict";
import { testOnEngines } from "../engine/engines.ts";
import { flat, programOf, smallF1 } from "../engine/small_f1.ts";
import { assertClose, relativeError } from "../support/assert_close.ts";
import oracle from "../oracles/graph_torch.json" with { type: "json" };

testOnEngines("f, ∇f and Hv of a small F1 are PyTorch's", async (engine, { double }) => {
  const net = smallF1(oracle.widths, oracle.examples, "relu");
  const entriesOf = (parts: Readonly<Record<string, number[]>>, prefix = "") =>
    Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [`${prefix}${name}`, Float64Array.from(part)]),
    );
  await using session = await engine.load(programOf(net));
  await session.assign(entriesOf(oracle.weights));
  const data = { x: Float64Array.from(oracle.x), labels: Int32Array.from(oracle.labels) };
  const gradient = await session.run("gradient", data);
  const product = await session.run("product", { ...data, ...entriesOf(oracle.v, "v/") });
  // Both libraries compute the same formulas; in float32 three layers round about ten times each,
  // and the gradient by a bias before batch norm is zero but for rounding: hence norms of vectors.
  const tolerance = double ? 1e-10 : 1e-5;
  assertClose(gradient.loss!, [oracle.loss], { relative: tolerance });
  const errors = {
    gradient: relativeError(flat(gradient, net), flat(oracle.gradient, net)),
    product: relativeError(flat(product, net), flat(oracle.product, net)),
  };
  assert.ok(errors.gradient <= tolerance, `gradient: relative error ${errors.gradient}`);
  assert.ok(errors.product <= tolerance, `product: relative error ${errors.product}`);
});
