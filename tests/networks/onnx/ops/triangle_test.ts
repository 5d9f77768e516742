import assert from "node:assert/strict";
import { wholes } from "../../../../lib/networks/onnx/tensor.ts";
import { given, made } from "../../../support/onnx_rule.ts";

const entries = Array.from({ length: 12 }, (_, i) => i + 1);

Deno.test("Trilu keeps one side of a diagonal, of constants and of the examples' values", async () => {
  const cases: [Record<string, number>, number | undefined, number[]][] = [
    [{ upper: 0 }, undefined, [1, 0, 0, 4, 5, 0, 7, 0, 0, 10, 11, 0]],
    [{}, undefined, [1, 2, 3, 0, 5, 6, 7, 8, 9, 0, 11, 12]],
    [{ upper: 1 }, 1, [0, 2, 3, 0, 0, 6, 0, 8, 9, 0, 0, 12]],
    [{ upper: 0 }, -1, [0, 0, 0, 4, 0, 0, 0, 0, 0, 10, 0, 0]],
  ];
  for (const [attributes, k, data] of cases) {
    const diagonal = k === undefined ? undefined : wholes([], [k]);
    for (const x of [wholes([2, 2, 3], entries), given(entries, [2, 2, 3])]) {
      const [y] = await made({ op: "Trilu", attributes, inputs: [x, diagonal] });
      assert.deepEqual([y!.shape, y!.data], [[2, 2, 3], data]);
      const slopes = data.map((entry) => entry === 0 ? 0 : 1);
      if (!y!.isKnown) assert.deepEqual(y!.gradients, [slopes]);
    }
  }
});
