import assert from "node:assert/strict";

/** Most that 2 000 steps may add: 10 kB a step, which is less than what one of them is fed. */
const MOST = 20e6;

/** Asserts that 2 000 steps in a process of their own leave its memory as it was after `warmUp` steps. */
export async function assertNoGrowth(
  engine: string,
  { warmUp, batch }: { readonly warmUp: number; readonly batch: number },
): Promise<void> {
  const script = new URL("./print_memory_growth.ts", import.meta.url).href;
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--v8-flags=--expose-gc", script, engine, `${warmUp}`, `${batch}`],
    env: { TF_NUM_INTRAOP_THREADS: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  assert.ok(success, text(stderr));
  assert.match(text(stdout), /^-?\d+$/);
  assert.ok(Number(text(stdout)) < MOST, `memory grew by ${text(stdout)} bytes`);
}
