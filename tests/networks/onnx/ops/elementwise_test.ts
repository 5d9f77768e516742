import assert from "node:assert/strict";
import { floats, type HostTensor, wholes } from "../../../../lib/networks/onnx/tensor.ts";
import { assertClose } from "../../../support/assert_close.ts";
import { given, made } from "../../../support/onnx_rule.ts";

const numbers = (...entries: number[]): HostTensor =>
  floats([entries.length], Float64Array.from(entries));

Deno.test("Mod of constants has the sign of the divisor, by fmod that of the dividend", async () => {
  const [a, b] = [[-5.5, 5.5, -5.5, 5.5, 6], [3, 3, -3, -3, 3]];
  const inputs = [numbers(...a), numbers(...b)];
  const [fmod] = await made({ op: "Mod", attributes: { fmod: 1 }, inputs });
  assert.deepEqual(fmod!.data, [-2.5, 2.5, -2.5, 2.5, 0]);
  const whole = [wholes([4], [-5, 5, -5, 5]), wholes([4], [3, 3, -3, -3])];
  const [own] = await made({ op: "Mod", inputs: whole });
  assert.deepEqual(own!.data, [1, 2, -2, -1]);
  const [ofDividend] = await made({ op: "Mod", attributes: { fmod: 1 }, inputs: whole });
  assert.deepEqual(ofDividend!.data, [-2, 2, -2, 2]);
});

Deno.test("Pow with one exponent of larger shape has that shape", async () => {
  const x = given([1, 2, 3], [3, 1]);
  for (const shape of [[2], [2, 3, 2]]) {
    const exponent = floats(shape, new Float64Array(shape.reduce((a, b) => a * b)).fill(2));
    const [y] = await made({ op: "Pow", inputs: [x, exponent] });
    assert.deepEqual(y!.shape, [...shape.slice(0, -2), 3, 2]);
    const once = [1, 1, 4, 4, 9, 9];
    assert.deepEqual(y!.data, shape.length === 1 ? once : [...once, ...once]);
  }
  const [same] = await made({ op: "Pow", inputs: [x, floats([1, 1], Float64Array.of(2))] });
  assert.deepEqual(same!.shape, [3, 1]);
});

Deno.test("functions of constants are constants", async () => {
  const entries = [-2.5, -0.1, 0, 0.1, 3];
  const cases: [string, number[]][] = [
    ["Sin", entries.map(Math.sin)],
    ["Cos", entries.map(Math.cos)],
    // By Python's math.erf and math.erfc.
    ["Erf", [-0.9995930479825550, -0.1124629160182849, 0, 0.1124629160182849, 0.9999779095030014]],
    ["Erfc", [1.999593047982555, 1.1124629160182849, 1, 0.8875370839817151, 2.20904969985854e-5]],
  ];
  for (const [op, wanted] of cases) {
    const [y] = await made({ op, inputs: [numbers(...entries)] });
    assert.ok(y!.isKnown, op);
    // Erfc is 1 − erf, so that of small values digits are lost.
    assertClose(y!.data, wanted, { relative: 1e-14, absolute: 3e-16 });
  }
  const [ends] = await made({ op: "Erf", inputs: [numbers(-Infinity, -40, 6, Infinity)] });
  assert.deepEqual(ends!.data, [-1, -1, 1, 1]);
  const [mean] = await made({ op: "Mean", inputs: [numbers(1, 2), numbers(3, 6), numbers(5)] });
  assert.deepEqual([mean!.isKnown, mean!.data], [true, [3, 13 / 3]]);
});

Deno.test("what jumps or oscillates is refused of the examples' values, with what to do", async () => {
  for (const op of ["Floor", "Ceil", "Mod", "Sin", "Cos"]) {
    const inputs = op === "Mod" ? [given([1.5]), numbers(1)] : [given([1.5])];
    await assert.rejects(made({ op, inputs }), {
      name: "RangeError",
      message:
        /the examples' values.*constants alone: export the model without it, or name an output/,
    });
  }
});

Deno.test("Floor and Ceil leave what is whole as it is", async () => {
  for (const op of ["Floor", "Ceil"]) {
    const [y] = await made({ op, inputs: [given([3, 4], [2], "int32")] });
    assert.deepEqual(y!.data, [3, 4]);
  }
});

Deno.test("arithmetic refuses the examples' whole numbers, with what to do", async () => {
  const tokens = given([1, 2], [2], "int32");
  const message = /computes with the examples' whole numbers.*an input of float32/;
  for (const op of ["Add", "Sub", "Mul", "Div", "Max", "Min", "Mean"]) {
    await assert.rejects(made({ op, inputs: [tokens, wholes([], [1])] }), {
      name: "RangeError",
      message,
    }, op);
  }
  for (const op of ["Neg", "Abs", "Clip"]) {
    await assert.rejects(made({ op, inputs: [tokens] }), { name: "RangeError", message }, op);
  }
});
