import assert from "node:assert/strict";
import { decodeSafetensors, encodeSafetensors } from "../../lib/data/safetensors.ts";

const TENSORS = {
  weight: { dtype: "F32", shape: [2, 3], data: Float32Array.of(1, -2.5, 3e-8, 4, 5, NaN) },
  bias: { dtype: "F64", shape: [1], data: Float64Array.of(Math.PI) },
  labels: { dtype: "I32", shape: [2], data: Int32Array.of(-1, 7) },
  pixels: { dtype: "U8", shape: [3], data: Uint8Array.of(0, 128, 255) },
  empty: { dtype: "F32", shape: [0, 4], data: new Float32Array(0) },
} as const;

Deno.test("decodeSafetensors() gives back what encodeSafetensors() wrote", () => {
  const bytes = encodeSafetensors(TENSORS, { network: "F1" });
  const { tensors, metadata } = decodeSafetensors(bytes);
  assert.deepEqual(tensors, TENSORS);
  assert.deepEqual(metadata, { network: "F1" });
});

Deno.test("encodeSafetensors() writes the same bytes for the same tensors", () => {
  assert.deepEqual(encodeSafetensors(TENSORS), encodeSafetensors({ ...TENSORS }));
});

Deno.test("decodeSafetensors() reads a file that Python's safetensors wrote", async () => {
  // Made by tests/oracles/safetensors_numpy.py.
  const bytes = await Deno.readFile(new URL("../golden/numpy.safetensors", import.meta.url));
  const { tensors, metadata } = decodeSafetensors(bytes);
  assert.deepEqual(metadata, { made: "by Python" });
  assert.deepEqual(tensors["dense1/kernel"], {
    dtype: "F32",
    shape: [2, 3],
    data: Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5),
  });
  assert.deepEqual(tensors.labels, { dtype: "I32", shape: [2], data: Int32Array.of(-3, 9) });
});

Deno.test("encodeSafetensors() refuses data that do not fit their shape or type", () => {
  const data = Float32Array.of(1, 2);
  assert.throws(() => encodeSafetensors({ w: { dtype: "F32", shape: [3], data } }), /tensor w/);
  assert.throws(() => encodeSafetensors({ w: { dtype: "F64", shape: [2], data } }), /tensor w/);
  const reserved = { __metadata__: { dtype: "F32", shape: [2], data } } as const;
  assert.throws(() => encodeSafetensors(reserved), /named __metadata__/);
});

/** A file with this header and so many bytes after it. */
function file(header: unknown, size: number): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

Deno.test("decodeSafetensors() widens half floats and counters", () => {
  const entry = (dtype: string, from: number, to: number) => ({
    dtype,
    shape: [2],
    data_offsets: [from, to],
  });
  const bytes = file({
    half: entry("F16", 0, 4),
    brain: entry("BF16", 4, 8),
    count: entry("I64", 8, 24),
  }, 24);
  const view = new DataView(bytes.buffer, bytes.length - 24);
  [0x3c00, 0xc580, 0x3f80, 0xc0b0].forEach((word, i) => view.setUint16(2 * i, word, true));
  view.setBigInt64(8, 60n, true);
  view.setBigInt64(16, -1n, true);
  const { half, brain, count } = decodeSafetensors(bytes).tensors;
  assert.deepEqual(half, { dtype: "F32", shape: [2], data: Float32Array.of(1, -5.5) });
  assert.deepEqual(brain, { dtype: "F32", shape: [2], data: Float32Array.of(1, -5.5) });
  assert.deepEqual(count, { dtype: "F64", shape: [2], data: Float64Array.of(60, -1) });
});

Deno.test("decodeSafetensors() names the fault of a damaged file", () => {
  const good = encodeSafetensors(TENSORS);
  const entry = (from: number, to: number, shape = [1], dtype = "F32") => ({
    dtype,
    shape,
    data_offsets: [from, to],
  });
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /header ends after its 0 bytes/],
    [good.subarray(0, 40), /header ends after its 40 bytes/],
    [good.subarray(0, good.length - 1), /claims bytes/],
    [Uint8Array.of(...good, 0), /1 bytes belong to no tensor/],
    [file("no object", 0), /not an object/],
    [file([], 0), /not an object/],
    [file({ __metadata__: { epoch: 3 } }, 0), /metadata are not strings/],
    [file({ __metadata__: [] }, 0), /metadata are not strings/],
    [file({ a: entry(0, 4), b: entry(2, 6) }, 6), /tensor b claims bytes 2 to 6/],
    [file({ a: entry(0, 8) }, 8), /8 bytes for F32\[1\]/],
    [file({ a: entry(0, 4, [1], "BF17") }, 4), /the type "BF17"; known are F32, /],
    [file({ a: { dtype: "F32" } }, 4), /no shape or offsets/],
  ];
  for (const [bytes, message] of cases) assert.throws(() => decodeSafetensors(bytes), message);
});

Deno.test("decodeSafetensors() keeps tensors whose names objects treat specially", () => {
  const data = Float32Array.of(1);
  const named = Object.fromEntries(
    ["__proto__", "7", "a"].map((name) => [name, { dtype: "F32", shape: [1], data }] as const),
  );
  const { tensors } = decodeSafetensors(encodeSafetensors(named));
  assert.deepEqual(Object.keys(tensors).sort(), ["7", "__proto__", "a"]);
});
