import assert from "node:assert/strict";
import { Pjrt } from "../../../lib/engine/xla/pjrt.ts";
import { canCompile, fakePlugin } from "./fake_plugin.ts";

Deno.test({
  name: "a thread may be ended while its plugin compiles: what the plugin writes to is not freed",
  ignore: !canCompile,
  async fn() {
    using plugin = fakePlugin({ SLOW: 1 });
    for (let round = 0; round < 3; round++) {
      const thread = new Worker(new URL("./compile_in_thread.ts", import.meta.url), {
        type: "module",
      });
      const begun = new Promise((resolve) => thread.onmessage = resolve);
      thread.postMessage(plugin.path);
      await begun;
      thread.terminate();
    }
    // By the end of a compilation that begins after the others they have ended, too.
    const pjrt = new Pjrt(plugin.path);
    const before = plugin.live();
    const program = await pjrt.compile("module {}", '"g"');
    assert.ok(plugin.live() > before, "the plugin has given programs");
    pjrt.freeProgram(program);
    pjrt.close();
  },
});
