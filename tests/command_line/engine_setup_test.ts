import assert from "node:assert/strict";
import { ensureEngine } from "../../lib/command_line/engine_setup.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

/** What `ensureEngine()` does under an environment, and whether the set-up ran. */
async function ensured(env: Readonly<Record<string, string>>) {
  await using folder = await temporaryFolder();
  const program = `${folder.path}/setup.ts`;
  await Deno.writeTextFile(
    program,
    `Deno.writeTextFileSync("${folder.path}/ran", ""); Deno.exit(7)`,
  );
  const before = Object.keys(env).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(env)) Deno.env.set(name, value);
  try {
    const status = await ensureEngine(program);
    return {
      status,
      hasRun: (await Deno.stat(`${folder.path}/ran`).catch(() => {})) !== undefined,
    };
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}

Deno.test("ensureEngine() runs the set-up where the engine is not there, and hands on its status", async () => {
  await using empty = await temporaryFolder();
  assert.deepEqual(await ensured({ BASIN_CACHE: empty.path }), { status: 7, hasRun: true });
});

Deno.test("ensureEngine() runs the set-up where another engine is asked for, which may say so", async () => {
  assert.deepEqual(await ensured({ BASIN_ENGINE: "wasm" }), { status: 7, hasRun: true });
});
