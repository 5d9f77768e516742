import assert from "node:assert/strict";
import { decodeCsv } from "../../../lib/data/formats/csv.ts";
import { decodeNpy } from "../../../lib/data/formats/npy.ts";
import { decodeNpz } from "../../../lib/data/formats/npz.ts";
import { damage } from "../../support/damage.ts";

/** Made by tests/oracles/numpy_files.py. */
const GOLDEN = JSON.parse(
  await Deno.readTextFile(new URL("../../golden/numpy_files.json", import.meta.url)),
);
const bytesOf = (text: string) => Uint8Array.fromBase64(text);

Deno.test("decodeNpy() reads every kind of number, order and version that NumPy writes", () => {
  for (const { name, file, shape, numbers } of GOLDEN.npy) {
    const array = decodeNpy("a.npy", bytesOf(file));
    assert.deepEqual(array.shape, shape, name);
    assert.deepEqual([...array.data], numbers, name); // all of them are exact in float64
    const moved = new Uint8Array(bytesOf(file).length + 1);
    moved.set(bytesOf(file), 1);
    assert.deepEqual(decodeNpy("a.npy", moved.subarray(1)), array, `${name}, unaligned`);
  }
});

Deno.test("decodeNpy() says what it cannot read", () => {
  const whole = bytesOf(GOLDEN.npy[0].file);
  assert.throws(() => decodeNpy("a.npy", bytesOf(GOLDEN.text)), /numbers are of type U1; want one/);
  assert.throws(() => decodeNpy("a.npy", whole.subarray(0, -1)), /needs 12 bytes, 11 follow/);
  assert.throws(() => decodeNpy("a.npy", whole.subarray(0, 20)), /its header is cut off/);
  assert.throws(() => decodeNpy("a.npy", new Uint8Array(40)), /it is no \.npy file/);
});

Deno.test("decodeNpz() reads stored and compressed arrays, and never breaks down over damage", () => {
  for (const file of Object.values(GOLDEN.npz) as string[]) {
    const bytes = bytesOf(file);
    const arrays = decodeNpz("a.npz", bytes);
    assert.deepEqual([...arrays.keys()], ["x", "y"]);
    assert.deepEqual([...arrays.get("y")!.data], [1, 0]);
    assert.deepEqual(arrays.get("x")!.shape, [2, 3, 2, 2]);
    let refused = 0;
    for (const { what, bytes: damaged } of damage(bytes, 6, 40)) {
      try {
        assert.ok(decodeNpz("a.npz", damaged).size > 0, what);
      } catch (error) {
        assert.ok(error instanceof SyntaxError, `${what}: ${error}`);
        assert.match(error.message, /^Cannot read a\.npz/, what);
        refused++;
      }
    }
    assert.ok(refused > 20, `${refused}`);
  }
  assert.throws(() => decodeNpz("a.npz", new Uint8Array(0)), /it is no whole \.npz file/);
});

Deno.test("decodeCsv() reads numbers under names, with three separators and quotes", () => {
  for (const mark of [",", ";", "\t"]) {
    const text = `\ufeff"a b"${mark}label\r\n1.5${mark}0\r\n-2e3${mark}"1"\r\n\r\n`;
    const { names, columns } = decodeCsv("a.csv", text);
    assert.deepEqual(names, ["a b", "label"]);
    assert.deepEqual(columns.map((column) => [...column]), [[1.5, -2000], [0, 1]]);
  }
});

Deno.test("decodeCsv() names line and column of what is no number", () => {
  const wrongs: [string, RegExp][] = [
    ["", /no line below/],
    ["a,b\n", /no line below/],
    ["1,2\n3,4", /first line has numbers/],
    ["a,b\n1", /line 2 has 1 fields, the first line 2/],
    ["a,b\n1,2\n1,x", /line 3 has "x" as b; want a number/],
    ["a,b\n1,", /line 2 has "" as b/],
    ["a,b\n1,nan", /line 2 has "nan" as b/],
    // What is empty in quotes is no 0.
    ['a,b\n1,""', /line 2 has .* as b; want a number/],
    ['a,b\n1," "', /line 2 has .* as b; want a number/],
    ["y,a,y\n1,2,3", /its first line has the name y twice; want another for each column/],
  ];
  for (const [text, message] of wrongs) {
    assert.throws(() => decodeCsv("a.csv", text), message);
    assert.throws(() => decodeCsv("a.csv", text), SyntaxError);
  }
});
