import assert from "node:assert/strict";
import { filterNormalised, filterNormalisedPair } from "../../lib/landscape/filter_normalised.ts";
import { planeCoordinates, planePoint, planeThrough } from "../../lib/landscape/plane.ts";
import { principalPlane } from "../../lib/landscape/principal_plane.ts";
import { dot, norm } from "../../lib/linalg/vector.ts";
import { filterBlocks } from "../../lib/networks/filter_blocks.ts";
import { network, NETWORK_NAMES } from "../../lib/networks/zoo.ts";
import { stream } from "../../lib/random/stream.ts";
import { assertClose } from "../support/assert_close.ts";

function normals(n: number, name: string): Float64Array {
  const x = new Float64Array(n);
  stream(7, name).fillNormal(x, 0);
  return x;
}

Deno.test("planePoint() of a quadratic is the surface that the Gram matrix gives", () => {
  // f = ½ xᵀDx at x₀ + a u + b v: f₀ + a uᵀDx₀ + b vᵀDx₀ + ½(a² uᵀDu + 2ab uᵀDv + b² vᵀDv).
  const [origin, u, v] = ["origin", "u", "v"].map((name) => normals(12, name));
  const times = (x: Float64Array) => x.map((entry, i) => (i + 1) * entry);
  const f = (x: Float64Array) => dot(x, times(x)) / 2;
  const plane = { origin: origin!, directions: [u!, v!] as const };
  for (const [a, b] of [[0, 0], [1, 0], [-0.5, 2], [3, -1.25]] as const) {
    const want = f(origin!) + a * dot(u!, times(origin!)) + b * dot(v!, times(origin!)) +
      (a * a * dot(u!, times(u!)) + 2 * a * b * dot(u!, times(v!)) + b * b * dot(v!, times(v!))) /
        2;
    assertClose([f(planePoint(plane, a, b))], [want], { relative: 1e-13 });
  }
  assert.deepEqual(planePoint(plane, 0, 0), origin);
});

Deno.test("planeCoordinates() inverts planePoint(), on oblique directions too", () => {
  const plane = {
    origin: normals(9, "origin"),
    directions: [normals(9, "u"), normals(9, "v")] as const,
  };
  const { a, b, distance } = planeCoordinates(plane, planePoint(plane, -1.5, 0.25));
  assertClose([a, b], [-1.5, 0.25], { relative: 1e-13 });
  assert.ok(distance < 1e-14 * norm(plane.origin), `${distance}`);
});

Deno.test("planeCoordinates() leaves a rest that is orthogonal to the plane", () => {
  const plane = {
    origin: normals(9, "origin"),
    directions: [normals(9, "u"), normals(9, "v")] as const,
  };
  const x = normals(9, "x");
  const { a, b, distance } = planeCoordinates(plane, x);
  const foot = planePoint(plane, a, b);
  const rest = x.map((entry, i) => entry - foot[i]!);
  assertClose([norm(rest)], [distance], { relative: 1e-13 });
  for (const direction of plane.directions) {
    // Rounding of nine products of numbers about 1.
    assert.ok(Math.abs(dot(rest, direction)) < 1e-13);
  }
});

Deno.test("planeThrough() has its three points where the distances say", () => {
  const [first, second, third] = ["1", "2", "3"].map((name) => normals(20, name));
  const plane = planeThrough(first!, second!, third!);
  const [u, v] = plane.directions;
  assertClose([norm(u), norm(v)], [1, 1], { relative: 1e-14 });
  assert.ok(Math.abs(dot(u, v)) < 1e-15);
  const at = [first!, second!, third!].map((point) => planeCoordinates(plane, point));
  const step = (from: Float64Array, to: Float64Array) =>
    norm(to.map((entry, i) => entry - from[i]!));
  assert.deepEqual(at[0], { a: 0, b: 0, distance: 0 });
  assertClose([at[1]!.a], [step(first!, second!)], { relative: 1e-14 });
  assert.ok(Math.abs(at[1]!.b) < 1e-14);
  assertClose([Math.hypot(at[2]!.a, at[2]!.b)], [step(first!, third!)], { relative: 1e-14 });
  assert.ok(at[2]!.b > 0);
});

Deno.test("planes refuse what spans none, and points of other lengths", () => {
  const x = normals(5, "x");
  const twice = x.map((entry) => 2 * entry);
  const thrice = x.map((entry) => 3 * entry);
  assert.throws(() => planeThrough(x, x, twice), /Cannot lay a plane: two of the points are one/);
  assert.throws(() => planeThrough(x, twice, thrice), /they lie on one line/);
  assert.throws(() => planeThrough(x, twice, normals(4, "y")), TypeError);
  const parallel = { origin: x, directions: [x, twice] as const };
  assert.throws(() => planeCoordinates(parallel, x), /parallel or zero/);
  assert.throws(() => principalPlane([x, twice, thrice]), /its points lie on one line/);
  assert.throws(() => principalPlane([x, twice]), /of 2 points; keep three or more/);
  assert.throws(() => principalPlane([x, twice, normals(4, "y")]), TypeError);
});

Deno.test("principalPlane() finds a trajectory's plane and passes through its end", () => {
  // A spiral in the plane of two orthonormal vectors, moved away from the origin.
  const { directions: [u, v] } = planeThrough(
    new Float64Array(30),
    normals(30, "u"),
    normals(30, "v"),
  );
  const shift = normals(30, "shift");
  const points = Array.from({ length: 12 }, (_, k) => {
    const [a, b] = [(12 - k) * Math.cos(k), 0.5 * (12 - k) * Math.sin(k)];
    return shift.map((entry, i) => entry + a * u[i]! + b * v[i]!);
  });
  const plane = principalPlane(points);
  assertClose([plane.shares[0] + plane.shares[1]], [1], { relative: 1e-12 });
  assert.ok(plane.shares[0] > plane.shares[1]);
  for (const point of points) {
    // √ε of the Gram matrix, for the third eigenvalue is 0 up to ε.
    assert.ok(planeCoordinates(plane, point).distance < 1e-7);
  }
  assert.equal(plane.origin, points.at(-1));
  assertClose(plane.directions.map((direction) => norm(direction)), [1, 1]);
  assert.ok(Math.abs(dot(plane.directions[0], plane.directions[1])) < 1e-12);
  const begin = planeCoordinates(plane, points[0]!);
  assert.ok(begin.a >= 0 && begin.b >= 0);
});

Deno.test("principalPlane() leaves the least squared distance of all planes through the end", () => {
  const points = Array.from({ length: 8 }, (_, k) => normals(15, `point ${k}`));
  const sum = (plane: Parameters<typeof planeCoordinates>[0]) =>
    points.reduce((total, point) => total + planeCoordinates(plane, point).distance ** 2, 0);
  const best = sum(principalPlane(points));
  for (let k = 0; k < 20; k++) {
    const other = [normals(15, `u ${k}`), normals(15, `v ${k}`)] as const;
    assert.ok(best < sum({ origin: points.at(-1)!, directions: other }));
  }
});

Deno.test("filterNormalised() gives every filter the norm of its weights, biases zero", () => {
  const blocks = [{ offset: 0, size: 12, filters: 3 }, { offset: 12, size: 3, filters: 0 }];
  const [x, direction] = [normals(15, "x"), normals(15, "d")];
  const d = filterNormalised(direction, x, blocks);
  for (let j = 0; j < 3; j++) {
    const filter = (of: Float64Array) =>
      Float64Array.of(of[j]!, of[3 + j]!, of[6 + j]!, of[9 + j]!);
    assertClose([norm(filter(d))], [norm(filter(x))], { relative: 1e-14 });
    // And it stays parallel to what was drawn.
    const cosine = dot(filter(d), filter(direction)) / norm(filter(d)) / norm(filter(direction));
    assertClose([cosine], [1], { relative: 1e-14 });
  }
  assert.deepEqual(d.slice(12), new Float64Array(3));
  const entries = filterNormalised(direction, x, blocks, "entry").slice(12);
  assertClose(entries.map(Math.abs), x.slice(12).map(Math.abs));
});

Deno.test("filterNormalisedPair() scales with a layer, so that a rescaled network has its surface", () => {
  const blocks = [{ offset: 0, size: 6, filters: 2 }, { offset: 6, size: 6, filters: 3 }];
  const x = normals(12, "x");
  const scaled = x.map((entry, i) => i < 6 ? 8 * entry : entry / 8);
  const [d] = filterNormalisedPair(x, blocks, 3);
  const [ofScaled] = filterNormalisedPair(scaled, blocks, 3);
  assertClose(ofScaled, d.map((entry, i) => i < 6 ? 8 * entry : entry / 8));
});

Deno.test("filterNormalised() refuses lengths that do not fit, and keeps a direction of zeros", () => {
  const blocks = [{ offset: 0, size: 4, filters: 2 }];
  const x = normals(4, "x");
  assert.throws(() => filterNormalised(normals(3, "d"), x, blocks), /direction of 3 entries/);
  assert.throws(() => filterNormalised(normals(5, "d"), normals(5, "x"), blocks), /filters of 4/);
  assert.deepEqual(filterNormalised(new Float64Array(4), x, blocks), new Float64Array(4));
});

Deno.test("filterBlocks() cover each network's parameters once, kernels by their outputs", () => {
  for (const name of NETWORK_NAMES) {
    const net = network(name);
    const blocks = filterBlocks(net);
    let end = 0;
    for (const { offset, size, filters } of blocks) {
      assert.equal(offset, end, name);
      end += size;
      assert.equal(filters === 0 ? 0 : size % filters, 0);
    }
    assert.equal(end, net.dimension, name);
    const kernels = net.parameters.filter(({ name }) => name.endsWith("/kernel"));
    assert.equal(blocks.filter(({ filters }) => filters > 0).length, kernels.length, name);
  }
});
