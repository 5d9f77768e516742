import assert from "node:assert/strict";
import { xlaEngine } from "../../../lib/engine/xla/engine.ts";
import { Pjrt } from "../../../lib/engine/xla/pjrt.ts";
import { loadProgram } from "../../../lib/engine/xla/session.ts";
import { placeholder, variable } from "../../../lib/graph/ops/leaf.ts";
import { mul } from "../../../lib/graph/ops/mul.ts";
import { canCompile, type FakeOptions, fakePlugin } from "./fake_plugin.ts";

const ignore = !canCompile;

/** What opening such a plugin says, which must leave nothing behind. */
function refusal(options: FakeOptions): string {
  using plugin = fakePlugin(options);
  try {
    new Pjrt(plugin.path);
  } catch (error) {
    assert.equal(plugin.live(), 0, "it was not freed");
    return (error as Error).message;
  }
  return "";
}

Deno.test({
  name: "Pjrt refuses a plugin of another version of the interface, saying which it takes",
  ignore,
  fn() {
    assert.match(refusal({ MAJOR: 1, MINOR: 3 }), /speaks version 1\.3 .* Basin speaks 0\.57 and/);
    // Before 0.57 the functions had other places: what would be called is not what is meant.
    assert.match(refusal({ MINOR: 56 }), /speaks version 0\.56 .*; take a plugin of another rel/);
    assert.equal(refusal({ MINOR: 57 }), "");
    assert.match(refusal({ TABLE: 16 }), /a table of 16 bytes, too short to have a version/);
    assert.match(refusal({ TABLE: 64 }), /it has no PJRT_Client_Create; take another release/);
  },
});

Deno.test({
  name: "Pjrt says what to do without a driver, with an old one, a device, or memory",
  ignore,
  fn() {
    const client = (TEXT: string, CODE = 13) => refusal({ FAIL: 10, CODE, TEXT });
    assert.match(
      client("CUDA driver version is insufficient for CUDA runtime version"),
      /Cannot find a device through .*: PJRT_Client_Create says: .*; the driver is too old/,
    );
    assert.match(client("no supported devices found"), /; it finds no device: see that `nvidia-s/);
    assert.match(client("allocator failed", 8), /; the device has no memory left: end other pro/);
    assert.doesNotMatch(client("something else"), /;/);
    assert.match(refusal({ DEVICES: 0 }), /it finds no device: see that/);
    assert.match(refusal({ GROWN: 999 }), /its interface is newer than Basin's/);
  },
});

Deno.test({
  name: "Pjrt refuses a library that is no plugin, and what is no library",
  ignore,
  async fn() {
    const source = await Deno.makeTempFile({ suffix: ".c" });
    await Deno.writeTextFile(source, "int live = 0;\n");
    using library = fakePlugin({}, source);
    assert.throws(() => new Pjrt(library.path), /no function GetPjrtApi, so it is no PJRT plugin/);
    assert.throws(() => new Pjrt(source), /Cannot open the XLA plugin .*; name the shared library/);
    await Deno.remove(source);
  },
});

const [x, w] = [placeholder("x", [2]), variable("w", [2])];
const program = {
  value: { outputs: { y: mul(x, w) } },
  step: { outputs: {}, updates: [{ kind: "assign" as const, variable: w, value: mul(w, x) }] },
};
const two = Float32Array.of(1, 2);

/** Everything a session does; what of it failed. */
async function use(pjrt: Pjrt): Promise<string[]> {
  const faults: string[] = [];
  const tried = async (act: () => Promise<unknown>) => {
    await act().catch((error: Error) => void faults.push(error.message));
  };
  const session = loadProgram(pjrt, (text, what) => pjrt.compile(text, what), program);
  await tried(() => session.assign({ w: two }));
  await tried(() => session.run("value", { x: two }));
  await tried(() => session.run("step", { x: two }));
  const indices = Int32Array.of(1);
  await tried(() =>
    session.run("value", { x: { table: Float32Array.of(1, 2, 3, 4), width: 2, indices } })
  );
  await tried(() => session.read(["w"]));
  await session[Symbol.asyncDispose]();
  return faults;
}

Deno.test({
  name: "a session frees every buffer, event, program and error, whichever call of it fails",
  ignore,
  async fn() {
    const places = { compile: 20, upload: 22, outputs: 44, look: 51, execute: 55, download: 70 };
    const cases: FakeOptions[] = [
      ...Object.values(places).map((FAIL) => ({ FAIL })),
      // Copies of w and x, the run, the copy of y, …: each event in turn.
      ...Array.from({ length: 11 }, (_, i) => i + 1).map((EVENT) => ({ EVENT })),
    ];
    for (const options of cases) {
      using plugin = fakePlugin(options);
      const pjrt = new Pjrt(plugin.path);
      const faults = await use(pjrt);
      const name = JSON.stringify(options);
      assert.ok(faults.some((text) => text.includes("it was told to fail")), name);
      assert.equal(pjrt.live, 0, name);
      assert.equal(plugin.live(), 1, `${name}: more is left than the client`);
      pjrt.close();
      assert.equal(plugin.live(), 0, name);
    }
  },
});

Deno.test({
  name: "2 000 steps leave as many buffers, events and programs as one",
  ignore,
  async fn() {
    using plugin = fakePlugin();
    const pjrt = new Pjrt(plugin.path);
    const session = loadProgram(pjrt, (text, what) => pjrt.compile(text, what), program);
    await session.assign({ w: two });
    const turn = async () => {
      await session.run("step", { x: two });
      await session.run("value", { x: two });
      await session.assign({ w: two });
      await session.read(["w"]);
      await assert.rejects(session.run("value", {}));
      await assert.rejects(session.run("value", { x: Float32Array.of(1) }));
    };
    await turn();
    const [ours, theirs] = [pjrt.live, plugin.live()];
    // One variable and two programs; the plugin counts the client too.
    assert.deepEqual([ours, theirs], [3, 4]);
    for (let step = 0; step < 2000; step++) await turn();
    assert.deepEqual([pjrt.live, plugin.live()], [ours, theirs]);
    await session[Symbol.asyncDispose]();
    pjrt.close();
    assert.equal(plugin.live(), 0);
  },
});

Deno.test({
  name: "xlaEngine() refuses a GPU's plugin that its name does not show, for want of its flags",
  ignore,
  fn() {
    using plugin = fakePlugin({ PLATFORM: "cuda" });
    assert.throws(
      () => xlaEngine(plugin.path),
      /it is for cuda, and its file does not say so, .*; name it xla_cuda_plugin\.so/,
    );
    assert.equal(plugin.live(), 0);
  },
});

Deno.test({
  name: "a session works with a plugin whose structs have grown, or have not yet",
  ignore,
  async fn() {
    for (const options of [{ GROWN: 0 }, { GROWN: 48, MINOR: 120 }]) {
      using plugin = fakePlugin(options);
      const pjrt = new Pjrt(plugin.path);
      assert.deepEqual(await use(pjrt), []);
      pjrt.close();
      assert.equal(plugin.live(), 0);
    }
  },
});
