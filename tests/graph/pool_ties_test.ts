import { placeholder } from "../../lib/graph/ops/leaf.ts";
import { maxPool } from "../../lib/graph/ops/max_pool.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import { testOnEngines } from "../engine/engines.ts";
import { assertClose } from "../support/assert_close.ts";

const x = placeholder("x", [1, 4, 4, 1]);
const g = placeholder("g", [1, 2, 2, 1]);
const [gradient] = vjp(maxPool(x, { window: 2, stride: 2 }), g, [x]);

testOnEngines("of equal entries in a window the first one has the derivative", async (engine) => {
  await using session = await engine.load({ f: { outputs: { gradient: gradient! } } });
  const outputs = await session.run("f", {
    // All equal; the second and third; all below the last; the first two.
    x: Float64Array.of(1, 1, 0, 5, 1, 1, 5, 2, 0, 0, 7, 7, 0, 3, 6, 6),
    g: Float64Array.of(1, 2, 3, 4),
  });
  assertClose(outputs.gradient!, [1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 4, 0, 0, 3, 0, 0]);
});
