import assert from "node:assert/strict";
import { placeholder } from "../../lib/graph/ops/leaf.ts";
import { tanh } from "../../lib/graph/ops/tanh.ts";
import type { Progress } from "../../lib/pipeline/stage.ts";
import { stageEngine } from "../../lib/study/stage_engine.ts";
import { canCompile, fakePlugin } from "../engine/xla/fake_plugin.ts";

Deno.test({
  name: "stageEngine() tells the stage's log and progress while a program takes 3 s to compile",
  ignore: !canCompile,
  async fn() {
    using plugin = fakePlugin({ SLOW: 3 });
    const before = ["BASIN_ENGINE", "BASIN_CACHE"].map((name) =>
      [name, Deno.env.get(name)] as const
    );
    Deno.env.set("BASIN_ENGINE", `xla:${plugin.path}`);
    Deno.env.set("BASIN_CACHE", `${plugin.path}.cache`);
    try {
      const lines: string[] = [];
      const shown: Progress[] = [];
      const engine = await stageEngine({
        log: (line) => void lines.push(line),
        progress: (update) => void shown.push(update),
      });
      await using session = await engine.load({
        f: { outputs: { y: tanh(placeholder("x", [1])) } },
      });
      await session.run("f", { x: Float32Array.of(0) });
      assert.deepEqual(lines, ['compiling "f" for the device (2 s)']);
      assert.deepEqual(shown, [{ done: 0, total: 0, note: lines[0] }]);
      await session.run("f", { x: Float32Array.of(0) });
      assert.equal(lines.length, 1, "it is compiled once");
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) Deno.env.delete(name);
        else Deno.env.set(name, value);
      }
    }
  },
});
