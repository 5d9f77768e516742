import assert from "node:assert/strict";
import { encodeSafetensors } from "../../lib/data/safetensors.ts";
import { readWeightsFile } from "../../lib/own_model/weights_file.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

Deno.test("readWeightsFile() says which other program's file it is, and what to do", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/w`;
  const cases: [string, Uint8Array, RegExp][] = [
    [
      "torch.save",
      new TextEncoder().encode("PK\x03\x04archive/data.pkl"),
      /a zip archive, as torch/,
    ],
    ["Keras", Uint8Array.of(0x89, 72, 68, 70, 13, 10, 26, 10, 0, 0), /an HDF5 file, as Keras/],
    ["pickle", Uint8Array.of(0x80, 4, 0x95, 1, 0, 0, 0, 0, 0), /a pickle.*save_file/],
    ["nothing known", Uint8Array.of(1, 2, 3), /Cannot read .*safetensors/],
  ];
  for (const [what, bytes, message] of cases) {
    await Deno.writeFile(path, bytes);
    assert.throws(() => readWeightsFile(path), { name: "SyntaxError", message }, what);
  }
  assert.throws(() => readWeightsFile("m.onnx"), /name it before the flags, without --weights/);
  assert.throws(() => readWeightsFile(`${folder.path}/none`), /there is no such file/);
});

Deno.test("readWeightsFile() reads a file whose header is as long as another format begins", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/w`;
  // 128 bytes of header: the file begins with 0x80, as a pickle does.
  for (let length = 1;; length++) {
    const tensor = { dtype: "F32" as const, shape: [1], data: Float32Array.of(2) };
    const bytes = encodeSafetensors({ ["w".repeat(length)]: tensor });
    if (bytes[0] !== 0x80) continue;
    await Deno.writeFile(path, bytes);
    assert.deepEqual(Object.keys(readWeightsFile(path).tensors), ["w".repeat(length)]);
    break;
  }
});
