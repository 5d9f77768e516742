import assert from "node:assert/strict";
import { xlaEngine } from "../../../lib/engine/xla/engine.ts";
import { placeholder } from "../../../lib/graph/ops/leaf.ts";
import { tanh } from "../../../lib/graph/ops/tanh.ts";
import { canCompile, type FakeOptions, fakePlugin } from "./fake_plugin.ts";

const ROOT = new URL("../../..", import.meta.url).pathname;

/** How a plugin goes wrong, and what the command line says of it. */
const CASES: readonly (readonly [what: string, FakeOptions, RegExp])[] = [
  ["is of another major version", { MAJOR: 1 }, /it speaks version 1\.90 .*; take a plugin of an/],
  ["finds no device", { DEVICES: 0 }, /it finds no device: see that `nvidia-smi` lists one/],
  ["has no memory left", { FAIL: 10, CODE: 8 }, /the device has no memory left: end other prog/],
  [
    "finds too old a driver",
    { FAIL: 10, TEXT: "CUDA driver version is insufficient for CUDA runtime version" },
    /the driver is too old for this plugin: install a newer driver/,
  ],
];

for (const [what, options, words] of CASES) {
  Deno.test({
    name: `basin ends with one line and exit code 2 where the plugin ${what}`,
    ignore: !canCompile,
    async fn() {
      using plugin = fakePlugin(options);
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "-A", "tasks/basin.ts", "plan", "--profile", "smoke"],
          ...["--engine", `xla:${plugin.path}`],
        ],
        cwd: ROOT,
      }).output();
      const text = new TextDecoder().decode(stderr);
      assert.equal(code, 2, text);
      assert.match(text, words);
      assert.equal(text.trimEnd().split("\n").length, 1, text);
    },
  });
}

Deno.test({
  name: "a run on a plugin ends at what the device refuses, and names function and program",
  ignore: !canCompile,
  async fn() {
    using plugin = fakePlugin({ FAIL: 22, CODE: 8, TEXT: "no room for 8 bytes" });
    const engine = xlaEngine(plugin.path, { compiled: `${plugin.path}.kept` });
    await using session = await engine.load({
      f: { outputs: { y: tanh(placeholder("x", [2])) } },
    });
    await assert.rejects(
      session.run("f", { x: Float32Array.of(1, 2) }),
      /Cannot copy x \[2\] to the device: PJRT_Client_BufferFromHostBuffer says: no room .*; the de/,
    );
  },
});
