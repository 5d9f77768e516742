import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { sharpnessRecord, trainRecord } from "../report/records.ts";
import { CURVES } from "../report/study.ts";
import { type ToyStudy, toyStudy } from "../pipeline/toy_study.ts";
import { fakeContext } from "../support/fake_context.ts";
import { publishedArtifact } from "../support/published_artifact.ts";
import report from "../../tasks/report.ts";

const REPORT_STAGE = fileURLToPath(new URL("../../tasks/report.ts", import.meta.url));

/** Two runs and their sharpness, measured by stages that only write down what they are given. */
const STUDY = `version: 1
seed: 7
axes:
  regime: { SB: { add: 1 }, LB: { add: 50 } }
  trial: { range: [0, 2] }
stages:
  train:
    run: train.ts
    matrix: [regime, trial]
    outputs: { metrics: metrics.json, history: history.json }
  sharpness:
    run: sharpness.ts
    matrix: [regime, trial]
    inputs: { train: train.metrics }
    outputs: { metrics: metrics.json }
  report:
    run: report.ts
    inputs:
      train: train[*].metrics
      history: train[*].history
      sharpness: sharpness[*].metrics
    outputs: { report: report.json, figures: figures/, tables: tables/ }
profiles:
  one: { axes: { trial: [0] } }
`;

/** A stage's module that writes a record, or fails while a file of the name \`fail\` exists. */
function moduleOf(name: string, record: object, value: string): string {
  return `import { z } from "zod";
export default {
  summary: "A toy",
  parameters: z.strictObject({ trial: z.int(), add: z.number() }),
  // deno-lint-ignore no-explicit-any
  async run(context: any) {
    const { trial, add } = context.parameters;
    const { regime } = context.cell;
    const folder = new URL(".", import.meta.url);
    const isBroken = [...Deno.readDirSync(folder)].some(({ name }) =>
      name === \`fail-${name}-\${regime}-\${trial}\`
    );
    if (isBroken) throw new Error("the toy was told to fail");
    const record = { ...${JSON.stringify(record)}, trial, ${value} };
    Deno.writeTextFileSync(context.output("metrics"), JSON.stringify(record));
    if ("${name}" === "train") {
      const point = { trainLoss: 1, trainAccuracy: 0.5, testAccuracy: 0.5, distanceFromStart: 0 };
      const history = [{ epoch: 0, steps: 0, ...point }, { epoch: 1, steps: 9, ...point }];
      Deno.writeTextFileSync(context.output("history"), JSON.stringify(history));
    }
  },
};
`;
}

async function reportStudy(): Promise<ToyStudy> {
  const study = await toyStudy(STUDY);
  const train = moduleOf("train", trainRecord("SB", 0), "testAccuracyPercent: 98 - add / 50");
  const sharpness = moduleOf("sharpness", sharpnessRecord("SB", 0, 1), "percent: add + trial");
  await study.write("train.ts", train);
  await study.write("sharpness.ts", sharpness);
  await study.write("report.ts", `export { default } from ${JSON.stringify(REPORT_STAGE)};\n`);
  return study;
}

Deno.test("run ends with the report's path; the report verb writes the same bytes", async () => {
  await using study = await reportStudy();
  const ran = await study.basin("run");
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, /the report is artifacts\/report\/index\.html\n$/);
  const page = await study.read("artifacts/report/index.html");
  assert.match(page, /large-batch minima are sharper by a factor of 33\.7/); // 50.5 over 1.5
  assert.ok(page.length < 3e6, `${page.length} characters`);
  const svg = await study.read("artifacts/report/figures/headline.svg");
  assert.match(svg, /^<svg /);
  assert.match(await study.read("artifacts/report/tables/table3.csv"), /^network,epsilon,/);
  const again = await study.basin("report", "--json");
  const { path, missing } = JSON.parse(again.stdout);
  assert.equal(missing, 0);
  assert.equal(await Deno.readTextFile(path), page);
});

Deno.test("a report of what there is names the cells that failed, and leaves the rest alone", async () => {
  await using study = await reportStudy();
  await study.basin("run");
  const before = await study.read("artifacts/report/tables/table2.csv");
  await study.write("fail-sharpness-LB-1", "");
  await study.edit("sharpness.ts", "percent: add + trial", "percent: add + trial + 0 * add");
  const ran = await study.basin("run");
  assert.equal(ran.code, 1);
  assert.match(ran.stdout, /the report is .*index\.html \(1 cell without a result; it says why\)/);
  const page = await study.read("artifacts/report/index.html");
  assert.match(page, /Incomplete: 1 of 9 cells have no result yet/);
  assert.match(page, /failed: Error: the toy was told to fail/);
  assert.match(page, /Cells without a result:[^.]*sharpness\[regime=LB,trial=1\]/);
  const [header, row] = (await study.read("artifacts/report/tables/table3.csv")).split("\n")
    .map((line) => line.split(","));
  assert.equal(row![header!.indexOf("nLB")], "1");
  assert.equal(row![header!.indexOf("meanLB")], "50");
  assert.equal(row![header!.indexOf("meanSB")], "1.5");
  assert.equal(await study.read("artifacts/report/tables/table2.csv"), before);
});

/** Tables and figures beside the page, by their paths. */
async function filesOf(study: ToyStudy): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const kind of ["tables", "figures"]) {
    for await (const { name } of Deno.readDir(`${study.folder}/artifacts/report/${kind}`)) {
      files.set(`${kind}/${name}`, await study.read(`artifacts/report/${kind}/${name}`));
    }
  }
  return files;
}

Deno.test("a sharpness cell that is lost changes the numbers that rest on it, until it is run again", async () => {
  await using study = await reportStudy();
  await study.basin("run");
  const whole = await filesOf(study);
  const page = (await study.read("artifacts/report/index.html")).replaceAll(/\s+/g, " ");
  const key = /<h3>sharpness\[regime=LB,trial=1\]<\/h3>.*?<dt>key<\/dt> <dd>([0-9a-f]{64})</.exec(
    page,
  )?.[1];
  await Deno.remove(`${study.folder}/artifacts/keys/${key!.slice(0, 2)}/${key}.json`);
  await study.basin("report");
  const partial = await filesOf(study);
  const changed = [...whole.keys()].filter((file) => whole.get(file) !== partial.get(file));
  // Of table 3 all that is there; φ in the two figures that show it; nothing of accuracy or distance.
  assert.deepEqual(changed.sort(), [
    ...["headline", "maximiser"].flatMap((
      name,
    ) => [`figures/${name}.svg`, `figures/${name}.vl.json`]),
    ...["csv", "json", "md"].map((ending) => `tables/table3.${ending}`),
  ]);
  assert.match(partial.get("tables/table3.md")!, /2 SB, 1 LB/);
  const ran = await study.basin("run");
  assert.match(ran.stdout, /1 cell ran/);
  assert.deepEqual(await filesOf(study), whole);
});

Deno.test("report works before anything has run, per profile, and refuses a study without one", async () => {
  await using study = await reportStudy();
  const ran = await study.basin("report", "--profile", "one");
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(
    ran.stdout,
    /^the report is artifacts\/report\/_profile\/one\/index\.html \(4 cells/,
  );
  const page = await study.read("artifacts/report/_profile/one/index.html");
  assert.match(page, /Nothing has been trained yet/);
  await study.write("other.yaml", STUDY.replace("report: report.json", "other: report.json"));
  const refused = await study.basin("report", "--file", "other.yaml");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /^Cannot write a report: no stage of the study has an output/);
});

Deno.test("report draws paths, trajectories and batch sizes of the inputs that the study binds", async () => {
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  const artifact = (...published: [string, Readonly<Record<string, string>>, object]) =>
    publishedArtifact(folder, ...published);
  const sizes = [64, 1024].map((batchSize) => ({ cell: { batch: `${batchSize}` }, batchSize }));
  try {
    const inputs = {
      path: await Promise.all(
        CURVES.paths.map((record) => artifact("path", { kind: record.kind }, record)),
      ),
      trajectory: await Promise.all(
        CURVES.trajectories.map((record) =>
          artifact("trajectory", { regime: record.regime }, record)
        ),
      ),
      batchSize: await Promise.all(
        sizes.map(({ cell, batchSize }) =>
          artifact("batch", cell, trainRecord("SB", 0, { batchSize }))
        ),
      ),
      batchSizeSharpness: await Promise.all(
        sizes.slice(1).map(({ cell }) => artifact("phi", cell, sharpnessRecord("SB", 0, 42))),
      ),
    };
    await report.run(fakeContext({ parameters: {}, folder, inputs }));
    const { figures } = JSON.parse(await Deno.readTextFile(`${folder}/report`));
    const drawn = (figures as { name: string; alternative?: string; sources: string[] }[])
      .filter(({ alternative }) => alternative);
    assert.deepEqual(drawn.map(({ name }) => name), ["figure3", "figure4", "figure6", "figure7"]);
    const [, batches] = drawn;
    assert.match(batches!.alternative!, /batches of 1024: test accuracy 97\.00 %, φ 42\.00 %/);
    assert.match(batches!.alternative!, /batches of 64: test accuracy 97\.00 %\./);
    assert.deepEqual(batches!.sources, [
      "batchSize[batch=64]",
      "batchSize[batch=1024]",
      "batchSizeSharpness[batch=1024]",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("runs that end at the same time leave one whole report", async () => {
  await using study = await reportStudy();
  await study.basin("run");
  const page = await study.read("artifacts/report/index.html");
  const ran = await Promise.all(Array.from({ length: 4 }, () => study.basin("report")));
  for (const { code, stderr } of ran) assert.equal(code, 0, stderr);
  assert.equal(await study.read("artifacts/report/index.html"), page);
  assert.match(await study.read("artifacts/report/figures/headline.svg"), /^<svg /);
});

Deno.test("run repairs a damaged output of the report's stage", async () => {
  await using study = await reportStudy();
  await study.basin("run");
  const figure = "artifacts/view/report/figures/headline.svg";
  const [blob, text] = [await Deno.realPath(`${study.folder}/${figure}`), await study.read(figure)];
  await Deno.chmod(blob, 0o644);
  await Deno.writeTextFile(blob, text.replace("<svg", "<svh"));
  const ran = await study.basin("run");
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(await study.read("artifacts/report/figures/headline.svg"), text);
});

Deno.test("a result that the report cannot read is named, without a stack, also after a run", async () => {
  await using study = await reportStudy();
  await study.edit("sharpness.ts", "percent: add + trial", 'percent: "much"');
  const ran = await study.basin("run");
  assert.equal(ran.code, 1);
  for (const { code, stderr } of [ran, await study.basin("report")]) {
    assert.equal(code, 1);
    const [, reason] = /^(Cannot write the report: [^]*)/m.exec(stderr) ?? [];
    assert.match(reason!, /Cannot read the result of \[regime=[^]*percent/);
    assert.doesNotMatch(reason!, /^\s+at /m);
  }
});

Deno.test("report --all writes a page of every study that has results, with links to theirs", async () => {
  await using study = await reportStudy();
  const nothing = await study.basin("report", "--all");
  assert.equal(nothing.code, 0, nothing.stderr);
  const empty = await study.read("artifacts/report/all.html");
  assert.match(empty, /No study has results yet/);
  assert.doesNotMatch(empty, /href="[^"d]/);
  await study.basin("run", "--profile", "one");
  const { stdout, stderr, code } = await study.basin("report", "--all", "--json");
  assert.equal(code, 0, stderr);
  // The default study has twice as many trials, of which half are done.
  const { path, missing } = JSON.parse(stdout);
  assert.equal(missing, 4);
  const page = await Deno.readTextFile(path);
  const [whole, underWay] = page.split(">Under way<");
  assert.match(whole!, /href="_profile\/one\/index\.html">one<.*4 of 4 cells have a result/s);
  assert.match(underWay!, /href="index\.html">default<.*4 of 8 cells have a result/s);
  for (const file of ["index.html", "_profile/one/index.html"]) {
    assert.match(await study.read(`artifacts/report/${file}`), /<h1>/);
  }
});

Deno.test("report --all leaves out studies with faults, and says so", async () => {
  await using study = await reportStudy();
  await study.basin("run", "--profile", "one");
  await Deno.mkdir(`${study.folder}/studies`);
  for (const name of ["aa", "bb"]) {
    await study.write(`studies/${name}.yaml`, "stages: { train: { timeout: soon } }\n");
  }
  const { stdout, stderr, code } = await study.basin("report", "--all", "--json");
  assert.equal(code, 0, stderr);
  assert.match(stderr, /under the profile `aa`:\nstudies\/aa\.yaml:1:29: "soon" is no duration/);
  assert.match(stderr, /under the profile `bb`:\nstudies\/bb\.yaml:1:29: "soon" is no duration/);
  assert.match(stderr, /\n\nleft out for these faults: `aa`, `bb`\n/);
  assert.doesNotMatch(stderr, /nothing was started/);
  const { path, leftOut } = JSON.parse(stdout);
  assert.deepEqual(leftOut, ["aa", "bb"]);
  assert.match(await Deno.readTextFile(path), />one</);
  // A fault of the whole study leaves none.
  await study.edit("pipeline.yaml", "seed: 7", "sead: 7");
  const none = await study.basin("report", "--all");
  assert.equal(none.code, 2);
  assert.match(none.stderr, /unknown key `sead`.*\n3 faults; nothing was started/s);
});
