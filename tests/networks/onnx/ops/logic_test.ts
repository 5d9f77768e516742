import assert from "node:assert/strict";
import { given, made } from "../../../support/onnx_rule.ts";
import { floats, type HostTensor, wholes } from "../../../../lib/networks/onnx/tensor.ts";

const X = given([-4, 0, 4, 1e-30]);
const numbers = (...entries: number[]): HostTensor =>
  floats([entries.length], Float64Array.from(entries));

Deno.test("Where takes one branch as it is, whatever the other one is", async () => {
  const [condition, root] = [given([1, 0, 1, 0]), given([2, NaN, 3, Infinity])];
  const [y] = await made({ op: "Where", inputs: [condition, root, numbers(0, 5, 0, 6)] });
  assert.deepEqual(y!.data, [2, 5, 3, 6]);
  assert.deepEqual(y!.gradients, [[0, 0, 0, 0], [1, 0, 1, 0]]);
  const [other] = await made({ op: "Where", inputs: [condition, numbers(1, 2, 3, 4), root] });
  assert.deepEqual(other!.data, [1, NaN, 3, Infinity]);
  const [far] = await made({
    op: "Where",
    inputs: [condition, given([0.1, 1, 0.2, 2]), numbers(-1e9)],
  });
  assert.deepEqual(far!.data, [0.1, -1e9, 0.2, -1e9]);
});

Deno.test("comparisons with numbers are 1 and 0, without a derivative", async () => {
  const cases: [string, number[]][] = [
    ["Less", [1, 0, 0, 0]],
    ["LessOrEqual", [1, 1, 0, 0]],
    ["Greater", [0, 0, 1, 1]],
    ["GreaterOrEqual", [0, 1, 1, 1]],
    ["Equal", [0, 1, 0, 0]],
  ];
  for (const [op, wanted] of cases) {
    const [y] = await made({ op, inputs: [X, numbers(0)] });
    assert.deepEqual(y!.data, wanted, op);
    assert.deepEqual(y!.gradients, [[0, 0, 0, 0]], op);
    const [known] = await made({ op, inputs: [numbers(...X.given), numbers(0)] });
    assert.deepEqual(known!.data, wanted, op);
  }
});

Deno.test("Equal of the examples' tokens tells one from all others", async () => {
  const tokens = given([0, 3, 300, -1], [2, 2], "int32");
  for (const token of [0, 3]) {
    for (const inputs of [[tokens, wholes([], [token])], [wholes([], [token]), tokens]]) {
      const [y] = await made({ op: "Equal", inputs });
      assert.deepEqual(y!.data, tokens.given.map((each) => each === token ? 1 : 0));
      assert.deepEqual(y!.shape, [2, 2]);
    }
  }
  const refusal = /computes with the examples' whole numbers, .* input of float32/;
  for (const token of [-1, 256]) {
    await assert.rejects(made({ op: "Equal", inputs: [tokens, wholes([], [token])] }), refusal);
  }
  await assert.rejects(made({ op: "Greater", inputs: [tokens, wholes([], [0])] }), refusal);
});

Deno.test("Not, And and Or also take examples that are bools", async () => {
  const [bools, truths] = [given([0, 1, 0, 1], [4], "int32"), given([0, 0, 1, 1])];
  const data = async (op: string, inputs: (typeof bools)[]) =>
    (await made({ op, inputs }))[0]!.data;
  assert.deepEqual(await data("Not", [bools]), [1, 0, 1, 0]);
  assert.deepEqual(await data("And", [bools, truths]), [0, 0, 0, 1]);
  assert.deepEqual(await data("Or", [bools, truths]), [0, 1, 1, 1]);
});
