import assert from "node:assert/strict";
import type { Objective } from "../../lib/optim/objective.ts";
import type { SampledObjective } from "../../lib/optim/sample.ts";
import { minimizeInBox, type MinimizerState } from "../../lib/optim/lbfgsb.ts";
import { readDone } from "../../lib/sharpness/checkpoint.ts";
import { sharpness, type SharpnessCheckpoint } from "../../lib/sharpness/metric.ts";

const n = 7;
const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i));

/** Bent enough that the maximiser needs many iterations and several evaluations in each. */
const bent: Objective = {
  dimension: n,
  evaluate(y) {
    let value = 1;
    const gradient = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const next = (i + 1) % n;
      const t = y[i]! * y[next]! - 0.3 * i;
      value += Math.cos(t) + 0.1 * y[i]! ** 2;
      gradient[i]! += -Math.sin(t) * y[next]! + 0.2 * y[i]!;
      gradient[next]! += -Math.sin(t) * y[i]!;
    }
    return Promise.resolve({ value, gradient });
  },
};

/** As bent, with samples that lead to two maxima of it. */
const sampled: SampledObjective = {
  ...bent,
  samples: [1, 0.5, 2].map((scale) => ({
    ...bent,
    async evaluate(y) {
      const { value, gradient } = await bent.evaluate(y);
      // Upwards in one coordinate and downwards in the next, the more the larger the scale.
      const slope = gradient.map((_, i) => (scale - 1) * (i % 2 ? -3 : 3));
      return {
        value: y.reduce((sum, yi, i) => sum + slope[i]! * yi, value),
        gradient: gradient.map((g, i) => g + slope[i]!),
      };
    },
    share: 1 / 16,
  })),
};

/** A checkpoint that is due after every iteration, and ends the run after the k-th. */
function memory() {
  let kept: ReturnType<SharpnessCheckpoint["load"]>;
  let left = Infinity;
  const checkpoint: SharpnessCheckpoint = {
    load: () => kept,
    isDue: () => true,
    save(arrays) {
      kept = structuredClone(arrays);
      if (--left === 0) throw new Error("killed");
    },
  };
  return { checkpoint, endAfter: (saves: number) => left = saves };
}

Deno.test("minimizeInBox() goes on from any of its states to the same bits", async () => {
  const box = { lower: x.map(() => -0.4), upper: x.map(() => 3) };
  // Fewer pairs than iterations, so that slots are overwritten and are in no order of time.
  const options = { memory: 3, maxIterations: 12, gradientTolerance: 0, decreaseTolerance: 0 };
  const states: MinimizerState[] = [];
  const whole = await minimizeInBox(bent, x, box, {
    ...options,
    onState: (state) => void states.push(structuredClone(state())),
  });
  assert.ok(states.length > 6, `${states.length} iterations prove little`);
  for (const from of states) {
    assert.deepEqual(await minimizeInBox(bent, x, box, { ...options, from }), whole);
  }
});

for (
  const [space, protocol, f, epsilon] of [
    ["full", "robust", bent, 0.3],
    ["subspace", "robust", bent, 0.3],
    ["full", "converged", bent, 0.3],
    ["subspace", "converged", bent, 0.3],
    // In a larger box the climb from samples takes several steps.
    ["full", "converged", sampled, 1],
  ] as const
) {
  const name = `${space}, ${protocol}${f === sampled ? ", samples" : ""}`;
  Deno.test(`sharpness() goes on from a checkpoint to the same bits: ${name}`, async () => {
    const options = {
      epsilon,
      protocol,
      maxIterations: 8,
      ...(space === "subspace" &&
        { subspace: { dimension: 3, distribution: "gaussian", seed: 1 } as const }),
    } as const;
    const whole = await sharpness(f, x, options);
    const iterations = whole.restarts.reduce((sum, run) => sum + run.iterations, 0);
    assert.ok(whole.restarts.length > 1 && iterations > 6);
    let saves = 0;
    /** Climbs in which a state was saved. */
    const within = new Set<number>();
    for (let k = 1;; k++) {
      const { checkpoint, endAfter } = memory();
      endAfter(k);
      const isKilled = await sharpness(f, x, { ...options, checkpoint }).then(
        () => false,
        () => true,
      );
      endAfter(Infinity);
      if (!isKilled) break;
      saves++;
      within.add(readDone(checkpoint.load()!.done!).run);
      assert.deepEqual(await sharpness(f, x, { ...options, checkpoint }), whole, `${k}`);
    }
    assert.ok(saves > 4, `saved ${saves} times`);
    if (f === sampled) assert.deepEqual([...within], [0, 1]);
  });
}
