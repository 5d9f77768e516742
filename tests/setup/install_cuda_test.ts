import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { CudaRelease } from "../../lib/engine/setup/cuda_release.ts";
import { CUDA_RELEASES } from "../../lib/engine/setup/cuda_release.ts";
import { placeInFolder } from "../../lib/engine/setup/cuda_wheel.ts";
import { installCuda } from "../../lib/engine/setup/install_cuda.ts";
import { ended, type FakeSystem, fakeSystem } from "../support/fake_system.ts";
import { zipOf } from "../support/zip.ts";

const PLUGIN = "jax_plugins/xla_cuda13/xla_cuda_plugin.so";

/** Wheels by project, as small as can be. */
const WHEELS: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "jax-cuda13-pjrt": zipOf({ [PLUGIN]: "plugin", "jax_plugins/xla_cuda13/version.py": "python" }),
  "nvidia-cuda-nvcc": zipOf({
    "nvidia/cu13/bin/ptxas": "assembler",
    "nvidia/cu13/bin/nvcc": "compiler",
    "nvidia/cu13/include/cuda.h": "header",
  }),
  "nvidia-cublas": zipOf({
    "nvidia/cu13/lib/libcublas.so.13": "products",
    "nvidia_cublas-13.1.dist-info/licenses/License.txt": "licence",
  }),
};

const pinned: CudaRelease = {
  cuda: 13,
  plugin: PLUGIN,
  unpacked: 1000,
  wheels: Object.entries(WHEELS).map(([project, bytes]) => ({
    project,
    version: "1.0",
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    platformTag: "any",
    tested: false,
  })),
  release: { origin: "wheel", digest: "d16e57", folder: "xla-cuda13-test" },
};

/** A machine whose pip gives these wheels, or fails at one of them. */
async function machine(failing?: string): Promise<FakeSystem & { failing?: string | undefined }> {
  const system = Object.assign(await fakeSystem(), { failing });
  await system.addCommand("python3", async (args) => {
    if (args.includes("--version")) return ended(0);
    const project = args.at(-1)!.replace(/==.*/, "");
    if (project === system.failing) return ended(1, "ERROR: connection reset by peer");
    const folder = args[args.indexOf("-d") + 1]!;
    await Deno.writeFile(`${folder}/${project}.whl`, WHEELS[project]!);
    return ended(0);
  });
  return system;
}

const room = () => 1e12;

Deno.test("installCuda() takes plugin, libraries, programs and licences, and what runs may run", async () => {
  await using system = await machine();
  const path = await installCuda(pinned, { system, freeBytes: room });
  const folder = `${system.cache}/xla-cuda13-test`;
  assert.equal(path, `${folder}/${PLUGIN}`);
  assert.equal(await Deno.readTextFile(`${folder}/nvidia/cu13/lib/libcublas.so.13`), "products");
  assert.equal((await Deno.stat(`${folder}/nvidia/cu13/bin/ptxas`)).mode! & 0o111, 0o111);
  await Deno.stat(`${folder}/nvidia_cublas-13.1.dist-info/licenses/License.txt`);
  for (const unneeded of ["nvidia/cu13/bin/nvcc", "nvidia/cu13/include"]) {
    await assert.rejects(Deno.stat(`${folder}/${unneeded}`), Deno.errors.NotFound);
  }
  const calls = system.calls.length;
  assert.equal(await installCuda(pinned, { system, freeBytes: room }), path);
  assert.equal(system.calls.length, calls, "it was installed again");
  const left = (await Array.fromAsync(Deno.readDir(system.cache))).map(({ name }) => name).sort();
  assert.deepEqual(left, ["setup.lock", "setup.log", "xla-cuda13-test"]);
});

Deno.test("installCuda() goes on at the wheel that could not be fetched", async () => {
  await using system = await machine("nvidia-cublas");
  await assert.rejects(
    installCuda(pinned, { system, freeBytes: room }),
    /Cannot download nvidia-cublas==1\.0 with pip: connection reset by peer; check the network/,
  );
  system.failing = undefined;
  const before = system.calls.length;
  await installCuda(pinned, { system, freeBytes: room });
  const fetched = system.calls.slice(before).filter((call) => call.includes(" download "));
  assert.equal(fetched.length, 1);
  assert.match(fetched[0]!, /nvidia-cublas==1\.0$/);
});

Deno.test("installCuda() uses no wheel whose SHA-256 is another", async () => {
  await using system = await machine();
  const [first, ...rest] = pinned.wheels;
  const other = { ...pinned, wheels: [{ ...first!, sha256: "0".repeat(64) }, ...rest] };
  await assert.rejects(
    installCuda(other, { system, freeBytes: room }),
    /Cannot verify the wheel of jax-cuda13-pjrt: its SHA-256 is .{12}…, pinned is 000000000000…/,
  );
});

Deno.test("installCuda() fetches nothing where the disk has no room, or the platform no wheels", async () => {
  await using system = await machine();
  await assert.rejects(
    installCuda({ ...pinned, unpacked: 5e9 }, { system, freeBytes: () => 1e9 }),
    /it needs 5\.2 GB in .*cache, and 1\.0 GB are free; free some, or set BASIN_CACHE/,
  );
  const elsewhere = { ...system, platform: "linux-aarch64" };
  await assert.rejects(
    installCuda(pinned, { system: elsewhere, freeBytes: room }),
    /none is pinned for linux-aarch64; `pip install "jax\[cuda13\]"`/,
  );
  assert.ok(!system.calls.some((call) => call.includes(" download ")));
});

Deno.test("placeInFolder() leaves the folder of no wheel", () => {
  assert.equal(placeInFolder("nvidia/../../evil.so"), undefined);
  assert.equal(placeInFolder("/etc/evil.so"), undefined);
  assert.equal(placeInFolder("nvidia/cu13/nvvm/libdevice/libdevice.10.bc")?.length, 42);
  assert.equal(placeInFolder("nvidia/cu13/lib/libnvrtc.alt.so.13"), undefined);
});

Deno.test("CUDA_RELEASES pin each wheel once, by SHA-256 and size", () => {
  for (const { wheels, cuda, plugin } of Object.values(CUDA_RELEASES)) {
    assert.ok(plugin.includes(`cuda${cuda}`));
    assert.equal(new Set(wheels.map(({ project }) => project)).size, wheels.length);
    for (const { sha256, bytes } of wheels) {
      assert.match(sha256, /^[0-9a-f]{64}$/);
      assert.ok(bytes > 1e6);
    }
  }
});
