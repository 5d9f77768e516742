import assert from "node:assert/strict";
import { html } from "../../../lib/report/page/html.ts";
import { renderPage } from "../../../lib/report/page/page.ts";
import type { StudyFacts } from "../../../lib/report/page/study_facts.ts";
import { COLOURS } from "../../../lib/report/figures/theme.ts";
import { reportModel } from "../../../lib/report/report_model.ts";
import { NO_SIDE_STUDIES } from "../../../lib/report/side_studies.ts";
import { trainRecord } from "../records.ts";
import { CURVES, FACTS, NO_CURVES, NOTHING, STUDY } from "../study.ts";

const ASSETS = { style: "", client: "", solids: "", vega: "" };
const model = await reportModel(STUDY, CURVES);
const page = renderPage(model, FACTS, ASSETS);
/** Without the line breaks between elements, of which a reader sees nothing. */
const dense = page.replaceAll(/>\s+</g, "><");

function allMatches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found]) => found!);
}

Deno.test("renderPage() gives equal bytes for equal results", async () => {
  assert.equal(renderPage(await reportModel(STUDY, CURVES), FACTS, ASSETS), page);
});

Deno.test("renderPage() loads nothing from elsewhere", () => {
  assert.deepEqual(allMatches(page, /\s(?:src|srcset|data|action)="([^"]*)"/g), []);
  assert.deepEqual(allMatches(page, /<link [^>]*href="([^"]*)"/g), ["data:,"]);
  const links = allMatches(page, /<a [^>]*?href="(https?:[^"]*)"/g);
  assert.deepEqual(links, ["https://arxiv.org/abs/1609.04836"]);
});

Deno.test("renderPage() has ids of their own, and no link that leads nowhere", () => {
  const ids = allMatches(page, /\sid="([^"]*)"/g);
  assert.equal(new Set(ids).size, ids.length);
  const targets = allMatches(page, /href="#([^"]*)"/g);
  assert.ok(targets.length > 40);
  for (const target of targets) assert.ok(ids.includes(target), `nothing has the id ${target}`);
});

Deno.test("renderPage() names the files that the stage writes", () => {
  const files = allMatches(page, /href="((?:figures|tables)\/[^"]*)"/g);
  assert.ok(files.includes("figures/headline.svg"));
  assert.ok(files.includes("figures/maximiser.vl.json"));
  assert.ok(files.includes("tables/table3.csv"));
});

Deno.test("renderPage() says what was found before anything else", () => {
  const finding = page.slice(page.indexOf("<h1>"), page.indexOf('id="tables"'));
  assert.match(
    finding,
    /Here, large-batch minima are sharper by a factor of 45\.0 at ε = 1e-3, sharper/,
  );
  assert.match(finding, /sharper by a factor of 167/);
  assert.match(finding, /as in the paper/);
});

Deno.test("renderPage() gives each cell its key, seed, end, warnings and command", () => {
  const cell = dense.slice(dense.indexOf("eps=0.001,regime=SB,trial=2,space=p100]</h3>"));
  assert.match(cell, /<dt>key<\/dt><dd>[0-9a-f]{64}<\/dd>/);
  assert.match(cell, /<dt>seed of A<\/dt><dd>9<\/dd>/);
  assert.match(cell, /<dt>ended<\/dt><dd>max-iterations, 10 iterations, 12 evaluations of f</);
  assert.match(page, /the maximiser &amp; its &lt;budget&gt;/);
  assert.match(cell, /<code>deno task stage sharpness\[eps=0\.001/);
});

Deno.test("renderPage() says which cells are missing where their numbers would stand, and why", () => {
  const table = page.slice(page.indexOf('id="table-table2"'), page.indexOf('id="table-table3"'));
  assert.match(table, /Cells without a result:[^.]*train\[regime=LB,trial=3\]/);
  assert.match(table, /failed: the disk is full/);
  assert.match(page, /Incomplete: 1 of \d+ cells have no result yet/);
  const complete = { ...FACTS, cells: FACTS.cells.filter(({ state }) => state === "done") };
  assert.doesNotMatch(renderPage(model, complete, ASSETS), /Incomplete|Cells without a result/);
});

Deno.test("renderPage() is a page also before anything has run", async () => {
  const nothing = await reportModel(NOTHING, NO_CURVES);
  const facts: StudyFacts = { ...FACTS, cells: [], cellOfSource: {} };
  const empty = renderPage(nothing, facts, ASSETS);
  assert.match(empty, /Nothing has been trained yet/);
  assert.doesNotMatch(empty, /NaN|undefined|Infinity/);
});

const BATCHES = {
  ...NO_SIDE_STUDIES,
  batchSizes: [64, 1024].map((batchSize) => {
    const { regime: _, ...run } = trainRecord("SB", 0);
    const source = `batchSize[batch=${batchSize}]`;
    const sharpness = {
      percent: 1,
      epsilon: 1e-3,
      source: `batchSizeSharpness[batch=${batchSize}]`,
      ended: "line-search-failed, 3 iterations",
      warnings: ["the maximiser gave up"],
    };
    const labels = { batch: `${batchSize}` };
    return { ...run, source, batchSize, labels, sharpness, allSharpness: [sharpness] };
  }),
};

Deno.test("renderPage() begins with the tables that the study is about", async () => {
  const facts = { ...FACTS, profile: "batch-size", description: "Figure 4" };
  const { batchSizes } = CURVES;
  const alone = renderPage(
    await reportModel(NOTHING, { ...NO_CURVES, batchSizes }, BATCHES),
    { ...facts, cellOfSource: {} },
    ASSETS,
  );
  assert.match(
    alone,
    /The study “batch-size”: Figure 4\. It stands beside the experiment of Keskar/,
  );
  assert.ok(alone.indexOf('id="table-batch_size"') < alone.indexOf('id="figure-figure4"'));
  assert.match(alone, /<a class="skip" href="#subjects">/);
  assert.doesNotMatch(alone, /Nothing has been trained|Nothing was measured|id="finding"/);
  const both = renderPage(await reportModel(STUDY, CURVES, BATCHES), facts, ASSETS);
  assert.ok(both.indexOf('id="table-batch_size"') < both.indexOf('id="finding"'));
  assert.equal(allMatches(both, /id="(table-batch_size)"/g).length, 1);
  // Also what side studies measured says how it ended.
  const cell = both.slice(both.indexOf("batchSizeSharpness[batch=1024]</h3>")).replaceAll(
    />\s+</g,
    "><",
  );
  assert.match(cell, /^[^]*?<dt>ended<\/dt><dd>line-search-failed, 3 iterations<\/dd><dt>warnings/);
});

Deno.test("renderPage() leaves out tables of what the study does not measure", async () => {
  const model = await reportModel({ ...STUDY, warm: [], ritz: [], sharpness: [] }, CURVES);
  // Warm starts are bound to cells without a result; Ritz values are no part of the study.
  const cellOfSource = Object.fromEntries(
    Object.entries(FACTS.cellOfSource).filter(([source]) => !/^(ritz|sharpness)\[/.test(source)),
  );
  const page = renderPage(model, { ...FACTS, cellOfSource }, ASSETS);
  assert.match(page, /id="table-warm_start"/);
  assert.doesNotMatch(page, /table-ritz|table-table3/);
  assert.match(page, /<a href="#table-table2">Table 2<\/a>/);
});

Deno.test("renderPage() has measures beside Metric 2.1 only in a study that has some", async () => {
  const model = await reportModel({ ...STUDY, spectra: [], measures: [] }, CURVES);
  const pageOf = (others: Record<string, string>) => {
    const own = Object.entries(FACTS.cellOfSource)
      .filter(([source]) => !/^(spectrum|measures)\[/.test(source));
    return renderPage(
      model,
      { ...FACTS, cellOfSource: { ...Object.fromEntries(own), ...others } },
      ASSETS,
    );
  };
  assert.match(pageOf({}), /id="table-table3"/);
  assert.doesNotMatch(pageOf({}), /table-measures/);
  const planned = { "measures[regime=SB,trial=0]": FACTS.cells[0]!.id };
  assert.match(pageOf(planned), /id="table-measures"/);
});

Deno.test("renderPage() cannot be broken out of by names or scripts", () => {
  const evil = "</script><script>alert(1)//\"'<b>&";
  const facts = { ...FACTS, environment: [[evil, evil]] as const };
  const dangerous = renderPage({ ...model, headline: [evil] }, facts, {
    ...ASSETS,
    client: 'const text = "</script>";',
  });
  assert.ok(!dangerous.includes("<script>alert"));
  assert.ok(!dangerous.includes("<b>"));
  const count = (text: string) => text.match(/<\/script>/g)!.length;
  assert.equal(count(dangerous), count(page));
});

Deno.test("renderPage() bears any label of a network, also in the ids of drawings", async () => {
  // Two that are one name but for what an id cannot have.
  const networks = ['a"><b>`|(bn)', 'a"><b>`|{bn)'];
  const named = <T extends object>(records: T): T =>
    Object.fromEntries(
      Object.entries(records).map(([input, own]) => [
        input,
        networks.flatMap((network) => own.map((record: object) => ({ ...record, network }))),
      ]),
    ) as T;
  const model = await reportModel(named(STUDY), named(CURVES));
  const page = renderPage(model, FACTS, ASSETS);
  assert.ok(page.includes("a&quot;&gt;&lt;b&gt;`|(bn)"));
  assert.ok(!page.includes("<b>"));
  const ids = allMatches(page, /\sid="([^"]*)"/g);
  assert.equal(new Set(ids).size, ids.length);
  const panels = allMatches(page, /\sdata-panel="([^"]*)"/g);
  assert.equal(new Set(panels).size, panels.length);
  const clips = allMatches(page, /clip-path="url\(#([^"]*)\)"/g);
  assert.ok(clips.length > 4);
  for (const id of clips) assert.ok(ids.includes(id), id);
  // Without quotes, brackets and spaces, which an unquoted CSS url may not have.
  for (const id of [...ids, ...panels]) assert.match(id, /^[\w.:-]+$/);
});

Deno.test("html`` escapes what is not HTML already and drops what is false", () => {
  const inner = html`<i>${1}</i>`;
  assert.equal(
    html`<a title="${'"<'}">${[inner, " & ", undefined, false]}</a>`.html,
    '<a title="&quot;&lt;"><i>1</i> &amp; </a>',
  );
});

Deno.test("style.css has the colours of the figures, light and dark", async () => {
  const style = await Deno.readTextFile(
    new URL("../../../lib/report/page/style.css", import.meta.url),
  );
  for (const [name, [light, dark]] of Object.entries(COLOURS)) {
    assert.ok(style.includes(`${name}: light-dark(${light}, ${dark});`), name);
  }
});
