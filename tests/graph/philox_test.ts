import assert from "node:assert/strict";
import { philox, philoxWords } from "../../lib/graph/philox.ts";

Deno.test("philox() gives the known answers of Random123", () => {
  // The generator's authors publish these in their library's file kat_vectors.
  const all = 0xffffffff;
  const answers: [Parameters<typeof philox>, string][] = [
    [[[0, 0, 0, 0], [0, 0]], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [[[all, all, all, all], [all, all]], "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    [
      [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]],
      "d16cfe09 94fdcceb 5001e420 24126ea1",
    ],
  ];
  for (const [[counter, key], answer] of answers) {
    const words = philox(counter, key).map((word) => word.toString(16).padStart(8, "0"));
    assert.equal(words.join(" "), answer);
  }
});

Deno.test("philoxWords() are uniform, and differ between draws and keys", () => {
  const count = 4001;
  const [one, other, third] = [[[1, 2], 0], [[1, 2], 1], [[1, 3], 0]]
    .map(([key, draw]) => philoxWords(key as [number, number], draw as number, count));
  const mean = one!.reduce((total, word) => total + word / 2 ** 32, 0) / count;
  // The mean of 4001 uniform numbers has the standard deviation 1/√(12 · 4001) = 0.0046.
  assert.ok(Math.abs(mean - 0.5) < 5 * 0.0046, `${mean}`);
  assert.ok(one!.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32));
  assert.deepEqual([...one!.subarray(4, 8)], philox([1, 0, 0, 0], [1, 2]));
  for (const another of [other!, third!]) {
    assert.ok(one!.filter((word, i) => word === another[i]).length < 5);
  }
});
