import assert from "node:assert/strict";
import { fold } from "../../lib/report/fold.ts";

Deno.test("fold() breaks between words and counts characters, not code units", () => {
  const words = Array.from({ length: 40 }, () => "𝛼𝛽𝛾𝛿");
  const lines = fold(words.join(" "));
  assert.deepEqual(lines.map((line) => line.split(" ").length), [20, 20]); // 20 · 5 − 1 = 99
  assert.equal(lines.join(" "), words.join(" "));
});

Deno.test("fold() leaves a word longer than a line whole", () => {
  const long = "x".repeat(130);
  assert.deepEqual(fold(`a ${long} b`), ["a", long, "b"]);
});
