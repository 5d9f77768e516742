import assert from "node:assert/strict";
import { assertNoGrowth } from "../memory_growth.ts";
import { xlaPlugin } from "./plugin.ts";

const SCRIPT = new URL("../print_training_digest.ts", import.meta.url).href;

/** Digest of what a process of its own has trained. */
async function digest(): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", SCRIPT, "xla", "C1", "16"],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  assert.ok(success, text(stderr));
  assert.match(text(stdout), /^[0-9a-f]{64}$/);
  return text(stdout);
}

Deno.test({
  name: "200 steps of a small C1 end at the same bits in two processes, xla engine",
  ignore: xlaPlugin === undefined,
  // One after the other, so that the second one loads what the first one compiled.
  fn: async () => assert.equal(await digest(), await digest()),
});

Deno.test({
  name: "2 000 steps of a small C1 leave the process's memory as it was, xla engine",
  ignore: xlaPlugin === undefined,
  fn: () => assertNoGrowth("xla", { warmUp: 200, batch: 24 }),
});
