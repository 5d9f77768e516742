import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { StudyError } from "../../../lib/pipeline/config/fault.ts";
import type { StudyFile } from "../../../lib/pipeline/config/joined_text.ts";
import { parseStudy } from "../../../lib/pipeline/config/parse_study.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const MAIN = `version: 1
params:
  lb: { batch: 10 }
stages:
  train: { run: tasks/train.ts, params: [lb], outputs: { out: out.json } }
`;

function parse(files: Record<string, string>, profile = "default", main = MAIN) {
  const studies: StudyFile[] = Object.entries(files).map(([name, text]) => ({
    name: `studies/${name}.yaml`,
    profile: name,
    text,
  }));
  return parseStudy(main, { name: "pipeline.yaml", root: ROOT, profile, studies });
}

function batchOf(study: ReturnType<typeof parse>): unknown {
  return study.stages.get("train")!.parameters.get("batch")?.value;
}

Deno.test("parseStudy() takes profiles from files of their own, beside those of the main file", () => {
  const files = {
    a: "# words\nparams:\n  lb:\n    batch: 20\n",
    b: "params: { lb: { batch: 30 } }",
  };
  const mains = {
    none: MAIN,
    last: `${MAIN}profiles:\n    own: { params: { lb: { batch: 40 } } }`,
    "in between": `profiles:\n  own:\n    params: { lb: { batch: 40 } }\n\n${MAIN}`,
  };
  for (const [where, main] of Object.entries(mains)) {
    assert.equal(batchOf(parse(files, "default", main)), 10, where);
    assert.equal(batchOf(parse(files, "a", main)), 20, where);
    assert.equal(batchOf(parse(files, "b", main)), 30, where);
    if (where !== "none") assert.equal(batchOf(parse(files, "own", main)), 40, where);
  }
});

Deno.test("parseStudy() names the study's file, line and column for its faults", () => {
  const faults: [Record<string, string>, string][] = [
    [
      { a: "# words\nprams: {}\n" },
      "studies/a.yaml:2:1: unknown key `prams`; did you mean `params`?",
    ],
    [{ a: "", b: "params:\n  lb: { batch: .nan }" }, "studies/b.yaml:2:16: .nan is not a finite"],
    [{ a: "only: [train" }, "studies/a.yaml:1:"],
    [{ a: "- 1\n" }, "studies/a.yaml:1:1: `profiles.a` wants a map, and this is a list"],
    [{ "../../x": "only: [train]" }, "`../../x` is no name"],
    [
      { a: "stages: { trian: {} }" },
      "studies/a.yaml:1:11: there is no stage `trian`; did you mean `tr",
    ],
  ];
  for (const [files, message] of faults) {
    assert.throws(() => parse(files), (error) => {
      assert.ok(error instanceof StudyError);
      assert.ok(error.message.includes(message), error.message);
      return true;
    });
  }
});

Deno.test("parseStudy() gives a profile stages of its own, and refuses a torso or another module", () => {
  const more = "stages:\n  extra:\n    run: tasks/train.ts\n    inputs: { w: train.out }\n" +
    "    outputs: { out: o.json }\n";
  assert.deepEqual([...parse({ a: more }, "a").stages.keys()], ["train", "extra"]);
  assert.deepEqual([...parse({ a: more }).stages.keys()], ["train"]);
  assert.deepEqual([...parse({ a: `only: [train]\n${more}` }, "a").stages.keys()], ["train"]);
  assert.throws(
    () => parse({ a: "stages: { extra: { run: tasks/train.ts } }" }),
    /studies\/a\.yaml:1:11: `profiles\.a\.stages\.extra` has no `outputs`; it needs one/,
  );
  assert.throws(
    () => parse({ a: "stages: { train: { run: tasks/ritz.ts } }" }),
    /studies\/a\.yaml:1:20: a profile cannot change `run` of a stage of all/,
  );
});
