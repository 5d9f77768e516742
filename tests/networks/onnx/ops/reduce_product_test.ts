import assert from "node:assert/strict";
import { vector, wholes } from "../../../../lib/networks/onnx/tensor.ts";
import { given, made } from "../../../support/onnx_rule.ts";

const entries = [1, 2, 3, 4, 5, 6];

Deno.test("ReduceProd multiplies along its axes, by none along all, or along none where it says so", async () => {
  const cases: [Record<string, number>, number[] | undefined, number[], number[]][] = [
    [{}, [1], [2, 1], [6, 120]],
    [{ keepdims: 0 }, [-2], [3], [4, 10, 18]],
    [{}, undefined, [1, 1], [720]],
    [{ keepdims: 0 }, [], [], [720]],
    [{ "noop_with_empty_axes": 1 }, undefined, [2, 3], entries],
    [{ "noop_with_empty_axes": 1 }, [], [2, 3], entries],
    [{ "noop_with_empty_axes": 1, keepdims: 0 }, [0, 1], [], [720]],
  ];
  for (const [attributes, axes, shape, data] of cases) {
    for (const x of [wholes([2, 3], entries), given(entries, [2, 3])]) {
      const inputs = [x, axes && vector(axes)];
      const [y] = await made({ op: "ReduceProd", attributes, inputs });
      assert.deepEqual([y!.shape, y!.data], [shape, data]);
      assert.equal(y!.isKnown, !("given" in x));
    }
  }
});

Deno.test("ReduceProd has the other factors as its derivatives, also beside zeros", async () => {
  const [y] = await made({
    op: "ReduceProd",
    inputs: [given([2, 0, 5, 3, 4, 1], [2, 3]), vector([1])],
  });
  assert.deepEqual(y!.gradients, [[0, 10, 0, 4, 3, 12]]);
});
