import assert from "node:assert/strict";
import { z } from "zod";
import { CRITERION_FIELD, criterionOf } from "../../lib/study/criterion_parameters.ts";

const schema = z.strictObject({ criterion: CRITERION_FIELD });

Deno.test("criterionOf() knows each criterion by name and with constants", () => {
  const named: [unknown, string][] = [
    ["plain", "plain"],
    ["adversarial", "adversarial, ε = 0.25, share 0.5"],
    ["stability", "stability, σ = 0.2, α = 0.01"],
    ["sam", "SAM, ρ = 0.05"],
    ["asam", "ASAM, ρ = 0.5, η = 0.01"],
    [{ adversarial: { epsilon: 0.1 } }, "adversarial, ε = 0.1, share 0.5"],
    [{ adversarial: { share: 1 } }, "adversarial, ε = 0.25, share 1"],
    [{ stability: { deviation: 0.1, weight: 1 } }, "stability, σ = 0.1, α = 1"],
    [{ sam: {} }, "SAM, ρ = 0.05"],
    [{ sam: { rho: 0.2 } }, "SAM, ρ = 0.2"],
    [{ asam: { rho: 1, eta: 0 } }, "ASAM, ρ = 1, η = 0"],
  ];
  for (const [criterion, name] of named) {
    assert.equal(criterionOf(schema.parse({ criterion }).criterion).name, name);
  }
});

Deno.test("the parameter `criterion` says what is wrong with it, and where", () => {
  const faults: [unknown, string, RegExp][] = [
    ["sma", "criterion", /wanted one of plain, adversarial, .*constants such as \{ sam: \{ rho/],
    [3, "criterion", /wanted one of plain/],
    [{}, "criterion", /wanted one criterion of plain/],
    [{ sam: {}, asam: {} }, "criterion", /wanted one criterion of plain/],
    [{ sma: {} }, "criterion", /Unrecognized key: "sma"/],
    [{ sam: { roh: 1 } }, "criterion.sam", /Unrecognized key: "roh"/],
    [{ sam: { rho: 0 } }, "criterion.sam.rho", /expected number to be >0/],
    [{ adversarial: { share: 2 } }, "criterion.adversarial.share", /expected number to be <=1/],
  ];
  for (const [criterion, at, message] of faults) {
    const [issue] = schema.safeParse({ criterion }).error!.issues;
    assert.equal(issue!.path.join("."), at);
    assert.match(issue!.message, message);
  }
});
