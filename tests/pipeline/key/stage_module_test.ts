import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { BundleError, bundleModules } from "../../../lib/pipeline/key/bundle.ts";
import {
  declaredFields,
  isCurrent,
  readStageModules,
} from "../../../lib/pipeline/key/stage_module.ts";

const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));

/** A scratch folder; disposing of it removes it. */
async function scratch(files: Record<string, string>) {
  const folder = await Deno.makeTempDir({ prefix: "basin-module-" });
  const write = (name: string, text: string) => Deno.writeTextFile(join(folder, name), text);
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return {
    folder,
    write,
    at: (name: string) => join(folder, name),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

const FILES = {
  "entry.ts": `import { f } from "./used.ts";
import table from "./table.json" with { type: "json" };
import { z } from "zod";
export default { summary: "s", parameters: z.strictObject({ a: z.int() }), run: () => f(table) };
`,
  "used.ts": "/** Doc. */\nexport const f = (x: unknown): unknown => [x, 1];\n",
  "table.json": '{ "x": 1 }',
};

Deno.test("bundleModules() changes its text with effective edits only", async () => {
  await using files = await scratch(FILES);
  const text = async () => {
    const bundle = (await bundleModules([files.at("entry.ts")], PROJECT)).get(
      files.at("entry.ts"),
    )!;
    assert.ok(!(bundle instanceof BundleError));
    return bundle.text;
  };
  const original = await text();
  const { "used.ts": used } = FILES;
  const idle = [
    used.replace("Doc.", "Another remark, with many letters zzzzzzz."),
    used.replace(": unknown): unknown", ": object): readonly object[]"),
    used.replaceAll(" ", "  "),
    `${used}export const unused = 1;\nexport interface Unused { readonly zzz: string }\n`,
    `/*! @license kept by default */\n${used}`,
  ];
  for (const edit of idle) {
    await files.write("used.ts", edit);
    assert.equal(await text(), original, edit);
  }
  await files.write("used.ts", used.replace("1]", "2]"));
  assert.notEqual(await text(), original, "a live constant");
  await files.write("used.ts", used);
  await files.write("table.json", '{ "x": 2 }');
  assert.notEqual(await text(), original, "imported data");
});

Deno.test("bundleModules() gives the same text under another file name", async () => {
  const { "entry.ts": entry } = FILES;
  const odd = `${entry}export const trap = "stage_default";\n`;
  await using files = await scratch({ ...FILES, "other.ts": entry, "odd.ts": odd });
  const paths = ["entry.ts", "other.ts", "odd.ts"].map(files.at);
  const [a, b, c] = [...(await bundleModules(paths, PROJECT)).values()].map((bundle) => {
    assert.ok(!(bundle instanceof BundleError));
    return bundle.text;
  });
  assert.equal(a, b);
  assert.match(c!, /odd_default as default/, "the name is taken, so the file's stays");
});

Deno.test("bundleModules() gives the same text in another folder", async () => {
  await using here = await scratch(FILES);
  await using there = await scratch(FILES);
  const bundles = await bundleModules([here.at("entry.ts"), there.at("entry.ts")], PROJECT);
  const [a, b] = [...bundles.values()];
  assert.ok(!(a instanceof BundleError) && !(b instanceof BundleError));
  assert.equal(a!.text, b!.text);
  assert.deepEqual(a!.packages, ["zod"]);
  assert.deepEqual(a!.modules, ["entry.ts", "table.json", "used.ts"].map(here.at));
});

Deno.test("bundleModules() says where a module is broken", async () => {
  await using files = await scratch({
    "bad.ts": 'import "./none.ts";\n',
    "syntax.ts": "let x = ;\n",
  });
  const bundles = await bundleModules([files.at("bad.ts"), files.at("syntax.ts")], files.folder);
  const messages = [...bundles.values()].map((bundle) => (bundle as BundleError).message);
  assert.match(messages[0]!, /^bad\.ts:1:8: Could not resolve "\.\/none\.ts"/);
  assert.match(messages[1]!, /^syntax\.ts:1:9: Unexpected ";"/);
});

Deno.test("readStageModules() reads what a module declares, or says why it is no stage", async () => {
  await using files = await scratch({
    ...FILES,
    "none.ts": "export const x = 1;\n",
    "throws.ts": 'throw new Error("at import");\n',
  });
  const names = ["entry.ts", "none.ts", "throws.ts"];
  const [entry, none, throws] = [
    ...(await readStageModules(names.map(files.at), PROJECT)).values(),
  ];
  assert.ok(!(entry instanceof Error));
  assert.deepEqual(entry!.module.fields, ["a"]);
  assert.equal(entry!.module.summary, "s");
  assert.deepEqual(Object.keys(entry!.module.packages), ["zod@4.6.7"]);
  assert.match((none as Error).message, /its default export is none/);
  assert.match((throws as Error).message, /at import/);
});

Deno.test("isCurrent() trusts old times, and reads files whose times moved or are too young", async () => {
  await using files = await scratch({ "a.ts": "let a = 1;\n" });
  const path = files.at("a.ts");
  const long = new Date("2020-01-01T00:00:00Z");
  const setBack = async () => {
    await Deno.utime(path, long, long);
    return (await Deno.stat(path)).ctime!.getTime();
  };
  const changed = await setBack();
  // The digest is wrong on purpose: only trusted times can make the memo current.
  const memo = (at: number, changedThen = changed) => ({
    at,
    files: { [path]: [11, long.getTime(), changedThen, "wrong"] as const },
  });
  const later = changed + 10_000;
  assert.equal(isCurrent(memo(later), files.folder), true);
  assert.equal(isCurrent(memo(changed + 1000), files.folder), false, "too young to trust");
  assert.equal(isCurrent(memo(later, changed - 5000), files.folder), false, "changed since then");
  await Deno.utime(path, new Date(), new Date());
  assert.equal(isCurrent(memo(later), files.folder), false, "another time");
  await files.write("a.ts", "let a = 22;\n");
  await setBack();
  assert.equal(isCurrent(memo(later), files.folder), false, "another size");
});

Deno.test("declaredFields() reads objects and unions, and gives up on the rest", () => {
  const a = z.strictObject({ a: z.int() });
  const b = z.strictObject({ b: z.string(), c: z.number().optional() });
  assert.deepEqual(declaredFields(a.refine(() => true)), ["a"]);
  assert.deepEqual(declaredFields(z.union([a, b])), ["a", "b", "c"]);
  assert.deepEqual(declaredFields(z.strictObject({})), []);
  assert.equal(declaredFields(z.record(z.string(), z.number())), null);
});
