import assert from "node:assert/strict";
import { evaluate } from "../../../lib/study/page/arithmetic.ts";

Deno.test("evaluate() follows the order of operations", () => {
  // Of float64 only: every one of these is exact.
  for (
    const [text, value] of [
      ["7", 7],
      [" 1 + 2 * 3 ", 7],
      ["(1 + 2) * 3", 9],
      ["8 / 4 / 2", 1],
      ["8 - 4 - 2", 2],
      ["2 ^ 3 ^ 2", 512],
      ["2 * 3 ^ 2", 18],
      ["100 * (1 - 0.25)", 75],
      ["1e-3 * 1000", 1],
      ["((2))", 2],
    ] as const
  ) assert.equal(evaluate(text).value, value, text);
});

Deno.test("evaluate() names the numbers that it starts from, as they are written", () => {
  assert.deepEqual(evaluate("(4.50 + 1e-3) / 4.50").operands, ["4.50", "1e-3", "4.50"]);
});

Deno.test("evaluate() refuses what is no expression, and says where", () => {
  for (
    const [text, seen] of [
      ["", "its end"],
      ["1 +", "its end"],
      ["(1 + 2", "its end"],
      ["1 2", "2"],
      ["1 + )", "\\)"],
      ["1 × 2", "×"],
      ["-1", "-"],
      ["phi / 2", "p"],
    ] as const
  ) {
    assert.throws(() => evaluate(text), {
      name: "SyntaxError",
      message: new RegExp(`: ${seen} is not expected; use numbers`),
    }, text);
  }
});
