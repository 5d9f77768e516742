import { jvp } from "../../lib/graph/jvp.ts";
import { placeholder } from "../../lib/graph/ops/leaf.ts";
import { maxPool } from "../../lib/graph/ops/max_pool.ts";
import { scale } from "../../lib/graph/ops/mul.ts";
import { testOnEngines } from "../engine/engines.ts";
import { assertClose } from "../support/assert_close.ts";

// A tangent that is computed, not fed: only the memory of such may be taken over by a kernel.
const x = placeholder("x", [1, 3, 3, 1]);
const halved = placeholder("halved", [1, 3, 3, 1]);
const [tangent] = jvp([maxPool(x, { window: 2, stride: 1 })], [x], [scale(halved, 2)]);

testOnEngines("the tangent of a pool with as many outputs as inputs", async (engine) => {
  await using session = await engine.load({ f: { outputs: { tangent: tangent! } } });
  const outputs = await session.run("f", {
    x: Float64Array.of(1, 5, 2, 3, 4, 8, 9, 7, 6),
    halved: Float64Array.of(0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5),
  });
  // Each window goes on to the right and down: its maxima are 5, 8, 8; 9, 8, 8; 9, 7, 6.
  assertClose(outputs.tangent!, [2, 6, 6, 7, 6, 6, 7, 8, 9]);
});
