import { constant } from "../../lib/graph/ops/constant.ts";
import { placeholder } from "../../lib/graph/ops/leaf.ts";
import { softmaxCrossEntropy } from "../../lib/graph/ops/softmax_cross_entropy.ts";
import { sumAll } from "../../lib/graph/ops/sum.ts";
import { jvp } from "../../lib/graph/jvp.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import { expandComposites } from "../../lib/graph/expand.ts";
import { testOnEngines } from "../engine/engines.ts";
import { assertClose } from "../support/assert_close.ts";

/** Logit gaps z_y − z_k of two classes, from a confident hit to a confident miss. */
const GAPS = [60, 20, 12, 5, 0, -5, -40];

const logits = placeholder("logits", [GAPS.length, 2]);
const labels = placeholder("labels", [GAPS.length], "int32");
const losses = softmaxCrossEntropy(logits, labels);
const [gradient] = vjp(sumAll(losses), constant(1), [logits]);
const tangent = placeholder("tangent", [GAPS.length, 2]);
const [product] = jvp(expandComposites([gradient!]), [logits], [tangent]);

testOnEngines(
  "loss, gradient and curvature keep their relative precision as p goes to 1",
  async (engine, { double }) => {
    await using session = await engine.load({
      f: { outputs: { losses, gradient: gradient!, product: product! } },
    });
    const got = await session.run("f", {
      // The label's logit is not the first one, and no logit is 0.
      logits: Float64Array.from(GAPS.flatMap((gap) => [3, 3 + gap])),
      labels: new Int32Array(GAPS.length).fill(1),
      tangent: Float64Array.from(GAPS.flatMap(() => [1, 0])),
    });
    // q = 1 − p = 1/(1 + eᵍ), of which the loss −ln(1 − q), the gradient (q, −q) and the second
    // derivative q (1 − q) by the other logit are smooth functions: no cancellation here either.
    const others = GAPS.map((gap) =>
      gap > 0 ? Math.exp(-gap) / (1 + Math.exp(-gap)) : 1 / (1 + Math.exp(gap))
    );
    const relative = double ? 1e-13 : 2e-6; // some ten roundings
    assertClose(got.losses!, GAPS.map((gap) => gap > -20 ? Math.log1p(Math.exp(-gap)) : -gap), {
      relative,
    });
    assertClose(got.gradient!, others.flatMap((q) => [q, -q]), { relative });
    const curvature = GAPS.flatMap((gap, i) => {
      const second = others[i]! / (1 + Math.exp(-gap));
      return [second, -second];
    });
    // Of confident misses, 1 − q is had from q, with the absolute precision of numbers of size 1.
    assertClose(got.product!, curvature, { relative, absolute: double ? 1e-15 : 1e-7 });
  },
);
