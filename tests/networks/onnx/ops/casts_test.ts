import assert from "node:assert/strict";
import { floats, wholes } from "../../../../lib/networks/onnx/tensor.ts";
import { given, made } from "../../../support/onnx_rule.ts";

const TYPE = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const;

const WHOLE = ["uint8", "int8", "uint16", "int16", "int32", "int64", "uint32", "uint64"] as const;

const X = [-2.75, 0, 0.5, 1e-30, 3];

Deno.test("Cast of the examples' values to other real types changes nothing", async () => {
  for (const type of ["float", "double", "float16", "bfloat16"] as const) {
    const [y] = await made({ op: "Cast", attributes: { to: TYPE[type] }, inputs: [given(X)] });
    assert.deepEqual([y!.data, y!.gradients], [X, [[1, 1, 1, 1, 1]]], type);
  }
});

Deno.test("Cast of the examples' values to bool is x ≠ 0", async () => {
  const [y] = await made({ op: "Cast", attributes: { to: TYPE.bool }, inputs: [given(X)] });
  assert.deepEqual([y!.data, y!.gradients], [[1, 0, 1, 1, 1], [[0, 0, 0, 0, 0]]]);
  const tokens = given([0, 7, -1], [3], "int32");
  const [mask] = await made({ op: "Cast", attributes: { to: TYPE.bool }, inputs: [tokens] });
  assert.deepEqual(mask!.data, [0, 1, 1]);
});

Deno.test("Cast and CastLike refuse to cut the examples' values off, and say what to do", async () => {
  const message = /cuts the examples' values off to whole numbers.*without it, or name an output/;
  for (const type of WHOLE) {
    const cast = { op: "Cast", attributes: { to: TYPE[type] }, inputs: [given(X)] };
    await assert.rejects(made(cast), { name: "RangeError", message });
  }
  const like = wholes([], [1]);
  await assert.rejects(made({ op: "CastLike", inputs: [given(X), like] }), { message });
  const tokens = given([1, 2], [2], "int32");
  await assert.rejects(made({ op: "CastLike", inputs: [given(X), tokens] }), { message });
});

Deno.test("Cast refuses to make real numbers of tokens, and says what to do", async () => {
  const tokens = given([1, 2], [2], "int32");
  const message = /computes with the examples' whole numbers.*an input of float32/;
  for (const type of ["float", "double"] as const) {
    const cast = { op: "Cast", attributes: { to: TYPE[type] }, inputs: [tokens] };
    await assert.rejects(made(cast), { name: "RangeError", message });
  }
  const [y] = await made({ op: "Cast", attributes: { to: TYPE.int64 }, inputs: [tokens] });
  assert.deepEqual(y!.data, [1, 2]);
});

Deno.test("Cast of constants converts as ONNX says", async () => {
  const entries = [300, -1, 2.75, -2.75, 40000, 0];
  const wanted: Readonly<Record<string, number[]>> = {
    uint8: [44, 255, 2, 254, 64, 0],
    int8: [44, -1, 2, -2, 64, 0],
    uint16: [300, 65535, 2, 65534, 40000, 0],
    int16: [300, -1, 2, -2, -25536, 0],
    int32: [300, -1, 2, -2, 40000, 0],
    int64: [300, -1, 2, -2, 40000, 0],
    uint32: [300, 2 ** 32 - 1, 2, 2 ** 32 - 2, 40000, 0],
    bool: [1, 1, 1, 1, 1, 0],
    float: entries,
    float16: entries,
  };
  const constants = floats([entries.length], Float64Array.from(entries));
  for (const [type, data] of Object.entries(wanted)) {
    const to = TYPE[type as keyof typeof TYPE];
    const [y] = await made({ op: "Cast", attributes: { to }, inputs: [constants] });
    assert.ok(y!.isKnown);
    assert.deepEqual(y!.data, data, type);
  }
});

Deno.test("Cast keeps the largest int64, which stands for the end of a slice", async () => {
  const most = wholes([2], [2 ** 63, -(2 ** 63)]);
  for (const to of [TYPE.int64, TYPE.uint64]) {
    const [y] = await made({ op: "Cast", attributes: { to }, inputs: [most] });
    assert.deepEqual(y!.data, [2 ** 63, -(2 ** 63)]);
  }
});

Deno.test("Cast to a type without numbers is refused", async () => {
  const message = /element type number 8; .*export the model without it/;
  for (const inputs of [[given(X)], [wholes([1], [1])]]) {
    const cast = made({ op: "Cast", attributes: { to: TYPE.string }, inputs });
    await assert.rejects(cast, { name: "RangeError", message });
  }
});

Deno.test("CastLike converts constants to the kind of the other input", async () => {
  const constants = floats([2], Float64Array.of(2.75, -2.75));
  const data = async (like: Parameters<typeof made>[0]["inputs"][number]) =>
    (await made({ op: "CastLike", inputs: [constants, like] }))[0]!.data;
  assert.deepEqual(await data(wholes([], [1])), [2, -2]);
  assert.deepEqual(await data(given([1], [1], "int32")), [2, -2]);
  assert.deepEqual(await data(floats([], Float64Array.of(1))), [2.75, -2.75]);
  assert.deepEqual(await data(given([1])), [2.75, -2.75]);
});
