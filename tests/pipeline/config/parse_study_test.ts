import assert from "node:assert/strict";
import { StudyError } from "../../../lib/pipeline/config/fault.ts";
import { parseStudy } from "../../../lib/pipeline/config/parse_study.ts";
import { EXAMPLE_STUDY } from "../example_study.ts";

/** A folder whose files the toy studies may name: this one's sources. */
const ROOT = new URL("../../../lib/pipeline/", import.meta.url).pathname;

function parse(text: string, profile = "default") {
  return parseStudy(text, { name: "pipeline.yaml", root: ROOT, profile });
}

/** The faults of a study as `line:column message`. */
function faultsOf(text: string, profile?: string): string[] {
  try {
    parse(text, profile);
  } catch (error) {
    assert.ok(error instanceof StudyError, String(error));
    return [...error.message.matchAll(/^pipeline\.yaml:(\d+:\d+): (.*)$/gm)]
      .map(([, place, message]) => `${place} ${message}`);
  }
  return [];
}

/** Faultless, and short enough that each fault below is the only one. */
const SOUND = `version: 1
seed: 7
params: { sb: { batch: 4 } }
axes:
  regime: { SB: { use: sb }, LB: { batch: 8 } }
  trial: { range: [0, 2] }
stages:
  train: { run: stage.ts, matrix: [regime, trial], outputs: { w: w.bin } }
  probe: { run: stage.ts, matrix: [regime, trial], inputs: { w: train.w }, outputs: { m: m.json } }
profiles:
  smoke: { axes: { trial: [0] } }
`;

const FAULTS: [string, [from: string, to: string], string][] = [
  ["version", ["version: 1", "version: 2"], "1:10 `version` wants 1, and this is the number 2"],
  ["no version", ["version: 1\n", ""], "1:1 the study has no `version`; it needs one"],
  ["unknown key", ["seed:", "sead:"], "2:1 unknown key `sead`; did you mean `seed`?"],
  ["no such work", ["seed: 7", "work: wrok.ts"], "2:7 there is no file wrok.ts"],
  ["negative seed", ["seed: 7", "seed: -7"], "2:7 `seed` wants a number of at least 0, and this"],
  ["unknown stage key", ["run: stage.ts, m", "rum: stage.ts, m"], "8:12 unknown key `rum`; did"],
  ["duplicate key", ["seed: 7", "version: 1"], "2:1 this key is in the map already; remove one"],
  ["a tab", ["\n  trial", "\n\ttrial"], "6:1 a tab indents this line; YAML wants spaces"],
  ["an unclosed quote", ["stage.ts, m", '"stage.ts, m'], '11:33 not YAML: missing closing "quote'],
  [
    "list for a map",
    ["axes: { trial: [0] }", "axes: [0]"],
    "11:18 `profiles.smoke.axes` wants a map",
  ],
  [
    "text for a list",
    ["[regime, trial], o", "regime, o"],
    "8:35 `stages.train.matrix` wants a list",
  ],
  ["missing file", ["stage.ts, m", "stagee.ts, m"], "8:17 there is no file stagee.ts"],
  ["a folder as file", ["stage.ts, m", "config, m"], "8:17 there is no file config"],
  ["NaN", ["batch: 4", "batch: .nan"], "3:24 .nan is not a finite number"],
  ["infinity", ["batch: 4", "batch: -.inf"], "3:24 -.inf is not a finite number"],
  ["2^53 + 1", ["batch: 4", "batch: 9007199254740993"], "3:24 9007199254740993 loses digits"],
  ["unknown group", ["use: sb", "use: sbb"], "5:24 there is no group `params.sbb`; did you mean"],
  ["empty range", ["[0, 2]", "[2, 2]"], "6:19 a range is [from, to], integers from"],
  ["huge range", ["[0, 2]", "[0, 1000000000]"], "6:19 a range is [from, to], integers from"],
  ["empty axis", ["{ range: [0, 2] }", "[]"], "6:10 axis `trial` is empty; give it a value"],
  ["twice the same", ["{ range: [0, 2] }", '[1, "1"]'], "6:14 axis `trial` has `1` twice"],
  ["bad label", ["{ range: [0, 2] }", "[a/b]"], '6:11 "a/b" cannot be a label'],
  ["label without map", ["LB: { batch: 8 }", "LB: 8"], "5:34 a label wants a map, and this is"],
  [
    "unknown axis",
    ["[regime, trial], o", "[regme, trial], o"],
    "8:36 there is no axis `regme`; did",
  ],
  [
    "axis twice",
    ["[regime, trial], o", "[trial, regime, trial], o"],
    "8:51 axis `trial` is here twice",
  ],
  [
    "unknown upstream",
    ["train.w", "trian.w"],
    "9:65 there is no stage `trian`; did you mean `train`?",
  ],
  ["unknown output", ["train.w", "train.v"], "9:65 stage `train` has no output `v`; did you mean"],
  ["no reference", ["train.w", "train"], '9:65 Cannot read the input "train"; write'],
  ["unknown fixed axis", ["train.w", '"train[tial=0].w"'], "9:65 stage `train` has no axis `tial`"],
  [
    "unknown fixed label",
    ["train.w", '"train[regime=sb].w"'],
    "9:65 axis `regime` has no `sb`; did",
  ],
  [
    "not joined",
    ["[regime, trial], i", "[trial], i"],
    "9:57 input `w` does not say which `regime` of",
  ],
  ["ring of one", ["train.w", "probe.m"], "9:65 stages wait for each other: probe → probe; break"],
  ["bad output path", ["w.bin", "../w.bin"], '8:66 "../w.bin" is no path inside the cell'],
  ["absolute output path", ["w.bin", "/w.bin"], '8:66 "/w.bin" is no path inside the cell'],
  ["equal output paths", ["w: w.bin", "w: w.bin, v: W.bin"], "8:76 output `v` lies where `w` does"],
  ["nested output paths", ["w: w.bin", "w: d/, v: d/x"], "8:73 output `v` lies where `w` does"],
  ["bad name", ["  train: {", "  1train: {"], "8:3 `1train` is no name; wanted a letter, then"],
  ["no path", ["stage.ts, m", '"stage.ts/\\0", m'], "8:17 there is no file stage.ts/"],
  [
    "memory of another kind",
    ["w.bin }", "w.bin }, resources: { memory: true }"],
    "8:96 `stages.train.resources.memory` wants a number or text, and this is true",
  ],
  [
    "a scheme",
    ["seed: 7", "allow: { net: ['https://a.b'] }"],
    '2:16 "https://a.b" is no host; wri',
  ],
  ["a port", ["seed: 7", "allow: { net: ['a.b:70000'] }"], '2:16 "a.b:70000" is no host; write'],
  ["a shell's home", ["seed: 7", "allow: { read: ['~/d'] }"], '2:17 "~/d" is read as it stands'],
  ["a shell's name", ["seed: 7", "allow: { write: ['${D}/e'] }"], '2:18 "${D}/e" is read as it st'],
  ["an empty path", ["seed: 7", "allow: { write: [''] }"], '2:18 "" is no path; write one'],
  ["bad label", ["LB:", '"L B":'], '5:30 "L B" cannot be a label; it becomes a folder name'],
  ["no stage", ["axes: { trial: [0] }", "only: []"], "11:18 the profile `smoke` has no stage"],
  [
    "a cell included twice",
    [
      "w.bin }",
      "w.bin }, include: [{ regime: SB, trial: 0, a: 1 }, { regime: SB, trial: 0, b: 2 }]",
    ],
    "8:117 this cell is included twice; give it one entry with all",
  ],
  [
    "values of an excluded axis",
    ["w.bin }", "w.bin }, exclude: [{ trial: [0, 1] }]"],
    "8:94 `trial` wants one value here; write an entry for each",
  ],
  ["memory", ["w.bin }", "w.bin }, resources: { memory: lots }"], '8:96 "lots" is no memory size'],
  [
    "excluded axis",
    ["w.bin }", "w.bin }, exclude: [{ tril: 0 }]"],
    "8:87 the matrix has no axis `tril`",
  ],
  [
    "excluded label",
    ["w.bin }", "w.bin }, exclude: [{ trial: 9 }]"],
    "8:94 axis `trial` has no `9`",
  ],
  [
    "included axes",
    ["w.bin }", "w.bin }, include: [{ trial: 0 }]"],
    "8:85 an included cell needs all",
  ],
  [
    "profile's stage",
    ["axes: { trial: [0] }", "stages: { tran: {} }"],
    "11:22 there is no stage `tran`",
  ],
  ["profile's group", ["axes: { trial: [0] }", "params: { sd: {} }"], "11:22 there is no group"],
  [
    "profile's stages",
    ["axes: { trial: [0] }", "only: [trian, probe]"],
    "11:19 there is no stage `trian`; did you mean `train`?",
  ],
  [
    "profile's axis",
    ["trial: [0] }", "tria: [0] }"],
    "11:20 there is no axis `tria`; did you mean",
  ],
];

Deno.test("parseStudy() takes the study that the faults start from", () => {
  assert.deepEqual(faultsOf(SOUND), []);
});

for (const [what, [from, to], expected] of FAULTS) {
  Deno.test(`parseStudy() reports a fault at its place: ${what}`, () => {
    assert.ok(SOUND.includes(from), `${from} is not in the sound study`);
    const found = faultsOf(SOUND.replace(from, to));
    // A stage that got another name is missed by its reader as well.
    const own = what === "bad name" ? found.slice(0, 1) : found;
    assert.deepEqual(own.map((fault) => fault.slice(0, expected.length)), [expected]);
  });
}

Deno.test("parseStudy() reports all faults at once, in the order of the text", () => {
  const small: [string, string][] = [["seed:", "sead:"], ["use: sb", "use: sbb"], [
    "w.bin",
    "../w",
  ]];
  let text = SOUND;
  for (const [from, to] of small) text = text.replace(from, to);
  assert.deepEqual(faultsOf(text).map((fault) => fault.split(" ")[0]), ["2:1", "5:24", "8:66"]);
});

Deno.test("parseStudy() shows the line and a caret below the fault", () => {
  assert.throws(() => parse(SOUND.replace("use: sb", "use: sbb")), {
    name: "StudyError",
    message: "pipeline.yaml:5:24: there is no group `params.sbb`; did you mean `sb`?\n" +
      "    5 |   regime: { SB: { use: sbb }, LB: { batch: 8 } }\n" +
      "      |                        ^^^\n\n1 fault; nothing was started",
  });
});

Deno.test("parseStudy() prints a whole ring, with the place of every edge", () => {
  const stage = (name: string, from: string) =>
    `  ${name}: { run: stage.ts, inputs: { x: ${from}.o }, outputs: { o: o } }\n`;
  const text = `version: 1\nstages:\n${stage("a", "c")}${stage("b", "a")}${stage("c", "b")}`;
  assert.throws(() => parse(text), (error: Error) => {
    assert.match(error.message, /3:36: stages wait for each other: a → c → b → a; break the ring/);
    for (const edge of ["3:36: a reads c", "5:36: c reads b", "4:36: b reads a"]) {
      assert.ok(error.message.includes(`pipeline.yaml:${edge} (\`x\`)`), error.message);
    }
    return true;
  });
});

Deno.test("parseStudy() shows the three ways out of an axis that is not joined", () => {
  assert.throws(() => parse(SOUND.replace("[regime, trial], i", "[trial], i")), (error: Error) => {
    assert.match(error.message, /join: +add `regime` to the matrix of `probe`/);
    assert.match(error.message, /fix: +train\[regime=SB\]\.w/);
    assert.match(error.message, /collect: train\[regime=\*\]\.w, or train\[\*\]\.w for everything/);
    return true;
  });
});

Deno.test("parseStudy() refuses what only looks like a study", () => {
  assert.deepEqual(faultsOf(""), ["1:1 the study is empty; it needs `version` and `stages`"]);
  assert.match(faultsOf("- 1\n")[0]!, /1:1 the study wants a map, and this is a list/);
  const yaml = (rest: string) => faultsOf(`version: 1\n${rest}`)[0]!;
  assert.match(yaml("params: &p { a: *p }"), /2:17 \*p stands within what it stands for/);
  assert.match(yaml("params: { a: &a [*a] }"), /2:\d+ \*a stands within what it stands for/);
  assert.match(yaml("params: { { a: 1 }: 2 }"), /2:11 a key is a word or a number here, not a map/);
  assert.match(yaml("params: { [1]: 2 }"), /2:11 a key is a word or a number here/);
  assert.match(yaml("params: { a: *b, b: &b {} }"), /2:14 \*b stands for nothing: there is no &b/);
  assert.match(yaml("params: !!js/function { a: 1 }"), /2:9 this tag means nothing in a study/);
  assert.match(
    faultsOf('version: 1\nparams: { a: {}, 1: { b: 1 }, "1": { b: 2 } }').join(),
    /2:31 `1` is in the map already, written otherwise; remove one of the two/,
  );
  for (const name of ["toString", "constructor", "hasOwnProperty", "valueOf"]) {
    const outputs = `stages: { a: { run: stage.ts, outputs: { ${name}: o } } }`;
    assert.match(yaml(outputs), RegExp(`2:42 \`${name}\` is a name that every object`));
    assert.match(yaml(`axes: { a: [${name}] }\n${outputs}`), /is a name that every object/);
  }
  assert.match(yaml(`params: { a: ${"[".repeat(9000)}`), /lie too deep within each other here/);
  const long = "ä".repeat(130);
  assert.match(
    yaml(`stages: { a: { run: stage.ts, outputs: { o: ${long}/b } } }`),
    /is no path inside/,
  );
  assert.match(faultsOf("x".repeat(2_000_000))[0]!, /the file has 2000000 characters/);
  const levels = Array.from(
    { length: 12 },
    (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}*a${i}]`,
  );
  assert.match(faultsOf(`a0: &a0 x\n${levels.join("\n")}\n`)[0]!, /cannot be read: .*alias/);
  const axes = Array.from({ length: 9 }, (_, i) => `a${i}`);
  const huge = `version: 1
axes: { ${axes.map((axis) => `${axis}: { range: [0, 10] }`).join(", ")} }
stages: { big: { run: stage.ts, matrix: [${axes}], outputs: { o: o } } }
`;
  assert.match(faultsOf(huge)[0]!, /3:33 10 × .* = 1000000000 cells; at most 10000 are allowed/);
});

Deno.test("parseStudy() takes every kind of host that Deno's rights have", () => {
  const hosts = [
    "a.b",
    "*.a.b",
    "localhost:80",
    "10.0.0.0/8",
    "127.0.0.1:8080",
    "[::1]",
    "[::1]:80",
  ];
  const { access } = parse(SOUND.replace("seed: 7", `allow: { net: ${JSON.stringify(hosts)} }`))
    .stages.get("train")!;
  assert.deepEqual(access.net, hosts);
});

Deno.test("parseStudy() reads the whole grammar", () => {
  // The example names its own modules; here any file will do.
  const text = EXAMPLE_STUDY.replaceAll(/run: \w+\.ts/g, "run: stage.ts");
  const study = parse(text);
  assert.deepEqual([...study.stages.keys()], [
    "download",
    "train",
    "warm_start",
    "sharpness",
    "ritz",
    "tables",
  ]);
  const train = study.stages.get("train")!;
  assert.equal(train.engine, true);
  assert.equal(train.memory, 2e9);
  assert.deepEqual(
    Object.fromEntries([...train.parameters].map(([name, { value }]) => [name, value])),
    { seed: 20170209, learningRate: 1e-3, evaluationBatch: 5000, keepIterates: [0, 5] },
  );
  assert.deepEqual(train.outputs.get("iterates"), {
    name: "iterates",
    path: "iterates",
    kind: "folder",
  });
  assert.deepEqual(study.axes.get("eps")!.values.map(({ label }) => label), ["0.001", "0.0005"]);
  const large = study.axes.get("regime")!.values[1]!;
  assert.deepEqual(large.parameters.get("epochs")?.path, ["params", "lb", "epochs"]);
});

Deno.test("parseStudy() lays a profile over the study", () => {
  const text = EXAMPLE_STUDY.replaceAll(/run: \w+\.ts/g, "run: stage.ts");
  const { axes, stages } = parse(text, "smoke");
  assert.deepEqual(axes.get("trial")!.values.map(({ label }) => label), ["0"]);
  assert.deepEqual(stages.get("sharpness")!.matrix, ["network", "regime", "trial", "eps"]);
  const epochs = axes.get("regime")!.values[1]!.parameters.get("epochs")!;
  assert.deepEqual([epochs.value, epochs.path], [1, [
    "profiles",
    "smoke",
    "params",
    "lb",
    "epochs",
  ]]);
});

Deno.test("parseStudy() gives a profile's stage other limits, one resource at a time", () => {
  const of = (override: string) => {
    const text = SOUND.replace("outputs: { w: w.bin }", "$&, resources: { cpus: 2, memory: 1GB }")
      .replace("profiles:\n", `profiles:\n  long: { stages: { train: { ${override} } } }\n`);
    return parse(text, "long").stages.get("train")!;
  };
  const { cpus, memory, timeout, stall, retries } = of(
    "resources: { memory: 30GB }, timeout: 60d, stall: 6h, retries: 4",
  );
  assert.deepEqual([cpus, memory, timeout, stall, retries], [2, 3e10, 60 * 86_400, 6 * 3600, 4]);
  assert.deepEqual([of("retries: 0").retries, of("timeout: 1h").retries], [0, 1]);
  assert.throws(() => of("retries: -1"), /`profiles\.long\.stages\.train\.retries` wants a number/);
  assert.deepEqual([of("resources: { cpus: 3 }").cpus, of("timeout: 1h").memory], [3, 1e9]);
  assert.deepEqual([of("resources: { gpus: 2 }").gpus, of("timeout: 1h").gpus], [2, 0]);
  assert.throws(() => of("resources: { gpus: -1 }"), /gpus/);
  assert.throws(() => of("resources: { memory: big }"), /"big" is no memory size/);
});

/** SOUND with a stage that only one profile has, and one that collects from all. */
const WITH_OPTIONAL = `${
  SOUND.replace(
    "profiles:\n",
    `  extra: { run: stage.ts, optional: true, matrix: [trial], inputs: { w: "train[regime=SB].w" }, outputs: { m: m.json } }
  tables: { run: stage.ts, inputs: { all: "train[*].w", extra: "extra[*].m" }, outputs: { t: t.md } }
profiles:
  more: { only: [train, extra, tables], axes: { tint: [1, 2] }, stages: { train: { matrix: [regime, trial, tint] }, extra: { inputs: { w: "train[regime=SB,tint=1].w", v: "train[regime=LB,tint=2].w" } } } }
`,
  )
}`;

Deno.test("parseStudy() leaves out optional stages, and inputs that collect from them", () => {
  const { stages, absent } = parse(WITH_OPTIONAL);
  assert.deepEqual([...stages.keys()], ["train", "probe", "tables"]);
  assert.deepEqual([...absent], ["extra"]);
  assert.deepEqual([...stages.get("tables")!.inputs.keys()], ["all"]);
});

Deno.test("parseStudy() takes the stages, axes and inputs of a profile", () => {
  const { stages, axes } = parse(WITH_OPTIONAL, "more");
  assert.deepEqual([...stages.keys()], ["train", "extra", "tables"]);
  assert.deepEqual([...stages.get("tables")!.inputs.keys()], ["all", "extra"]);
  const { inputs } = stages.get("extra")!;
  assert.deepEqual([...inputs.keys()], ["w", "v"]);
  assert.equal(inputs.get("w")!.reference.selection.get("tint"), "1");
  assert.deepEqual(axes.get("tint")!.values.map(({ label }) => label), ["1", "2"]);
});

Deno.test("parseStudy() refuses a stage whose source the profile leaves out", () => {
  const text = WITH_OPTIONAL.replace("only: [train, extra", "only: [extra");
  assert.match(
    faultsOf(text, "more")[0]!,
    /profile `more` has `extra` without `train`, which it reads; name both in `only`, or none/,
  );
});
