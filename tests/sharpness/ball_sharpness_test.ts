import assert from "node:assert/strict";
import { overBall } from "../../lib/sharpness/ball_map.ts";
import { ballSharpness } from "../../lib/sharpness/ball_sharpness.ts";
import { laplacian } from "../linalg/matrices.ts";
import { assertClose } from "../support/assert_close.ts";
import { counted, diagonal, quadratic, smooth } from "./functions.ts";

Deno.test("overBall() has the gradient of its value, by central differences", async () => {
  const x = Float64Array.of(0.3, -1, 0.5);
  const inner = quadratic({ hessian: [4, 1, 0, 1, -3, 1, 0, 1, 2], slope: [0.1, -2, 1], x });
  const mapped = overBall(inner, 0.7);
  // Inside, near the boundary, beyond it, and at the centre, where the formula is a limit.
  for (const length of [0, 0.4, 1.5, 2.5]) {
    const z = Float64Array.of(length / 3, 2 * length / 3, -2 * length / 3);
    const { gradient } = await mapped.evaluate(z);
    const step = 1e-5; // errors step² and 1e-16/step: both below 1e-9
    for (let i = 0; i < 3; i++) {
      const [ahead, behind] = await Promise.all(
        [step, -step].map(async (shift) => (await mapped.evaluate(z.with(i, z[i]! + shift))).value),
      );
      assertClose([gradient[i]!], [(ahead! - behind!) / (2 * step)], {
        relative: 1e-8,
        absolute: 1e-9,
      });
    }
    assertClose([mapped.radiusShare(z)], [Math.sin(length)]);
  }
});

Deno.test("ballSharpness() of a quadratic at its minimum is ½ρ²λ_max", async () => {
  // Eigenvalues 2 − 2 cos(kπ/11): the two largest are 6 % apart.
  const x = Float64Array.from({ length: 10 }, (_, i) => Math.sin(i));
  const bowl = quadratic({ hessian: laplacian(10), x, offset: 0.25 });
  for (const rho of [1e-3, 0.5, 20]) {
    const measured = await ballSharpness(bowl, x, { rho, maxIterations: 60 });
    const lambda = 2 - 2 * Math.cos(10 * Math.PI / 11);
    // The error of the direction enters squared.
    assertClose([measured.rise], [0.5 * rho ** 2 * lambda], { relative: 1e-9 });
    assertClose([measured.radiusShare], [1], { relative: 1e-9 });
    assertClose([measured.percent], [100 * measured.rise / 1.25]);
    assert.equal(measured.lossAtMinimiser, 0.25);
  }
});

Deno.test("ballSharpness() climbs by rises that are small beside 1, on values that are float32", async () => {
  const x = Float64Array.from({ length: 100 }, (_, i) => Math.sin(i));
  const bowl = quadratic({ hessian: laplacian(100), x, offset: 1e-3 });
  const rounded = {
    dimension: 100,
    async evaluate(y: Float64Array) {
      const { value, gradient } = await bowl.evaluate(y);
      return { value: Math.fround(value), gradient };
    },
  };
  const rho = 1e-3; // ½ρ²λ_max is 2e-6, of which f's rounding, 6e-11, is 3e-5
  const { rise } = await ballSharpness(rounded, x, { rho, maxIterations: 60 });
  // Its eigenvalues are 2 − 2 cos(kπ/101): the largest ones are within a thousandth of 4.
  assert.ok(Math.abs(2 * rise / (rho ** 2 * 4) - 1) < 0.02, `${2 * rise / (rho ** 2 * 4)}`);
});

Deno.test("ballSharpness() of a linear function is ρ‖g‖, at the first evaluation", async () => {
  const x = Float64Array.of(1, 2, 3);
  const slope = [2, -3, 6];
  const linear = quadratic({ hessian: diagonal(0, 0, 0), slope, x });
  // The random run comes last and ends lower: what is told belongs to the first.
  const measured = await ballSharpness(linear, x, { rho: 0.1, restarts: 1, maxIterations: 1 });
  assertClose([measured.rise, measured.radiusShare], [0.1 * 7, 1]);
  assert.ok(measured.runs[1]!.rise < 0.69);
  assert.equal(measured.start, "linearised");
  assert.deepEqual(measured.warnings, []);
});

Deno.test("ballSharpness() finds a maximum inside the ball", async () => {
  // 6y₁ + 8y₂ − ‖y‖² is largest at (3, 4), of length 5, by 25; on the sphere of radius 8 it is 16.
  const x = new Float64Array(2);
  const hill = quadratic({ hessian: diagonal(-2, -2), slope: [6, 8], x });
  const measured = await ballSharpness(hill, x, { rho: 8 });
  const random = measured.runs.find(({ start }) => start === "random");
  assertClose([measured.rise, random!.rise], [25, 25], { relative: 1e-9 });
  assertClose([measured.radiusShare], [5 / 8], { relative: 1e-4 }); // its error enters squared
});

Deno.test("ballSharpness() sees the inside from its random start before the sphere is searched", async () => {
  // Σ g_i y_i − ½ λ_i y_i² is largest at y_i = g_i/λ_i, of length 0.4, in a ball of radius 1.
  const curvatures = [1, 2, 5, 12, 30, 70];
  const at = curvatures.map((_, i) => 0.4 * Math.cos(i) / Math.sqrt(3));
  const x = new Float64Array(6);
  const hill = quadratic({
    hessian: diagonal(...curvatures.map((lambda) => -lambda)),
    slope: curvatures.map((lambda, i) => lambda * at[i]!),
    x,
  });
  const largest = curvatures.reduce((sum, lambda, i) => sum + 0.5 * lambda * at[i]! ** 2, 0);
  const { runs } = await ballSharpness(hill, x, { rho: 1, maxIterations: 8 });
  // On the sphere only rounding has a radial slope, which costs the other run its first iterations.
  const [linearised, random] = runs.map(({ rise }) => rise);
  assert.ok(random! > 0.99 * largest && linearised! < 0.99 * largest, `${runs}`);
});

Deno.test("ballSharpness() does not fall with ρ, and is invariant under permutation", async () => {
  const x = Float64Array.of(0.5, -1, 2);
  const hessian = [4, 1, 0, 1, -3, 1, 0, 1, 2];
  const slope = [0.01, -0.02, 0];
  let last = 0;
  for (const rho of [1e-3, 1e-2, 1e-1, 1]) {
    const options = { rho, restarts: 3, maxIterations: 60 };
    const { rise } = await ballSharpness(quadratic({ hessian, slope, x }), x, options);
    assert.ok(rise > last, `${rise} at ${rho}`);
    last = rise;
    const reversed = quadratic({
      hessian: hessian.toReversed(),
      slope: slope.toReversed(),
      x: x.toReversed(),
    });
    const permuted = await ballSharpness(reversed, x.toReversed(), options);
    assertClose([permuted.rise], [rise], { relative: 1e-8 });
  }
});

Deno.test("ballSharpness() counts its evaluations and follows its seed", async () => {
  const x = Float64Array.of(1, 2);
  const objective = counted(quadratic({ hessian: [3, 1, 1, 2], x }));
  const options = { rho: 0.1, restarts: 2, maxIterations: 1 };
  const measured = await ballSharpness(objective, x, options);
  assert.equal(measured.evaluations, objective.evaluations);
  assert.equal(measured.runs.length, 3);
  assert.deepEqual(await ballSharpness(objective, x, options), measured);
  const other = await ballSharpness(objective, x, { ...options, seed: 1 });
  assert.notEqual(other.runs[1]!.rise, measured.runs[1]!.rise);
});

Deno.test("ballSharpness() says when it could not move", async () => {
  const hilltop = quadratic({ hessian: diagonal(-1, -1), x: new Float64Array(2) });
  const measured = await ballSharpness(hilltop, new Float64Array(2), { rho: 0.1 });
  assert.deepEqual([measured.rise, measured.moved], [0, false]);
  assert.match(
    measured.warnings.join(),
    /no point with a larger loss.*linearised start is x itself/,
  );
});

Deno.test("ballSharpness() refuses what it cannot measure", async () => {
  const bowl = quadratic({ hessian: diagonal(1, 1), x: new Float64Array(2) });
  const x = new Float64Array(2);
  for (const bad of [0, -1, NaN, Infinity]) {
    await assert.rejects(ballSharpness(bowl, x, { rho: bad }), /ball sharpness with rho = /);
  }
  await assert.rejects(ballSharpness(bowl, x, { rho: 1, maxIterations: 0 }), RangeError);
  await assert.rejects(ballSharpness(bowl, x, { rho: 1, restarts: -1 }), RangeError);
  await assert.rejects(ballSharpness(bowl, new Float64Array(3), { rho: 1 }), TypeError);
  await assert.rejects(
    ballSharpness(smooth(2, () => NaN, () => [0, 0]), x, { rho: 1 }),
    RangeError,
  );
});
