/** The portable engine's backends other than WebAssembly, which all other tests run on. */
import assert from "node:assert/strict";
import { portableEngine } from "../../lib/engine/portable/engine.ts";
import { placeholder, variable } from "../../lib/graph/ops/leaf.ts";
import { compareWithReference, SINGLE_ROUNDING } from "../graph/compare_ops.ts";
import { checkTraining } from "./check_training.ts";
import { runWebgpuCheck } from "./webgpu_process.ts";

Deno.test("every op agrees with the reference on cpu", async () => {
  await compareWithReference(await portableEngine({ backend: "cpu" }), SINGLE_ROUNDING);
});

Deno.test("a small C1 trains on cpu as on the reference", async () => {
  await checkTraining(await portableEngine({ backend: "cpu" }));
});

Deno.test("cpu, which computes in the arrays it is given, gets and gives copies", async () => {
  const engine = await portableEngine({ backend: "cpu" });
  const w = variable("w", [2]);
  const x = placeholder("x", [2]);
  const updates = [{ kind: "assign" as const, variable: w, value: x }];
  await using session = await engine.load({ f: { outputs: { w }, updates } });
  const [start, fed] = [Float32Array.of(1, 2), Float32Array.of(3, 4)];
  await session.assign({ w: start });
  start.fill(0);
  const before = await session.run("f", { x: fed });
  fed.fill(0);
  before.w!.fill(0);
  const after = await session.read(["w"]);
  assert.deepEqual([...after.w!], [3, 4]);
  after.w!.fill(0);
  assert.deepEqual([...(await session.read(["w"])).w!], [3, 4]);
});

Deno.test({
  name: "a small C1 trains on webgpu as on the reference",
  ignore: await runWebgpuCheck("adapter") === "none", // no GPU, nor a rasteriser
  fn: async () => assert.equal(await runWebgpuCheck("training"), "ok"),
});

Deno.test("webgpu without an adapter is refused, with what to choose instead", async () => {
  const { requestAdapter } = navigator.gpu;
  navigator.gpu.requestAdapter = () => Promise.resolve(null);
  try {
    await assert.rejects(portableEngine({ backend: "webgpu" }), {
      name: "RangeError",
      message: /no adapter; choose the engine tensorflow or wasm/,
    });
  } finally {
    navigator.gpu.requestAdapter = requestAdapter;
  }
});
