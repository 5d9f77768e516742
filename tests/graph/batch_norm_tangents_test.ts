/** Batch norm's rules for Hv, against those of the plain ops that it is made of. */
import { expandComposites } from "../../lib/graph/expand.ts";
import { jvp } from "../../lib/graph/jvp.ts";
import { batchNorm } from "../../lib/graph/ops/batch_norm.ts";
import { placeholder } from "../../lib/graph/ops/leaf.ts";
import { zeros } from "../../lib/graph/ops/sum.ts";
import { type Shape, showShape } from "../../lib/graph/shape.ts";
import type { Value } from "../../lib/graph/value.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import { drawn } from "../engine/small_f1.ts";
import { testOnEngines } from "../engine/engines.ts";
import { assertClose } from "../support/assert_close.ts";

const PARTS = ["x", "gamma", "beta", "g"] as const;

/** y, x̄, γ̄ and β̄, and their tangents along those of some leaves. */
function tangentsOf(shape: Shape, moving: readonly number[]) {
  const channels = shape.slice(-1);
  const shapes = [shape, channels, channels, shape];
  const leaves = PARTS.map((name, i) => placeholder(name, shapes[i]!));
  const along = moving.map((i) => placeholder(`tangent of ${PARTS[i]}`, shapes[i]!));
  const [x, gamma, beta, g] = leaves as [Value, Value, Value, Value];
  const y = batchNorm(x, gamma, beta, 0.01);
  const values = [y, ...vjp(y, g, [x, gamma, beta]).map((value) => value!)];
  const movingLeaves = moving.map((i) => leaves[i]!);
  const outputs = (of: readonly Value[]) =>
    Object.fromEntries(
      jvp(of, movingLeaves, along).map((tangent, i) => [
        String(i),
        tangent ?? zeros(values[i]!.shape),
      ]),
    );
  return {
    leaves: [...leaves, ...along],
    program: {
      fused: { outputs: outputs(values) },
      plain: { outputs: outputs(expandComposites(values)) },
    },
  };
}

for (const shape of [[7, 3], [3, 2, 3, 2]]) {
  testOnEngines(
    `jvp() of batch norm and its gradient by their own rules, ${showShape(shape)}`,
    async (engine, { double }) => {
      for (const moving of [[0, 1, 2, 3], [0], [0, 3], [1], [2], [3], [1, 2]]) {
        const { leaves, program } = tangentsOf(shape, moving);
        await using session = await engine.load(program);
        const feeds = drawn(leaves, 1);
        feeds.gamma![0] = 0; // where nothing may be divided by it
        const fused = await session.run("fused", feeds);
        const plain = await session.run("plain", feeds);
        for (const [i, wanted] of Object.entries(plain)) {
          // Sums of some twenty terms of size 1 to 10, in another order.
          const rounding = { relative: double ? 1e-12 : 3e-5, absolute: double ? 1e-12 : 3e-5 };
          assertClose(fused[i]!, wanted, rounding);
        }
      }
    },
  );
}
