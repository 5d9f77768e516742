/** The Hessian of a tiny convolutional network, entry by entry. */
import assert from "node:assert/strict";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { dot } from "../../lib/linalg/vector.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { activation } from "../../lib/networks/layers/activation.ts";
import { conv } from "../../lib/networks/layers/conv.ts";
import { dense } from "../../lib/networks/layers/dense.ts";
import { norm } from "../../lib/networks/layers/norm.ts";
import { pool } from "../../lib/networks/layers/pool.ts";
import { stack } from "../../lib/networks/network.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { testOnEngines } from "../engine/engines.ts";
import { drawnExamples } from "../engine/small_training.ts";
import { assertClose } from "../support/assert_close.ts";

/** tanh is smooth; pooling overlaps, and keeps its maxima within a step of 1e-5. */
const net = stack("tiny", [4, 4, 1], [
  conv(2, 3),
  norm(),
  activation("tanh"),
  pool(3, { stride: 2 }),
  conv(2, 3, { stride: 2 }),
  norm("layer"),
  activation("tanh"),
  dense(2),
]);
const data = drawnExamples(net, 6);
const n = net.dimension;
const x = initialPoint(net, 1);

Deno.test("n products of a tiny convolutional network are the slopes of its gradient", async () => {
  await using f = await objectiveOf(net, data, { engine: referenceEngine() });
  const hessian = f.hessian(x);
  const step = 1e-5; // error ~ step² f⁗ + 1e-16/step: below 1e-9 where entries are of size 1
  let largest = 0;
  for (let i = 0; i < n; i++) {
    const column = await hessian.apply(new Float64Array(n).with(i, 1));
    const ahead = (await f.evaluate(x.with(i, x[i]! + step))).gradient;
    const behind = (await f.evaluate(x.with(i, x[i]! - step))).gradient;
    const slopes = ahead.map((g, j) => (g - behind[j]!) / (2 * step));
    assertClose(column, slopes, { relative: 1e-8, absolute: 1e-8 });
    largest = Math.max(largest, ...column.map(Math.abs));
  }
  assert.ok(largest > 0.1, "the Hessian is next to zero, and agreement means nothing");
});

testOnEngines("⟨u, Hv⟩ = ⟨v, Hu⟩ of a tiny convolutional network", async (engine, { double }) => {
  await using f = await objectiveOf(net, data, { engine });
  const [u, v] = [initialPoint(net, 2), initialPoint(net, 3)];
  const [hu, hv] = await f.hessian(x).applyAll!([u, v]);
  // Rounding of each product, by the lengths of what is multiplied.
  const size = Math.sqrt(dot(u, u) * dot(hv!, hv!));
  assertClose([dot(u, hv!)], [dot(v, hu!)], {
    relative: 0,
    absolute: (double ? 1e-13 : 1e-6) * size,
  });
  assert.ok(Math.abs(dot(u, hv!)) > 1e-3 * size);
});
