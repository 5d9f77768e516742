import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { pluginDigest } from "../../../lib/engine/xla/plugin_digest.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

Deno.test("pluginDigest() reads a plugin once, and again when it has changed", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const plugin = `${folder}/plugin.so`;
    const kept = `${folder}/kept`;
    const write = async (text: string, time: number) => {
      await Deno.writeTextFile(plugin, text);
      await Deno.utime(plugin, time, time);
    };
    await write("one", 1000);
    assert.equal(pluginDigest(plugin, undefined), sha256("one"));
    assert.equal(pluginDigest(plugin, kept), sha256("one"));
    // The same size, time and inode: taken for the same plugin, so it was not read.
    await write("two", 1000);
    assert.equal(pluginDigest(plugin, kept), sha256("one"));
    await write("two", 2000);
    assert.equal(pluginDigest(plugin, kept), sha256("two"));
    const [{ name }] = await Array.fromAsync(Deno.readDir(kept)) as [Deno.DirEntry];
    for (const damaged of ["", "no digest", "3 2000000 1\nabc\n"]) {
      await Deno.writeTextFile(`${kept}/${name}`, damaged);
      assert.equal(pluginDigest(plugin, kept), sha256("two"));
    }
    assert.equal(pluginDigest(plugin, `${plugin}/no folder`), sha256("two"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
