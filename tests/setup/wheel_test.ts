import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { SetupFailure } from "../../lib/engine/setup/failure.ts";
import type { Wheel } from "../../lib/engine/setup/release.ts";
import { unpackWheel, verifyWheel } from "../../lib/engine/setup/wheel.ts";
import { zipOf } from "../support/zip.ts";

const LIBRARIES = {
  "tensorflow/libtensorflow_cc.so.2": "C library",
  "tensorflow/libtensorflow_framework.so.2": "framework",
};

/** Calls `act` with the path of a file of these bytes and an empty folder. */
async function withFile(
  bytes: Uint8Array,
  act: (path: string, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  try {
    await Deno.writeFile(`${folder}/x.whl`, bytes);
    await act(`${folder}/x.whl`, `${folder}/unpacked`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function pinned(bytes: Uint8Array): Wheel {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { project: "x", platformTag: "any", sha256, bytes: bytes.length, tested: true };
}

Deno.test("verifyWheel() accepts the pinned bytes and no others", async () => {
  const bytes = zipOf(LIBRARIES);
  await withFile(bytes, (path) => verifyWheel(path, pinned(bytes)));
  const altered = bytes.with(40, bytes[40]! ^ 1);
  await withFile(altered, async (path) => {
    await assert.rejects(verifyWheel(path, pinned(bytes)), /SHA-256 is .{12}…, pinned is .{12}…/);
  });
  await withFile(bytes.slice(0, -1), async (path) => {
    await assert.rejects(verifyWheel(path, pinned(bytes)), /cut short: \d+ of \d+ bytes/);
  });
});

Deno.test("unpackWheel() takes the libraries and the headers needed, and nothing else", async () => {
  const members = {
    ...LIBRARIES,
    "tensorflow/include/tensorflow/c/c_api.h": "header 1",
    "tensorflow/include/tsl/platform/ctstring.h": "header 2",
    "tensorflow/include/tensorflow/c/BUILD": "no header",
    "tensorflow/include/tensorflow/compiler/jit/jit.h": "not needed",
    "tensorflow/python/libtensorflow_cc.so.2": "another",
  };
  await withFile(zipOf(members), async (path, folder) => {
    await unpackWheel(path, folder);
    assert.deepEqual(await filesBelow(folder), {
      "include/tensorflow/c/c_api.h": "header 1",
      "include/tsl/platform/ctstring.h": "header 2",
      "lib/libtensorflow_cc.so.2": "C library",
      "lib/libtensorflow_framework.so.2": "framework",
    });
  });
});

Deno.test("unpackWheel() fails on a missing library and on a damaged archive", async () => {
  const { "tensorflow/libtensorflow_cc.so.2": text } = LIBRARIES;
  await withFile(zipOf({ "tensorflow/libtensorflow_cc.so.2": text }), async (path, folder) => {
    await assert.rejects(unpackWheel(path, folder), (error) => {
      assert.ok(error instanceof SetupFailure);
      assert.match(error.reason.why, /libtensorflow_framework\.so\.2 not in it/);
      return true;
    });
  });
  await withFile(zipOf(LIBRARIES).slice(0, 90), async (path, folder) => {
    await assert.rejects(unpackWheel(path, folder), /End of central directory/i);
  });
});

async function filesBelow(folder: string, prefix = ""): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      Object.assign(files, await filesBelow(`${folder}/${name}`, `${prefix}${name}/`));
    } else files[prefix + name] = await Deno.readTextFile(`${folder}/${name}`);
  }
  return files;
}
