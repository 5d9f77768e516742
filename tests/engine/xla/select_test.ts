import assert from "node:assert/strict";
import { xlaPlugin } from "./plugin.ts";

/** What a process says whose BASIN_ENGINE is set: the description foretold, and the engine's own. */
async function described(engine: string) {
  const script = new URL("./print_selected.ts", import.meta.url).href;
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script],
    env: { BASIN_ENGINE: engine },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { success, stderr: text(stderr), answer: success ? JSON.parse(text(stdout)) : undefined };
}

Deno.test({
  name: "selectEngine() gives the plugin at a path, described as engineDescription() foretells",
  ignore: xlaPlugin === undefined,
  async fn() {
    const { success, stderr, answer } = await described(`xla:${xlaPlugin}`);
    assert.ok(success, stderr);
    assert.deepEqual(answer.selected, answer.foretold);
    assert.equal(answer.selected.name, "xla");
    assert.equal(answer.selected.platform, "cpu");
    assert.match(answer.selected.plugin, /^[0-9a-f]{12}$/);
  },
});

Deno.test("selectEngine() refuses a plugin that is not there, naming it", async () => {
  const { success, stderr } = await described("xla:/nowhere/plugin.so");
  assert.ok(!success);
  assert.match(stderr, /RangeError: Cannot use the XLA plugin \/nowhere\/plugin.so: there is no/);
});

Deno.test("basin refuses a plugin that is no plugin with one line and exit code 2", async () => {
  const file = await Deno.makeTempFile({ suffix: ".so" });
  try {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "tasks/basin.ts",
        "plan",
        "--profile",
        "smoke",
        "--engine",
        `xla:${file}`,
      ],
      cwd: new URL("../../..", import.meta.url).pathname,
    }).output();
    const text = new TextDecoder().decode(stderr);
    assert.equal(code, 2, text);
    assert.match(text, /Cannot open the XLA plugin/);
    assert.doesNotMatch(text, /\n\s+at /);
  } finally {
    await Deno.remove(file);
  }
});
