/** Follows docs/tutorial.md: its files are taken from the page, and its tests are run. */
import assert from "node:assert/strict";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { parseStudy } from "../../lib/pipeline/config/parse_study.ts";
import { expandStudy } from "../../lib/pipeline/plan/expand.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = await Deno.readTextFile(join(ROOT, "docs/tutorial.md"));

/** Path → text of the blocks that the page introduces so: ``Write `path`:``. */
function blocks(verb: "Write" | "Add to"): Map<string, string> {
  const block = RegExp(
    `${verb.replace(" ", "\\s")}\\s\`([^\`]+)\`:\n\n\`\`\`.*\n([^]*?)^\`\`\``,
    "gm",
  );
  return new Map([...PAGE.matchAll(block)].map(([, path, text]) => [path!, text!]));
}

const written = blocks("Write");
const added = blocks("Add to");

/** A list as it is once the page's entry stands at its end. */
async function extended(path: string, text: string): Promise<string> {
  const list = await Deno.readTextFile(join(ROOT, path));
  const lines = text.split("\n");
  const imports = lines.filter((line) => line.startsWith("import "));
  const entry = lines.filter((line) => !line.startsWith("import "));
  const end = "\n} satisfies Readonly<Record<string, ";
  assert.equal(list.split(end).length, 2, `${path} has no list to add to`);
  return [...imports, list.replace(end, `\n${entry.join("\n")}${end}`)].join("\n");
}

/** Imports that name files of the page stay as they are, all others get whole paths. */
function placed(path: string, text: string, ours: ReadonlySet<string>): string {
  return text.replaceAll(/from "(\.[^"]+)"/g, (whole, specifier) => {
    const target = posix.join(posix.dirname(path), specifier);
    return ours.has(target) ? whole : `from "${new URL(target, `file://${ROOT}`)}"`;
  });
}

Deno.test("the tutorial's studies are sound, and make the cells that they speak of", async () => {
  const main = await Deno.readTextFile(join(ROOT, "pipeline.yaml"));
  const cells = (profile: string, text: string) => {
    const studies = [{ name: `studies/${profile}.yaml`, profile, text }];
    const study = parseStudy(main, { name: "pipeline.yaml", root: ROOT, profile, studies });
    return [...expandStudy(study).keys()];
  };
  const rates = cells("rates", written.get("studies/rates.yaml")!);
  assert.equal(rates.filter((id) => id.startsWith("sharpness")).length, 4);
  // The stage's module is the page's own, so another stands in for it.
  const text = written.get("studies/norms.yaml")!.replace("tasks/norm.ts", "tasks/ritz.ts");
  assert.equal(cells("norms", text).filter((id) => id.startsWith("norm")).length, 2);
});

Deno.test("the tutorial's stage, layer, measure and data set pass their tests", async () => {
  await using folder = await temporaryFolder();
  const files = new Map([...written].filter(([path]) => path.endsWith(".ts")));
  for (const [path, text] of added) files.set(path, await extended(path, text));
  files.set(
    "tests/lists_test.ts",
    `import assert from "node:assert/strict";
     import { CATALOGUE } from "../lib/acquisition/catalogue.ts";
     import { MEASURE_NAMES } from "../lib/measures/measures.ts";
     Deno.test("lists", () => {
       assert.equal(MEASURE_NAMES.at(-1), "gradient-norm");
       assert.equal(CATALOGUE.letters.files[3]!.members[0]!.part, "test");
     });`,
  );
  const ours = new Set(files.keys());
  for (const [path, text] of files) {
    await Deno.mkdir(join(folder.path, dirname(path)), { recursive: true });
    await Deno.writeTextFile(join(folder.path, path), placed(path, text, ours));
  }
  const tests = [...ours].filter((path) => path.endsWith("_test.ts"));
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", ...tests.map((path) => join(folder.path, path))],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.ok(success, text);
  assert.match(text, RegExp(`\\b${tests.length} passed`));
  assert.equal(tests.length, 4);
});
