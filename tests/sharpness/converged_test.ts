import assert from "node:assert/strict";
import type { Objective } from "../../lib/optim/objective.ts";
import { minimizeInBox } from "../../lib/optim/lbfgsb.ts";
import { stream } from "../../lib/random/stream.ts";
import { sharpness } from "../../lib/sharpness/metric.ts";

const [n, examples] = [12, 40];

/** Mean of ln(1 + e^(−m)) over the margins m of a small network of n weights: not convex. */
function networkLoss(seed: number): Objective {
  const data = new Float64Array(examples * 3);
  stream(seed, "converged test").fillNormal(data, 0);
  return {
    dimension: n,
    evaluate(x) {
      let value = 0;
      const gradient = new Float64Array(n);
      for (let e = 0; e < examples; e++) {
        const [a, b, c] = [data[3 * e]!, data[3 * e + 1]!, data[3 * e + 2]!];
        const label = c > 0 ? 1 : -1;
        // Four hidden units: tanh(x₀a + x₁b), weighted by x₂.
        let margin = 0;
        const hidden: number[] = [];
        for (let k = 0; k < n; k += 3) {
          const h = Math.tanh(x[k]! * a + x[k + 1]! * b);
          hidden.push(h);
          margin += x[k + 2]! * h;
        }
        value += Math.log1p(Math.exp(-label * margin)) / examples;
        const slope = -label / (1 + Math.exp(label * margin)) / examples;
        hidden.forEach((h, j) => {
          const k = 3 * j;
          const inner = slope * x[k + 2]! * (1 - h * h);
          gradient[k]! += inner * a;
          gradient[k + 1]! += inner * b;
          gradient[k + 2]! += slope * h;
        });
      }
      return Promise.resolve({ value, gradient });
    },
  };
}

/** A minimum of it in a box: the labels are noise, so it lies where f is curved. */
async function minimumOf(f: Objective): Promise<Float64Array> {
  const start = Float64Array.from({ length: n }, (_, i) => Math.cos(3 * i));
  const box = { lower: start.map(() => -4), upper: start.map(() => 4) };
  return (await minimizeInBox(f, start, box, { gradientTolerance: 1e-8 })).x;
}

Deno.test("sharpness() converged finds what a hundred iterations find, each climb for a fifth of their gradients", async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const f = networkLoss(seed);
    const x = await minimumOf(f);
    for (const epsilon of [0.02, 0.1]) {
      const long = await sharpness(f, x, { epsilon, protocol: "paper", maxIterations: 100 });
      const converged = await sharpness(f, x, { epsilon, protocol: "converged" });
      const powers = converged.restarts.filter(({ maximiser }) => maximiser === "power method");
      assert.deepEqual(powers.map(({ start }) => start), ["end", "vertex"]);
      assert.ok(
        converged.percent >= 0.99 * long.percent,
        `seed ${seed}, ε ${epsilon}: ${converged.percent} against ${long.percent}`,
      );
      for (const { evaluations } of powers) assert.ok(evaluations <= 22, `${evaluations}`);
    }
  }
});

Deno.test("sharpness() converged keeps the value of the paper's budget, bit by bit", async () => {
  const f = networkLoss(7);
  const x = await minimumOf(f);
  const subspace = { dimension: 4, distribution: "gaussian", seed: 3 } as const;
  for (const space of [{}, { subspace }]) {
    const paper = await sharpness(f, x, { epsilon: 0.05, protocol: "paper", ...space });
    const converged = await sharpness(f, x, { epsilon: 0.05, protocol: "converged", ...space });
    assert.deepEqual(converged.budget, paper.restarts[0]);
    assert.ok(converged.percent >= paper.percent);
    const runs = converged.restarts.reduce((sum, { evaluations }) => sum + evaluations, 1);
    assert.equal(converged.evaluations, runs);
  }
});

Deno.test("sharpness() converged ends once three steps gain no more than 1 % of φ, and not before", async () => {
  // A maximum inside the box, which Frank–Wolfe's steps approach ever more slowly.
  const centre = Float64Array.of(0.31, -0.17, 0.23, 0.11, -0.29);
  const hill: Objective = {
    dimension: 5,
    evaluate: (y) =>
      Promise.resolve({
        value: 1 - y.reduce((sum, yi, i) => sum + (i + 1) * (yi - centre[i]!) ** 2, 0) / 5,
        gradient: y.map((yi, i) => -2 * (i + 1) * (yi - centre[i]!) / 5),
      }),
  };
  const { restarts: [run] } = await sharpness(hill, new Float64Array(5), {
    epsilon: 1,
    protocol: "power",
  });
  assert.equal(run!.stopReason, "rise-small");
  const phi = run!.curve.map(({ percent }) => percent);
  const gains = phi.slice(3).map((percent, k) => (percent - phi[k]!) / percent);
  assert.ok(gains.length > 2, `${gains.length} windows prove little`);
  for (const gain of gains.slice(0, -1)) assert.ok(gain > 0.01, `${gains}`);
  // Either three steps gained too little, or the next step's slope promised too little for three.
  assert.ok(gains.at(-1)! <= 0.01 || run!.evaluations > run!.iterations + 1, `${gains}`);
  const atOrigin = 1 - centre.reduce((sum, c, i) => sum + (i + 1) * c ** 2, 0) / 5;
  const highest = 100 * (1 - atOrigin) / (1 + atOrigin);
  assert.ok(run!.percent > 0.99 * highest, `${run!.percent} of ${highest}`);
});
