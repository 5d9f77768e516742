import assert from "node:assert/strict";
import { type OverviewEntry, renderOverview } from "../../../lib/report/page/overview.ts";

const ENTRY: OverviewEntry = {
  profile: "remedies",
  description: "Does <it> help?",
  href: "_profile/remedies/index.html",
  done: 3,
  total: 3,
  findings: ["F1: λ_max & more"],
  tables: ["Remedies"],
};

Deno.test("renderOverview() has whole studies before those under way, and escapes what it is told", () => {
  const page = renderOverview([{ ...ENTRY, profile: "later", done: 1 }, ENTRY], "");
  assert.ok(page.indexOf(">remedies<") < page.indexOf(">later<"));
  assert.ok(page.indexOf(">Done<") < page.indexOf(">Under way<"));
  // A question keeps its own mark, without a full stop after it.
  assert.match(page, /<p>Does &lt;it&gt; help\?<\/p>/);
  assert.match(page, /λ<sub>max<\/sub> &amp; more/);
  assert.match(page, /1 of 3 cells have a result/);
});

Deno.test("renderOverview() leaves out headings of nothing", () => {
  assert.doesNotMatch(renderOverview([ENTRY], ""), /Under way|No study/);
  assert.doesNotMatch(renderOverview([{ ...ENTRY, done: 0 }], ""), />Done</);
  assert.doesNotMatch(renderOverview([], ""), /<h2/);
});
