import assert from "node:assert/strict";
import { studyYaml } from "../support/study_yaml.ts";
import { DOCUMENTS } from "../../tasks/readme.ts";
import { readProseSources } from "../../lib/study/page/read_prose_sources.ts";
import { refreshNumbers } from "../../lib/study/page/refresh_numbers.ts";
import { fileURLToPath } from "node:url";
import { proseFaults } from "../../lib/study/page/prose_numbers.ts";
import { commandFor, fillBlocks, numbersBlocks } from "../../lib/study/page/readme_blocks.ts";

const ROOT = new URL("../../", import.meta.url);

const DOCUMENT = `# Title

<!-- numbers: view/a.md -->

old **a**

<!-- end of numbers -->

Words of mine.

<!-- numbers: report/b.svg -->

![a picture](PICTURE)

<!-- end of numbers -->
`;

Deno.test("fillBlocks() replaces what stands in a block, and nothing else", () => {
  const filled = fillBlocks(DOCUMENT, new Map([["view/a.md", "new\n"], ["view/c.md", "none"]]));
  assert.equal(filled, DOCUMENT.replace("old **a**", "new"));
  assert.deepEqual(numbersBlocks(filled).map(({ file, line }) => [file, line]), [
    ["view/a.md", 3],
    ["report/b.svg", 11],
  ]);
});

Deno.test("numbersBlocks() refuses blocks that do not close or that overlap", () => {
  const begin = "<!-- numbers: a.md -->\n";
  const end = "<!-- end of numbers -->\n";
  for (
    const [text, message] of [
      [begin, /that of line 1 has no end/],
      [end, /line 1 ends none/],
      [begin + begin + end, /line 2 begins one within that of line 1/],
      [begin + end + end, /line 3 ends none/],
    ] as const
  ) {
    assert.throws(() => numbersBlocks(text), { name: "SyntaxError", message });
  }
});

Deno.test("refreshNumbers() writes texts and pictures once, and says what it lacks", async () => {
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  try {
    const path = `${folder}/README.md`;
    const picture = `${folder}/copy.svg`;
    await Deno.mkdir(`${folder}/view`);
    await Deno.mkdir(`${folder}/report`);
    await Deno.writeTextFile(path, DOCUMENT.replace("PICTURE", picture));
    await Deno.writeTextFile(`${folder}/report/b.svg`, "<svg/>\n");
    const lacking = await refreshNumbers(path, folder, true);
    assert.deepEqual(lacking.changed, ["report/b.svg"]);
    assert.match(lacking.missing.join(), /view\/a\.md: `deno task pipeline` makes it/);
    assert.match(await Deno.readTextFile(path), /old \*\*a\*\*/);
    assert.equal(await Deno.readTextFile(picture), "<svg/>\n");
    // A table comes formatted as the rest of the document.
    await Deno.writeTextFile(`${folder}/view/a.md`, "| x |\n| ---: |\n| 1.25 |\n");
    const compared = await refreshNumbers(path, folder, false);
    assert.deepEqual(compared, { changed: ["view/a.md"], missing: [] });
    assert.match(await Deno.readTextFile(path), /old \*\*a\*\*/);
    await refreshNumbers(path, folder, true);
    assert.match(await Deno.readTextFile(path), /\n\| +x \|\n\| -+: \|\n\| 1\.25 \|\n\n<!-- end/);
    assert.deepEqual(await refreshNumbers(path, folder, false), { changed: [], missing: [] });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const LEAST_BLOCKS = [["README.md", 3], ["docs/measures.md", 2], ["docs/results.md", 9], [
  "docs/studies.md",
  5,
]] as const;
for (const [name, least] of LEAST_BLOCKS) {
  Deno.test(`the numbers of ${name} come from studies that there are`, async () => {
    const document = await Deno.readTextFile(new URL(name, ROOT));
    const { profiles } = await studyYaml();
    const blocks = numbersBlocks(document);
    assert.ok(blocks.length >= least, `${blocks.length} blocks`);
    for (const { file, line, text } of blocks) {
      const profile = /--profile (.*)/.exec(commandFor(file))?.[1];
      assert.ok(profile === undefined || profile in profiles, `line ${line}: no ${profile}`);
      assert.match(file, /^(view|report)\/.*\.(md|svg)$/);
      assert.ok(text.trim() !== "", `line ${line} is empty`);
    }
  });
}

Deno.test("every number in the documents' prose rests on a table, or says on what else", async () => {
  const sources = await readProseSources(fileURLToPath(ROOT), DOCUMENTS);
  const faults = DOCUMENTS.flatMap((path) =>
    proseFaults(path, sources).map(({ line, message }) => `${path}:${line}: ${message}`)
  );
  assert.deepEqual(faults, []);
});
