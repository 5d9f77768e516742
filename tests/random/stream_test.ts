import assert from "node:assert/strict";
import { stream } from "../../lib/random/stream.ts";

/** The borders of blocks and counters that a fill may meet, and lengths across them. */
const FIRSTS = [0, 1, 2, 3, 4093, 4095, 4096, 2 ** 33 - 3, 2 ** 40 + 1];
const LENGTHS = [0, 1, 2, 5, 4096, 9001];

Deno.test("stream() gives the same bits on every machine", () => {
  const draws = stream(1, "weights");
  assert.deepEqual(
    [draws.normal(), draws.normal(), draws.uniform(), draws.uniform()],
    [-0.4538435845514917, -0.14406650031088844, 0.1923293179133907, 0.8859264916973189],
  );
  assert.deepEqual([...draws.permutation(8)], [2, 3, 0, 7, 1, 6, 5, 4]);
});

Deno.test("fillNormal() and fillUniform() do not depend on block borders", () => {
  for (const name of ["fillNormal", "fillUniform"] as const) {
    for (const first of FIRSTS) {
      const whole = new Float64Array(9500);
      stream(1, "borders")[name](whole, first);
      for (const length of LENGTHS) {
        for (const skip of [0, 1, 2, 130]) {
          const part = new Float64Array(length);
          stream(1, "borders")[name](part, first + skip);
          assert.deepEqual(part, whole.subarray(skip, skip + length), `${name} ${first} ${length}`);
        }
      }
    }
  }
});

Deno.test("normal() and uniform() read in order what the fills read by index", () => {
  const draws = stream(3, "order");
  const normals = new Float64Array(200);
  const uniforms = new Float64Array(200);
  draws.fillNormal(normals, 0);
  draws.fillUniform(uniforms, 0);
  for (let i = 0; i < 200; i++) {
    assert.equal(draws.uniform(), uniforms[i]);
    assert.equal(draws.normal(), normals[i]);
  }
});

Deno.test("float32 numbers are the float64 ones, rounded, and uniforms stay below 1", () => {
  const normals = new Float64Array(999);
  const rounded = new Float32Array(999);
  stream(1, "rounded").fillNormal(normals, 7);
  stream(1, "rounded").fillNormal(rounded, 7);
  assert.deepEqual(rounded, Float32Array.from(normals));

  const [exact, single] = [new Float64Array(1), new Float32Array(1)];
  const index = 12_987_656; // the first number of this stream that rounds to 1
  stream(1, "near one").fillUniform(exact, index);
  stream(1, "near one").fillUniform(single, index);
  assert.equal(Math.fround(exact[0]!), 1);
  assert.equal(single[0], 1 - 2 ** -24);
});

Deno.test("stream() tells names apart", () => {
  const names: (string | number)[][] = [
    ...[["a"], ["b"], ["a", "b"], ["ab"], ["a,b"], ["a", 1], ["a", "1"], ["a", 2], [], [""]],
    ...[["ä"], ["a", "normal"], ["a very long name of many blocks"], [
      "a very long name of many x",
    ]],
  ];
  const firsts = names.flatMap((name) => [0, 1, -1, 0.5].map((seed) => stream(seed, ...name)))
    .flatMap((draws) => [draws.uniform(), draws.normal(), draws.below(2 ** 32)]);
  assert.equal(new Set(firsts).size, firsts.length);
});

Deno.test("stream() and its fills refuse what has no meaning", () => {
  for (const bad of [NaN, Infinity]) {
    assert.throws(() => stream(bad), RangeError);
    assert.throws(() => stream(1, "a", bad), RangeError);
  }
  const draws = stream(1, "bad");
  for (const first of [-1, 0.5, NaN, 2 ** 53]) {
    assert.throws(() => draws.fillNormal(new Float64Array(1), first), RangeError);
    assert.throws(() => draws.fillUniform(new Float64Array(1), first), RangeError);
  }
  for (const bound of [0, -1, 0.5, NaN, 2 ** 32 + 1]) {
    assert.throws(() => draws.below(bound), RangeError);
  }
  for (const count of [-1, 0.5, NaN]) assert.throws(() => draws.permutation(count), RangeError);
});
