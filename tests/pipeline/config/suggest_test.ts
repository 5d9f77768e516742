import assert from "node:assert/strict";
import { didYouMean, editDistance, nearest } from "../../../lib/pipeline/config/suggest.ts";

/** The textbook recursion, without a table: exponential, so for short words only. */
function slowDistance(a: string, b: string): number {
  if (a === "" || b === "") return a.length + b.length;
  const [x, y] = [a.at(-1)!, b.at(-1)!];
  const [shortA, shortB] = [a.slice(0, -1), b.slice(0, -1)];
  const ways = [
    slowDistance(shortA, b) + 1,
    slowDistance(a, shortB) + 1,
    slowDistance(shortA, shortB) + (x === y ? 0 : 1),
  ];
  if (a.length > 1 && b.length > 1 && x === b.at(-2) && a.at(-2) === y) {
    ways.push(slowDistance(a.slice(0, -2), b.slice(0, -2)) + 1);
  }
  return Math.min(...ways);
}

Deno.test("editDistance() equals the recursion that defines it", () => {
  const words = ["", "a", "ab", "ba", "abc", "acb", "bca", "abcd", "badc", "eps", "epz", "pse"];
  for (const a of words) {
    for (const b of words) assert.equal(editDistance(a, b), slowDistance(a, b), `${a} ${b}`);
  }
});

Deno.test("nearest() takes a slip of the pen and nothing else", () => {
  const known = ["eps", "network", "trial", "space"];
  const slips: [string, string | undefined][] = [
    ["epz", "eps"],
    ["netwrok", "network"],
    ["Trial", "trial"],
    ["spaces", "space"],
    ["momentum", undefined],
    ["x", undefined],
  ];
  for (const [slip, meant] of slips) assert.equal(nearest(slip, known), meant, slip);
});

Deno.test("didYouMean() lists a few names where none is near", () => {
  assert.equal(didYouMean("x", []), "; there are none");
  const many = Array.from({ length: 20 }, (_, i) => `name${i}`);
  assert.match(didYouMean("zzzzzz", many), /`name11`, …$/);
});
