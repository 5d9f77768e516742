import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { xlaPlugin } from "./plugin.ts";

const SCRIPT = new URL("./compile_many.ts", import.meta.url).href;

/** Names of the files, after a check that each whole one holds its own digest. */
async function soundFiles(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    names.push(name);
    if (name.includes(".")) continue;
    const file = await Deno.readFile(`${folder}/${name}`);
    const digest = createHash("sha256").update(file.subarray(32)).digest();
    assert.deepEqual([...digest], [...file.subarray(0, 32)], name);
  }
  return names;
}

Deno.test({
  name: "killed while it compiles, a process leaves a sound cache, and the next one sweeps up",
  ignore: xlaPlugin === undefined,
  async fn() {
    const folder = await Deno.makeTempDir();
    const args = (count: number) => ["run", "-A", SCRIPT, xlaPlugin!, folder, `${count}`];
    const decoder = new TextDecoder();
    try {
      // Killed as the first, the second, … program begins to be compiled, and after one was written.
      for (const moment of ["begins 0", "begins 1", "ends 1", "begins 3"]) {
        const child = new Deno.Command(Deno.execPath(), {
          args: args(9),
          stdout: "piped",
          stderr: "null",
        }).spawn();
        let said = "";
        for await (const chunk of child.stdout) {
          said += decoder.decode(chunk, { stream: true });
          if (!said.includes(`${moment}\n`)) continue;
          child.kill("SIGKILL");
          break;
        }
        assert.match(said, new RegExp(moment));
        assert.ok(!(await child.status).success);
        await soundFiles(folder);
      }
      // As if one had been killed while it wrote, two hours ago, and another just now.
      const [old, recent] = [`${folder}/0123.old`, `${folder}/0123.recent`];
      for (const path of [old, recent]) await Deno.writeTextFile(path, "half");
      await Deno.utime(old, new Date(0), new Date(0));
      const { success } = await new Deno.Command(Deno.execPath(), { args: args(6) }).output();
      assert.ok(success);
      const names = await soundFiles(folder);
      assert.equal(names.filter((name) => !name.includes(".")).length >= 6, true);
      assert.ok(names.includes("0123.recent") && !names.includes("0123.old"));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
