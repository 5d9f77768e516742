import assert from "node:assert/strict";
import { floats, vector, wholes } from "../../../../lib/networks/onnx/tensor.ts";
import { given, made } from "../../../support/onnx_rule.ts";

const entries = [1, 2, 3, 4, 5, 6];

Deno.test("Pad of constants and of the examples' values gives the same, by every mode", async () => {
  const cases: [string, number[], number | undefined, number[], number[]][] = [
    ["constant", [0, 1, 1, 0], 7, [3, 4], [7, 1, 2, 3, 7, 4, 5, 6, 7, 7, 7, 7]],
    ["constant", [0, 0, 0, 1], undefined, [2, 4], [1, 2, 3, 0, 4, 5, 6, 0]],
    // Less than nothing takes entries off.
    ["constant", [-1, 1, 0, -2], 9, [1, 2], [9, 4]],
    ["constant", [0, -1, 0, 0], undefined, [2, 2], [2, 3, 5, 6]],
    ["reflect", [0, 2, 0, 1], undefined, [2, 6], [3, 2, 1, 2, 3, 2, 6, 5, 4, 5, 6, 5]],
    ["edge", [1, 0, 0, 1], undefined, [3, 4], [1, 2, 3, 3, 1, 2, 3, 3, 4, 5, 6, 6]],
    ["wrap", [0, 1, 0, 1], undefined, [2, 5], [3, 1, 2, 3, 1, 6, 4, 5, 6, 4]],
    ["edge", [0, -1, 0, 1], undefined, [2, 3], [2, 3, 3, 5, 6, 6]],
  ];
  for (const [mode, pads, number, shape, data] of cases) {
    const fill = number === undefined ? undefined : floats([], Float64Array.of(number));
    for (const x of [wholes([2, 3], entries), given(entries, [2, 3])]) {
      const inputs = [x, vector(pads), fill];
      const [y] = await made({ op: "Pad", attributes: { mode }, inputs });
      assert.deepEqual([y!.shape, y!.data], [shape, data], `${mode} ${pads}`);
      assert.equal(y!.isKnown, !("given" in x));
    }
  }
});

Deno.test("Pad takes axes, and refuses a mode that it does not know", async () => {
  const x = wholes([2, 2], [1, 2, 3, 4]);
  const [y] = await made({ op: "Pad", inputs: [x, vector([0, 1]), undefined, vector([-1])] });
  assert.deepEqual([y!.shape, y!.data], [[2, 3], [1, 2, 0, 3, 4, 0]]);
  const odd = made({
    op: "Pad",
    attributes: { mode: "mirror" },
    inputs: [x, vector([0, 0, 0, 1])],
  });
  await assert.rejects(odd, /pads by the mode mirror; Basin knows constant, reflect, edge, wrap/);
});

Deno.test("CumSum of constants and of the examples' values gives the same, either way", async () => {
  const cases: [Record<string, number>, number, number[]][] = [
    [{}, 1, [1, 3, 6, 4, 9, 15]],
    [{}, 0, [1, 2, 3, 5, 7, 9]],
    [{ exclusive: 1 }, -1, [0, 1, 3, 0, 4, 9]],
    [{ reverse: 1 }, 1, [6, 5, 3, 15, 11, 6]],
    [{ reverse: 1, exclusive: 1 }, 1, [5, 3, 0, 11, 6, 0]],
  ];
  for (const [attributes, axis, data] of cases) {
    for (const x of [wholes([2, 3], entries), given(entries, [2, 3])]) {
      const [y] = await made({ op: "CumSum", attributes, inputs: [x, wholes([], [axis])] });
      assert.deepEqual(y!.data, data);
      assert.equal(y!.isKnown, !("given" in x));
    }
  }
});
