import assert from "node:assert/strict";
import { type MaximiserStart, protocolOf } from "../../lib/sharpness/protocol.ts";
import { startingPoint } from "../../lib/sharpness/starting_point.ts";

Deno.test("protocolOf() knows the three protocols", () => {
  const of = (protocol: "paper" | "literal" | "robust", inSubspace: boolean) =>
    protocolOf({ protocol, inSubspace });
  assert.deepEqual(of("paper", false), { starts: ["vertex"], maxIterations: 10 });
  assert.deepEqual(of("paper", true), { starts: ["origin"], maxIterations: 10 });
  assert.deepEqual(of("literal", true), { starts: ["origin"], maxIterations: 10 });
  assert.deepEqual(of("robust", false), {
    starts: ["vertex", "origin", "random", "corner", "random", "corner"],
    maxIterations: 100,
  });
});

Deno.test("protocolOf() lets the caller choose start, restarts and budget", () => {
  const choice = { protocol: "robust", inSubspace: false, restarts: 3 } as const;
  assert.equal(protocolOf(choice).starts.length, 8);
  assert.deepEqual(protocolOf({ ...choice, start: "origin" }).starts, ["origin"]);
  assert.deepEqual(protocolOf({ ...choice, start: "corner", maxIterations: 7 }), {
    starts: ["corner", "corner", "corner"],
    maxIterations: 7,
  });
  assert.deepEqual(
    protocolOf({ protocol: "paper", inSubspace: true, start: "random" }).starts,
    ["random"],
  );
  for (const bad of [0, -1, 1.5, NaN]) {
    assert.throws(() => protocolOf({ ...choice, restarts: bad }), RangeError);
    assert.throws(() => protocolOf({ ...choice, maxIterations: bad }), RangeError);
  }
});

Deno.test("startingPoint() lies where its name says", () => {
  const upper = Float64Array.from({ length: 100 }, (_, i) => 1 + i);
  const box = { lower: upper.map((half) => -half), upper };
  const slope = upper.map((_, i) => [2, -3, 0, NaN][i % 4]!);
  const start = (kind: MaximiserStart, seed = 1, repeat = 0) =>
    startingPoint(kind, box, slope, seed, repeat);

  const vertex = start("vertex");
  upper.forEach((half, i) => assert.equal(vertex[i]! + 0, [half, -half, 0, 0][i % 4]));
  assert.ok(start("origin").every((entry) => entry === 0));
  assert.ok(start("corner").every((entry, i) => Math.abs(entry) === upper[i]));
  assert.ok(start("random").every((entry, i) => Math.abs(entry) < upper[i]!));
  for (const kind of ["corner", "random"] as const) {
    assert.deepEqual(start(kind), start(kind));
    assert.notDeepEqual(start(kind), start(kind, 2));
    assert.notDeepEqual(start(kind), start(kind, 1, 1));
    const positive = start(kind).filter((entry) => entry > 0).length;
    assert.ok(positive > 30 && positive < 70, `${positive} of 100`); // four standard deviations
  }
});
