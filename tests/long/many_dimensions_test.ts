import assert from "node:assert/strict";
import { minimizeInBox } from "../../lib/optim/lbfgsb.ts";

/** As many as C2 has weights. */
const N = 15_000_000;
const MEMORY = 10;

/** Largest resident memory of this process so far, in bytes. */
async function peakBytes(): Promise<number> {
  const status = await Deno.readTextFile("/proc/self/status");
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]);
}

Deno.test({
  name: "minimizeInBox() on 15 million coordinates needs (2m + 5) n doubles and finds the minimum",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    // f = ½ Σ d_i (x_i − c_i)² in |x_i| ≤ 1: separable, so the minimum is c clipped into the box.
    const d = (i: number) => 1 + (i % 7);
    const c = (i: number) => 2 * Math.sin(i);
    const gradient = new Float64Array(N);
    const objective = {
      dimension: N,
      evaluate(x: Float64Array) {
        let value = 0;
        for (let i = 0; i < N; i++) {
          const gap = x[i]! - c(i);
          gradient[i] = d(i) * gap;
          value += 0.5 * d(i) * gap * gap;
        }
        return Promise.resolve({ value, gradient });
      },
    };
    const box = { lower: new Float64Array(N).fill(-1), upper: new Float64Array(N).fill(1) };
    const start = new Float64Array(N);
    const before = await peakBytes();
    const { x, stopReason, iterations } = await minimizeInBox(objective, start, box, {
      memory: MEMORY,
      maxIterations: 60,
      gradientTolerance: 1e-6,
      decreaseTolerance: 0,
    });
    const used = (await peakBytes() - before) / (8 * N);
    // Beside the bound's vectors three gradients, one of them the objective's own, and a half for
    // what the collector has not taken back yet.
    assert.ok(used <= 2 * MEMORY + 5 + 3.5, `${used.toFixed(1)} vectors of n doubles`);
    assert.equal(stopReason, "gradient-small", `after ${iterations} iterations`);
    let gap = 0;
    for (let i = 0; i < N; i++) {
      gap = Math.max(gap, Math.abs(x[i]! - Math.min(1, Math.max(-1, c(i)))));
    }
    assert.ok(gap <= 1e-6, `${gap}`); // the gradient's tolerance over the least curvature, 1
  },
});
