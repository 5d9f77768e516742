import assert from "node:assert/strict";
import { documentSections } from "../../../lib/study/page/document_sections.ts";

Deno.test("documentSections() cuts a document at its headings, and loses no line", () => {
  const document = "before\n\n# A title\none\n## Table 4 (of `A`): what it's\n### Deeper\n\ntwo";
  const sections = documentSections(document);
  assert.deepEqual(sections.map(({ anchor, line }) => [anchor, line]), [
    ["", 1],
    ["a-title", 3],
    ["table-4-of-a-what-its", 5],
    ["deeper", 6],
  ]);
  assert.equal(sections.map(({ text }) => text).join("\n"), document);
});

Deno.test("documentSections() sees no heading in fenced code, nor in a # of prose", () => {
  const document = "# One\n```sh\n# a comment\n```\n#none\n# Two";
  assert.deepEqual(documentSections(document).map(({ anchor }) => anchor), ["one", "two"]);
});
