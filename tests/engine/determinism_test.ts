import assert from "node:assert/strict";
import { locateNative } from "../../lib/engine/setup/location.ts";

Deno.test({
  name: "TensorFlow with one thread computes the same bits in two processes",
  ignore: locateNative() === undefined,
  fn: async () => {
    const script = new URL("./print_training_digest.ts", import.meta.url);
    const run = async () => {
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", script.href],
        env: { TF_NUM_INTRAOP_THREADS: "1", TF_NUM_INTEROP_THREADS: "1" },
        stderr: "null",
      }).output();
      return new TextDecoder().decode(stdout).trim();
    };
    const first = await run();
    assert.match(first, /^[0-9a-f]{64}$/);
    assert.equal(await run(), first);
  },
});
