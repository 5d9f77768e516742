import assert from "node:assert/strict";
import { type DocOutput, documentationFaults } from "./support/documentation.ts";
import { ROOT, sourceFiles } from "./support/source_files.ts";

Deno.test("every exported symbol of lib is documented", async () => {
  const files = await sourceFiles(["lib"]);
  assert.ok(files.length > 0, "found no files");
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...files.map(({ path }) => path)],
    cwd: ROOT,
  }).output();
  const text = new TextDecoder();
  assert.ok(success, text.decode(stderr));
  const output: DocOutput = JSON.parse(text.decode(stdout));
  assert.ok(Object.keys(output.nodes).length >= files.length, "deno doc left modules out");
  assert.deepEqual(documentationFaults(output, ROOT.href), []);
});

Deno.test("documentationFaults() names what has no sentence", () => {
  const at = (line: number) => ({
    location: { filename: "file:///basin/lib/a.ts", line: line - 1 },
  });
  const exported = (line: number, doc?: string) => ({
    ...at(line),
    declarationKind: "export",
    ...(doc !== undefined && { jsDoc: { doc } }),
  });
  const output: DocOutput = {
    version: 2,
    nodes: {
      "file:///basin/lib/a.ts": {
        symbols: [
          { name: "documented", declarations: [exported(1, "What it is.")] },
          { name: "bare", declarations: [exported(2)] },
          { name: "blank", declarations: [exported(3, " \n")] },
          { name: "overloaded", declarations: [exported(4, "Both."), exported(5)] },
          { name: "internal", declarations: [{ ...at(6), declarationKind: "private" }] },
          {
            name: "renamed",
            declarations: [{
              ...at(7),
              declarationKind: "export",
              jsDoc: { doc: "Has a box.", tags: [{ kind: "param", name: "bounds" }] },
              def: { params: [{ kind: "identifier", name: "box" }] },
            }],
          },
        ],
      },
    },
  };
  assert.deepEqual(documentationFaults(output, "file:///basin/"), [
    "lib/a.ts:2: bare has no documentation",
    "lib/a.ts:3: blank has no documentation",
    'lib/a.ts:7: renamed has no parameter "bounds", but documents it',
  ]);
  assert.throws(() => documentationFaults({ version: 3, nodes: {} }, ""), RangeError);
});

Deno.test("deno doc --lint finds nothing to say of the library's entry", async () => {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", "lib/mod.ts"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "null",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
});
