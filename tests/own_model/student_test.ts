import assert from "node:assert/strict";
import { differenceByChance } from "../../lib/own_model/student.ts";
import { assertClose } from "../support/assert_close.ts";

/** P(|T| > t) by the density of θ with T = √ν tan θ, which is proportional to cos^(ν−1) θ. */
function chanceBeyond(t: number, degrees: number): number {
  const integral = (from: number) => {
    const steps = 20_000;
    const width = (Math.PI / 2 - from) / steps;
    let sum = 0;
    for (let k = 0; k < steps; k++) sum += Math.cos(from + (k + 0.5) * width) ** (degrees - 1);
    return sum * width;
  };
  return integral(Math.atan(t / Math.sqrt(degrees))) / integral(0);
}

Deno.test("differenceByChance() is exceeded by chance once in a hundred", () => {
  for (let degreesOfFreedom = 1; degreesOfFreedom <= 30; degreesOfFreedom++) {
    const difference = differenceByChance({ standardError: 1, degreesOfFreedom }, undefined);
    // The table has three decimals: of t = 2.75 half of the last is 0.02 %, thrice that of the chance.
    assertClose([chanceBeyond(difference, degreesOfFreedom)], [0.01], { relative: 2e-3 });
  }
  const many = { standardError: 1, degreesOfFreedom: 1e6 };
  assert.equal(differenceByChance(many, undefined), 2.75);
});

Deno.test("differenceByChance() has the degrees of freedom of Welch and Satterthwaite", () => {
  const of = (standardError: number, degreesOfFreedom: number) => ({
    standardError,
    degreesOfFreedom,
  });
  // (1 + 1)² / (1/9 + 1/9) = 18 and (1 + 4)² / (1/4 + 16/9) = 12.3.
  assertClose([differenceByChance(of(1, 9), of(1, 9))], [2.878 * Math.SQRT2], { relative: 1e-14 });
  assertClose([differenceByChance(of(1, 4), of(2, 9))], [3.055 * Math.sqrt(5)], {
    relative: 1e-14,
  });
  // Squares of squares of so small errors would be 0.
  assertClose([differenceByChance(of(1e-100, 9), of(1e-100, 9))], [2.878e-100 * Math.SQRT2], {
    relative: 1e-14,
  });
  assert.equal(differenceByChance(of(0, 9), undefined), 0);
  assert.equal(differenceByChance(undefined, undefined), 0);
});
