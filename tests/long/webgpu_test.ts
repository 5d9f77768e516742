import assert from "node:assert/strict";
import { runWebgpuCheck } from "../engine/webgpu_process.ts";

Deno.test({
  name: "every op agrees with the reference on webgpu",
  ignore: await runWebgpuCheck("adapter") === "none", // no GPU, nor a rasteriser
  // Hundreds of shaders are compiled, which takes a rasteriser half a minute.
  fn: async () => assert.equal(await runWebgpuCheck("ops"), "ok"),
});
