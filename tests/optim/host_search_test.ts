import assert from "node:assert/strict";
import { hostSearch } from "../../lib/optim/host_search.ts";
import type { Objective } from "../../lib/optim/objective.ts";
import type { SearchPoint } from "../../lib/optim/vertex_search.ts";
import { stream } from "../../lib/random/stream.ts";

/** f(y) = Σ c_i y_i + ½ d_i y_i², whose gradient comes in one array each time. */
function separable(c: readonly number[], d: readonly number[]): Objective {
  const gradient = new Float64Array(c.length);
  return {
    dimension: c.length,
    evaluate(y) {
      let value = 0;
      for (let i = 0; i < y.length; i++) {
        value += c[i]! * y[i]! + d[i]! * y[i]! ** 2 / 2;
        gradient[i] = c[i]! + d[i]! * y[i]!;
      }
      return Promise.resolve({ value, gradient });
    },
  };
}

/** The search as its equations say it, with new vectors at each step. */
function plainSearch(objective: Objective, { lower, upper }: ReturnType<typeof boxOf>) {
  const vertexOf = (y: Float64Array, gradient: Float64Array) =>
    y.map((yi, i) => gradient[i]! > 0 ? upper[i]! : gradient[i]! < 0 ? lower[i]! : yi);
  const evaluate = async (y: Float64Array) => {
    const { value, gradient } = await objective.evaluate(y);
    const kept = gradient.slice();
    const vertex = vertexOf(y, kept);
    return {
      point: {
        value,
        gap: kept.reduce((sum, g, i) => sum + g * (vertex[i]! - y[i]!), 0),
        isFinite: kept.every(Number.isFinite),
      },
      y,
      gradient: kept,
      vertex,
    };
  };
  let present: Awaited<ReturnType<typeof evaluate>>;
  let tried: typeof present;
  return {
    begin: async (y: Float64Array) => (present = await evaluate(y)).point,
    attempt: async (share: number) => {
      const { y, vertex } = present;
      const end = share === 1 ? vertex : y.map((yi, i) => yi + share * (vertex[i]! - yi));
      return (tried = await evaluate(end)).point;
    },
    accept: () => void (present = tried),
    vectors: () => ({ y: present.y, gradient: present.gradient }),
  };
}

function boxOf(lower: readonly number[], upper: readonly number[]) {
  return { lower: Float64Array.from(lower), upper: Float64Array.from(upper) };
}

function numbers({ value, gap, isFinite }: SearchPoint) {
  return { value, gap, isFinite };
}

Deno.test("hostSearch() makes the steps of its equations, bit by bit, in whatever order steps are tried", async () => {
  const draws = stream(3, "host search test");
  const drawn = new Float64Array(60);
  draws.fillNormal(drawn, 0);
  const [c, d] = [[...drawn.subarray(0, 12)], [...drawn.subarray(12, 24)]];
  c[3] = d[3] = 0; // a coordinate without slope
  const box = boxOf(
    [...drawn.subarray(24, 36)].map((z) => -Math.abs(z)),
    [...drawn.subarray(36, 48)].map((z) => Math.abs(z)),
  );
  const start = Float64Array.from(
    drawn.subarray(48, 60),
    (z, i) => Math.max(box.lower[i]!, Math.min(box.upper[i]!, z)),
  );
  const search = hostSearch(separable(c, d), box);
  const plain = plainSearch(separable(c, d), box);
  assert.deepEqual(numbers(await search.begin(start)), await plain.begin(start));
  for (const way of [[1], [1, 0.5], [0.25], [1, 0.5, 0.125], [1], [1, 1], [0.5, 1]]) {
    for (const share of way) {
      assert.deepEqual(numbers(await search.attempt(share)), await plain.attempt(share));
    }
    await search.accept();
    plain.accept();
    const { y, gradient } = await search.vectors();
    assert.deepEqual({ y: [...y], gradient: [...gradient] }, {
      y: [...plain.vectors().y],
      gradient: [...plain.vectors().gradient],
    });
  }
});

Deno.test("hostSearch() gives vectors that later steps leave as they are, and leaves the start alone", async () => {
  const search = hostSearch(separable([1, -1, 0.5], [-3, 2, 1]), boxOf([-1, -1, -1], [1, 1, 1]));
  const start = Float64Array.of(0.5, 0.25, -0.5);
  await search.begin(start);
  await search.attempt(0.5);
  await search.accept();
  const taken = await search.vectors();
  const ended = await search.end();
  const copies = [taken.y, taken.gradient, ended.y].map((vector) => [...vector]);
  for (const share of [1, 0.5, 1, 0.25, 1]) {
    await search.attempt(share);
    await search.accept();
  }
  assert.deepEqual([taken.y, taken.gradient, ended.y].map((vector) => [...vector]), copies);
  assert.deepEqual([...start], [0.5, 0.25, -0.5]);
});

Deno.test("hostSearch() goes on from vectors to the same points", async () => {
  const f = () => separable([1, -1, 0.5], [-3, 2, 1]);
  const box = boxOf([-1, -2, -1], [1, 1, 3]);
  const search = hostSearch(f(), box);
  await search.begin(Float64Array.of(0.5, 0.25, -0.5));
  const { value } = await search.attempt(0.5);
  await search.accept();
  const again = hostSearch(f(), box);
  await again.resume({ ...await search.vectors(), value });
  assert.deepEqual(await again.attempt(0.75), await search.attempt(0.75));
});

Deno.test("hostSearch() says that ∇f is not finite where an entry is NaN or infinite, and leaves a coordinate whose slope is NaN", async () => {
  for (const bad of [NaN, Infinity, -Infinity]) {
    const search = hostSearch({
      dimension: 2,
      evaluate: (y) => Promise.resolve({ value: y[0]!, gradient: Float64Array.of(1, bad) }),
    }, boxOf([-1, -1], [1, 1]));
    assert.equal((await search.begin(new Float64Array(2))).isFinite, false, `${bad}`);
    await search.attempt(1);
    await search.accept();
    const there = Number.isNaN(bad) ? 0 : Math.sign(bad);
    assert.deepEqual([...(await search.end()).y], [1, there], `${bad}`);
  }
});

Deno.test("hostSearch() refuses a gradient of another length", async () => {
  const search = hostSearch({
    dimension: 2,
    evaluate: () => Promise.resolve({ value: 0, gradient: new Float64Array(3) }),
  }, boxOf([-1, -1], [1, 1]));
  await assert.rejects(
    () => search.begin(new Float64Array(2)),
    /TypeError: Cannot maximise on 2 variables: a gradient of length 3; return one entry per variable/,
  );
});
