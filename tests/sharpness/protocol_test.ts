import assert from "node:assert/strict";
import {
  evaluationsOf,
  type FirstStart,
  type MaximiserStart,
  type ProtocolName,
  protocolOf,
  PROTOCOLS,
} from "../../lib/sharpness/protocol.ts";
import { startingPoint } from "../../lib/sharpness/starting_point.ts";

Deno.test("protocolOf() knows the five protocols", () => {
  const of = (protocol: ProtocolName, inSubspace: boolean) => protocolOf({ protocol, inSubspace });
  const lbfgsb = (maxIterations: number, ...starts: MaximiserStart[]) =>
    starts.map((start) => ({
      maximiser: "L-BFGS-B",
      start,
      maxIterations,
      usualEvaluations: maxIterations + (start === "origin" ? 0 : 1),
    }));
  assert.deepEqual(of("paper", false).climbs, lbfgsb(10, "vertex"));
  assert.deepEqual(of("paper", true).climbs, lbfgsb(10, "origin"));
  assert.deepEqual(of("literal", true).climbs, lbfgsb(10, "origin"));
  assert.deepEqual(
    of("robust", false).climbs,
    lbfgsb(100, "vertex", "origin", "random", "corner", "random", "corner"),
  );
  const power = (usualEvaluations: number, ...starts: MaximiserStart[]) =>
    starts.map((start) => ({
      maximiser: "power method",
      start,
      maxIterations: 40,
      usualEvaluations,
    }));
  assert.deepEqual(
    of("converged", false).climbs,
    [...lbfgsb(10, "vertex"), ...power(15, "end", "vertex")],
  );
  const sampled = (protocol: ProtocolName, inSubspace: boolean) =>
    protocolOf({ protocol, inSubspace, hasSamples: true }).climbs;
  const climb = power(8, "samples");
  assert.deepEqual(sampled("converged", false), [...lbfgsb(10, "vertex"), ...climb]);
  assert.deepEqual(sampled("power", false), climb);
  // No search in a subspace, and none for the protocols that the paper has.
  for (const protocol of PROTOCOLS) {
    assert.deepEqual(sampled(protocol, true), of(protocol, true).climbs);
  }
  for (const protocol of ["paper", "literal", "robust"] as const) {
    assert.deepEqual(sampled(protocol, false), of(protocol, false).climbs);
  }
  assert.deepEqual(of("power", false).climbs, power(15, "vertex"));
  assert.deepEqual(of("power", true).climbs, power(15, "vertex"));
  assert.deepEqual(
    of("converged", true).climbs,
    [...lbfgsb(10, "origin"), ...power(1, "end")],
  );
});

Deno.test("protocolOf() gives the power method the start and the budget that the caller chose", () => {
  const { climbs, maxIterations } = protocolOf({
    protocol: "power",
    inSubspace: false,
    start: "corner",
    restarts: 2,
    maxIterations: 6,
  });
  const climb = {
    maximiser: "power method",
    start: "corner",
    maxIterations: 6,
    usualEvaluations: 7,
  };
  assert.deepEqual(climbs, [climb, climb]);
  assert.equal(maxIterations, 6);
});

Deno.test("evaluationsOf() counts a search by the shares of the samples", () => {
  const plan = protocolOf({ protocol: "converged", inSubspace: false, hasSamples: true });
  assert.equal(evaluationsOf(plan, [1 / 16, 1 / 16]), 11 + 8 + 2 + 14 / 8);
  const paper = protocolOf({ protocol: "paper", inSubspace: false, hasSamples: true });
  assert.equal(evaluationsOf(paper, [1 / 16, 1 / 16]), 11);
  const chosen = { protocol: "power", inSubspace: false, hasSamples: true } as const;
  assert.equal(evaluationsOf(protocolOf({ ...chosen, start: "vertex" }), [1 / 16]), 15);
});

Deno.test("protocolOf() lets the caller choose start, restarts and budget", () => {
  const choice = { protocol: "robust", inSubspace: false, restarts: 3 } as const;
  const startsOf = (changed: Partial<Parameters<typeof protocolOf>[0]>) =>
    protocolOf({ ...choice, ...changed }).climbs.map(({ start }) => start);
  assert.equal(startsOf({}).length, 8);
  assert.deepEqual(startsOf({ start: "origin" }), ["origin"]);
  const corners = protocolOf({ ...choice, start: "corner", maxIterations: 7 });
  assert.deepEqual(corners.climbs.map(({ start }) => start), ["corner", "corner", "corner"]);
  assert.ok(corners.climbs.every(({ maxIterations }) => maxIterations === 7));
  assert.deepEqual(
    startsOf({ protocol: "paper", inSubspace: true, restarts: undefined, start: "random" }),
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
  const start = (kind: FirstStart, seed = 1, repeat = 0) =>
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
