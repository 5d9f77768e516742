import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { StudyError } from "../../../lib/pipeline/config/fault.ts";
import type { StudyFile } from "../../../lib/pipeline/config/joined_document.ts";
import { collectStudy, parseStudy } from "../../../lib/pipeline/config/parse_study.ts";
import { profileNames } from "../../../lib/pipeline/config/source_text.ts";

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

/** All faults as `file:line:column message`, or just the message of one without a place. */
function faultsOf(files: Record<string, string>, profile?: string, main?: string): string[] {
  try {
    parse(files, profile, main);
  } catch (error) {
    assert.ok(error instanceof StudyError, String(error));
    return error.message.split("\n\n").slice(0, -1).map((text) => text.split("\n")[0]!);
  }
  return [];
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
    flow: `${MAIN}profiles: { own: { params: { lb: { batch: 40 } } } }\n...\n`,
    alias: MAIN.replace("1\n", "1\nwork: &w tasks/work.ts\n")
      .replace("lb:", "copy: &p { own: { params: { lb: { batch: 40 } } } }\n  lb:") +
      "profiles: *p\n",
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
    [{ a: "- 1\n" }, "studies/a.yaml:1:1: the study wants a map, and this is a list"],
    [{ a: "only: []" }, "studies/a.yaml:1:7: the profile `a` has no stage; name"],
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

/** What no YAML is by itself, and where its file is to blame. */
const BROKEN: [text: string, fault: string][] = [
  ["description: x\nonly: [train\n", "2:12: not YAML: flow sequence in block collection"],
  ["a: [", "1:4: not YAML: flow sequence in block collection"],
  ["a: {\r\n", "1:4: not YAML: flow map in block collection"],
  ["only: [train]\ndescription: 'x\n", "2:15: not YAML: missing closing 'quote"],
  ["# words\nparams:\n\tlb: { batch: 20 }\n", "3:1: a tab indents this line; YAML wants spaces"],
  ["only: [train]\n---\nonly: []\n", "2:1: a second YAML document begins here; a file has one"],
  ["seed: 1\nseed: 2\n", "2:1: this key is in the map already; remove one of the two"],
  ["seed: 1\n  only: [train]\n", "1:7: not YAML: nested mappings are not allowed"],
];

Deno.test("parseStudy() blames the file with a fault of syntax, whatever stands beside it", () => {
  const sound = { a: "only: [train]\n", z: "params: { lb: { batch: 20 } }" };
  for (const [text, fault] of BROKEN) {
    for (const name of ["0", "m", "zz"].map((end) => `b${end}`).concat("aa", "zz")) {
      for (const profile of ["default", "a", name]) {
        const found = faultsOf({ ...sound, [name]: text }, profile);
        assert.equal(found.length, 1, `${found}`);
        assert.ok(found[0]!.startsWith(`studies/${name}.yaml:${fault}`), `${found[0]} <> ${fault}`);
      }
    }
    const inMain = faultsOf(sound, "a", text);
    assert.ok(inMain.some((found) => found.startsWith(`pipeline.yaml:${fault}`)), `${inMain}`);
  }
});

Deno.test("parseStudy() reports the faults of syntax of all files at once", () => {
  const files = Object.fromEntries(BROKEN.map(([text], i) => [`s${i}`, text]));
  assert.deepEqual(
    faultsOf(files, "default", `${MAIN}axes: [\n`).map((fault) => fault.split(": ")[0]),
    [
      "pipeline.yaml:6:7",
      ...BROKEN.map(([, fault], i) => `studies/s${i}.yaml:${fault.split(": ")[0]}`),
    ],
  );
});

Deno.test("parseStudy() shows the line of the file that has the fault", () => {
  assert.throws(() => parse({ a: "description: x\nonly: [train\n", b: "only: [train]" }), {
    message:
      /^studies\/a\.yaml:2:12: .*\n {4}2 \| only: \[train\n {6}\| {12}\^\n\n1 fault; nothing/,
  });
});

Deno.test("parseStudy() takes a study with marks of its document, CRLF, and text at the margin", () => {
  const texts = [
    "---\nparams: { lb: { batch: 20 } }\n",
    "params: { lb: { batch: 20 } }\n...\n",
    "--- { params: { lb: { batch: 20 } } }\n...\n# words\n",
    "%YAML 1.2\n---\nparams: { lb: { batch: 20 } }\n",
    "\ufeffparams:\r\n  lb:\r\n    batch: 20\r\n",
    "{ params: {\nlb: {\nbatch: 20\n}\n}\n}",
    "description: |\n  a\n   \n  b\nparams: { lb: { batch: 20 } }",
    "   params: { lb: { batch: 20 } }\n",
  ];
  for (const text of texts) {
    assert.equal(batchOf(parse({ a: text, b: "only: [train]" }, "a")), 20, text);
    assert.equal(batchOf(parse({ a: text, b: "---\nonly: [train]\n..." }, "b")), 10, text);
  }
  assert.equal(batchOf(parse({ a: texts[0]! }, "a", `---\n${MAIN}...\n`)), 20);
});

Deno.test("parseStudy() refuses a study that is no map, and one that is in the main file too", () => {
  const main = `${MAIN}profiles: { own: {} }\n`;
  for (const [text, place] of [["", "1:1"], ["# words\n", "1:1"], ["---\n", "1:4"]] as const) {
    assert.deepEqual(faultsOf({ a: text, b: "only: [train]" }), [
      `studies/a.yaml:${place}: the study wants a map, and this is empty`,
    ]);
  }
  assert.deepEqual(faultsOf({ a: "only: [train]", b: "# words\nseven\n" }), [
    'studies/b.yaml:2:1: the study wants a map, and this is the text "seven"',
  ]);
  assert.deepEqual(faultsOf({ a: "", own: "only: [train]" }, "own", main).slice(0, 1), [
    "studies/own.yaml:1:1: the profile `own` is in pipeline.yaml too; remove one of the two",
  ]);
});

Deno.test("parseStudy() takes aliases within a file and of files before it, and places all others", () => {
  const own = "description: x\nparams: { lb: &b { batch: 20 } }\n";
  assert.equal(batchOf(parse({ b: own, c: "params: { lb: *b }" }, "c")), 20);
  assert.equal(
    batchOf(
      parse({ b: `${own}axes: { t: [1] }\nstages: { train: { matrix: [t], params: [*b] } }` }, "b"),
    ),
    20,
  );
  assert.deepEqual(faultsOf({ a: "# words\nparams: { lb: *b }", b: own }), [
    "studies/a.yaml:2:15: *b stands for nothing: there is no &b before it",
  ]);
  const bomb = Array.from(
    { length: 12 },
    (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}*a${i}]`,
  );
  const [fault] = faultsOf({ a: own, m: `a0: &a0 x\n${bomb.join("\n")}\n`, z: own });
  assert.match(fault!, /^studies\/m\.yaml:1:1: cannot be read: .*alias/);
});

Deno.test("parseStudy() takes an alias for the anchor of its own file, whatever others call alike", () => {
  const main = MAIN.replace("{ batch: 10 }", "&b { batch: 10 }")
    .replace("stages:", "profiles: { own: {} }\nstages:").replace("[lb]", "[*b]");
  const study = (batch: number) => `description: x\nparams: { lb: &b { batch: ${batch} } }\n`;
  const used = "axes: { t: [1] }\nstages: { train: { matrix: [t], params: [*b] } }\n";
  const files = { a: study(20), b: study(30) + used, c: study(40) };
  for (const [profile, batch] of [["default", 10], ["own", 10], ["a", 10], ["b", 30]] as const) {
    assert.equal(batchOf(parse(files, profile, main)), batch, profile);
  }
  assert.deepEqual(faultsOf({ a: "params: &p { lb: { batch: *p } }" }), [
    "studies/a.yaml:1:27: *p stands within what it stands for; write out what is meant",
  ]);
});

Deno.test("parseStudy() says that a file is too long of that file alone", () => {
  const long = `# ${"x".repeat(1_000_000)}\n`;
  assert.deepEqual(faultsOf({ a: "only: [train]", b: long, c: "" }), [
    "studies/b.yaml:1:1: the file has 1000003 characters; a study has at most 1000000",
  ]);
});

Deno.test("parseStudy() reports an unknown profile at no place, together with other faults", () => {
  const files = { alpha: "only: [train]", beta: "only: [train]" };
  assert.throws(() => parse(files, "alpah"), {
    message: "there is no profile `alpah`; did you mean `alpha`?\n\n1 fault; nothing was started",
  });
  assert.deepEqual(faultsOf(files, "nope"), [
    "there is no profile `nope`; known are `default`, `alpha`, `beta`",
  ]);
  assert.deepEqual(faultsOf({}, "nope"), ["there is no profile `nope`; known are `default`"]);
  assert.deepEqual(faultsOf({ ...files, c: "oly: []" }, "nope"), [
    "there is no profile `nope`; known are `default`, `alpha`, `beta`, `c`",
    "studies/c.yaml:1:1: unknown key `oly`; did you mean `only`?",
  ]);
});

Deno.test("collectStudy() reads a study again from its source, under another profile", () => {
  const { source, root } = parse({ a: "params: { lb: { batch: 20 } }", b: "---\nonly: [train]\n" });
  const { name, text, studies } = source;
  const { study, faults } = collectStudy(text, { name, root, profile: "a", studies });
  assert.equal(faults.size, 0);
  assert.equal(batchOf(study), 20);
});

Deno.test("profileNames() has every profile, wherever it is written", () => {
  const own = "own: { params: { lb: { batch: 40 } } }";
  const texts = [
    `${MAIN}profiles: { ${own} }\n`,
    `${MAIN.replace("lb:", `copy: &p { ${own} }\n  lb:`)}profiles: *p\n`,
  ];
  for (const text of texts) {
    assert.deepEqual(profileNames(parse({}, "own", text).source), ["own"]);
    assert.deepEqual(profileNames(parse({ a: "only: [train]" }, "own", text).source), ["own", "a"]);
  }
  assert.deepEqual(profileNames(parse({}).source), []);
});
