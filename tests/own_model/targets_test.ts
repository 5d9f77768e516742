import assert from "node:assert/strict";
import { kebabCase } from "../../lib/pipeline/verbs/flags.ts";
import { measureOptions } from "../../lib/own_model/options.ts";
import { checkTargets } from "../../lib/own_model/targets.ts";

const FILES: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>> = {
  "result.json": '\n {"weights": {}}\n',
  "page.html": "<!doctype html>\n",
  "empty.json": "",
  "data.npz": Uint8Array.of(0x50, 0x4b, 3, 4),
  "x.npy": Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59),
  "w.safetensors": Uint8Array.of(64, 0, 0, 0, 0, 0, 0, 0, 0x7b),
  "model.onnx": Uint8Array.of(8, 9, 18, 7),
  "images-idx3-ubyte": Uint8Array.of(0, 0, 8, 3),
  "table.csv": "a,b,y\n1,2,0\n",
};

/** Refused by {@link checkTargets} with this message, or taken. */
async function withTargets(
  run: (check: (flags: Record<string, string>) => void, folder: string) => void,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  try {
    for (const [name, content] of Object.entries(FILES)) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(`${folder}/${name}`, bytes);
    }
    await Deno.symlink(folder, `${folder}/link`);
    const check = (flags: Record<string, string>) => {
      const paths = Object.entries(flags).map(([name, file]) => [name, `${folder}/${file}`]);
      checkTargets(measureOptions(Object.fromEntries(paths), kebabCase, ["model.onnx"]));
    };
    run(check, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("checkTargets() takes new files and results of earlier calls", () =>
  withTargets((check) => {
    check({});
    check({ out: "new.json", report: "new.html", surface: "new.svg" });
    check({ out: "result.json", report: "page.html", surface: "empty.json" });
    check({ out: "new" });
  }));

Deno.test("checkTargets() refuses to replace what is no result: data, weights, models, tables", () =>
  withTargets((check, folder) => {
    const inputs = Object.keys(FILES).filter((name) => !/json|html/.test(name));
    assert.equal(inputs.length, 6);
    for (const name of inputs) {
      assert.throws(() => check({ out: name }), {
        name: "RangeError",
        message: `Cannot write ${folder}/${name}: there is a file of that name, and it is no ` +
          "JSON, so no result of an earlier call; name another, or remove it first",
      });
    }
    assert.throws(() => check({ out: "page.html" }), /it is no JSON/);
    assert.throws(() => check({ surface: "result.json", out: "link/x.npy" }), /x\.npy: there is/);
  }));

Deno.test("checkTargets() wants a file for each result, whatever the names", () =>
  withTargets((check) => {
    const message = /Cannot write .* for --out and for --surface; name a file for each/;
    assert.throws(() => check({ out: "a.json", surface: "a.json" }), message);
    assert.throws(() => check({ out: "link/a.json", surface: "a.json" }), message);
    assert.throws(() => check({ out: "p.html", report: "p.html" }), /for --out and for --report/);
    assert.throws(() => check({ out: "result.json", surface: "link/result.json" }), message);
  }));
