import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { npmFolders } from "./npm_folders.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

Deno.test("npmFolders() gives what the entries load, with its links, and nothing else", async () => {
  const folders = await npmFolders(PROJECT, ["lib/pipeline/config/parse_study.ts"]);
  assert.ok(folders.includes("node_modules/zod") && folders.includes("node_modules/yaml"));
  assert.ok(folders.some((path) => /^node_modules\/\.deno\/zod@[\d.]+$/.test(path)));
  assert.ok(
    folders.some((path) => path.startsWith("node_modules/.deno/esbuild@")),
    "by name alone",
  );
  assert.deepEqual(folders.filter((path) => /tensorflow|axe-core|vega/.test(path)), []);
  for (const path of folders) await Deno.lstat(`${PROJECT}/${path}`);
});

Deno.test("npmFolders() names an entry that is not there", async () => {
  await assert.rejects(npmFolders(PROJECT, ["lib/nowhere.ts"]), /Cannot read lib\/nowhere\.ts/);
});
