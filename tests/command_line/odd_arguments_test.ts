/** The real command line with arguments that nobody means: plain words, and no damage. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { smallStudy, type ToyStudy } from "../pipeline/toy_study.ts";

const LONG = "n".repeat(300);
/** Names of files that cannot be read as anything. */
const PATHS = ["folder", "empty", "binary", "plain/below", "circle", LONG, ""];

/** The small study among files of which none is what a verb wants. */
async function oddStudy(): Promise<ToyStudy> {
  const study = await smallStudy();
  await study.write("empty", "");
  await study.write("plain", "no YAML, no JSON\n");
  const noise = Uint8Array.from({ length: 3000 }, (_, i) => 27 + i * i * 31);
  await Deno.writeFile(join(study.folder, "binary"), noise);
  await Deno.mkdir(join(study.folder, "folder"));
  await Deno.symlink("circle", join(study.folder, "circle"));
  return study;
}

/** Asserts that a command ends with words for people, and returns them. */
async function refused(study: ToyStudy, args: readonly string[]): Promise<string> {
  const { code, stderr } = await study.basin(...args);
  const said = `${args.join(" ")}: ${stderr}`;
  assert.ok([1, 2, 3].includes(code), `exit status ${code}, ${said}`);
  assert.doesNotMatch(stderr, /\n +at |Uncaught|undefined|\[object|not a function|os error/, said);
  assert.match(stderr, /annot |wants |Wanted |error: |has no|is empty/, said);
  // deno-lint-ignore no-control-regex -- a terminal would take them for orders
  assert.doesNotMatch(stderr, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/, said);
  return stderr;
}

/** Runs tests of commands two at a time: most of a command's time is the start of its process. */
async function all(commands: readonly string[][], each: (args: string[]) => Promise<void>) {
  const left = [...commands];
  const next = async () => {
    for (let args = left.pop(); args; args = left.pop()) await each(args);
  };
  await Promise.all([next(), next()]);
}

Deno.test("every path that a person names is refused in plain words if it is another thing", async () => {
  await using study = await oddStudy();
  const commands = PATHS.flatMap((path) => [
    ["plan", "--file", path],
    ["import", path],
    ["show", "--tidy", path],
    ...(path === "folder" ? [["export", "make", path], ["show", "--tidy", "folder.csv"]] : [
      ["run", "--artifacts", path],
      ["verify", "--artifacts", path],
    ]),
    ["import", "pipeline.yaml", "--expect", path],
  ]);
  await Deno.mkdir(join(study.folder, "folder.csv"));
  await all(commands, async (args) => {
    const said = await refused(study, args);
    assert.ok(said.length < 2000, said);
  });
  assert.deepEqual(await study.starts(), []);
  assert.ok(!existsSync(join(study.folder, "keys")), "an empty --artifacts is not this folder");
});

Deno.test("what is written to a folder or a device is refused before the work, and leaves both alone", async () => {
  await using study = await oddStudy();
  assert.equal((await study.basin("run")).code, 0);
  for (
    const [target, why] of [["folder", /it is a folder/], [
      "nowhere/b.tar",
      /no folder nowhere/,
    ]] as const
  ) {
    assert.match(await refused(study, ["export", "make", target]), why);
  }
  // A pipe stands for the devices: as root, a move over /dev/null would take it from everybody.
  const pipe = join(study.folder, "pipe");
  await new Deno.Command("mkfifo", { args: [pipe] }).output();
  assert.match(await refused(study, ["export", "make", pipe]), /it is no plain file/);
  assert.ok((await Deno.lstat(pipe)).isFifo);
  assert.equal((await Deno.lstat(join(study.folder, "folder"))).isDirectory, true);
});

Deno.test("numbers and cells that nobody means are refused with what would do", async () => {
  await using study = await oddStudy();
  const numbers = ["", "-1", "NaN", "1e400", "x", "9007199254740993"];
  const flags: [string[], RegExp][] = [
    [["plan", "-j"], /a number of cores, 1 to/],
    [["verify", "--recompute"], /a whole number, 1 or more/],
    [["verify", "--recompute", "1", "--seed"], /a whole number, 0 or more/],
    [["run", "--locked", "--tolerance"], /a share from 0 to below 1/],
  ];
  const cells: [string[], RegExp][] = [
    [["why", "grow[regime=SB,regime=LB]"], /two labels of `regime`; name one/],
    [["why", "grow[*]"], /"\*" in `grow`; write an axis and a label, as in `grow\[regime=SB/],
    [["why", "make[x]"], /`make` has no axes/],
    [["stage", "grow", "--flag", "0"], /wants true or false, and this is the number 0/],
    [
      ["export", "make"],
      /Cannot export to make: it names cells; give the file to write at the end/,
    ],
    [["export", "sum", "grow[trial=0]"], /Cannot export to grow\[trial=0\]: it names cells/],
    [["gc", "--keep", ""], /a number of hours/], // no variable that is not set removes all
  ];
  const cases = [
    ...flags.flatMap(([args, why]) => numbers.map((n) => [[...args, n], why] as const)),
    ...cells,
  ];
  const wanted = new Map(cases.map(([args, why]) => [args as string[], why]));
  await all([...wanted.keys()], async (args) => {
    assert.match(await refused(study, args), wanted.get(args)!);
  });
  assert.deepEqual(await study.starts(), []);
});

Deno.test("options that a verb would pass over are refused, and nothing is done", async () => {
  await using study = await oddStudy();
  const onCluster = (verb: string) => new RegExp(`Cannot use --detach with \`${verb}\``);
  const cases: [string[], RegExp][] = [
    [["verify", "--full", "--recompute", "1"], /Cannot use --full with --recompute/],
    [["verify", "--seed", "1"], /Cannot use --seed without --recompute/],
    [["verify", "--full", "--seed", "0"], /Cannot use --seed without --recompute/],
    [["check", "--twice", "make", "--interrupt", "make"], /Cannot use --twice with --interrupt/],
    [
      ["check", "--twice", "make", "--twice=sum"],
      /Cannot use --twice 2 times with `check`: only the/,
    ],
    [["show", "--tidy", "a.csv", "--tidy", "b.csv"], /Cannot use --tidy 2 times with `show`/],
    [["--detach", "status"], onCluster("status")],
    [["plan", "--detach", "--executor", "slurm"], onCluster("plan")],
    [["verify", "--recompute", "1", "--detach"], onCluster("verify")],
    [["--detach", "schema"], onCluster("schema")],
    [
      ["measure", "m.onnx", "--artifacts", "x"],
      /Cannot use --artifacts with `measure`: it reads no/,
    ],
    [
      ["measure", "m.onnx", "--file", "a", "--profile", "b"],
      /Cannot use --file and --profile with `measure`: it reads no study; leave them out/,
    ],
    [["schema", "--executor", "local"], /Cannot use --executor with `schema`/],
    [["--json", "graph"], /Cannot use --json with `graph`: it prints a chart/],
    [["graph", "--svg", "--json"], /Cannot use --json with `graph`/],
    [["--json", "logs", "make"], /Cannot use --json with `logs`: it prints what the cell printed/],
    [["plan", "--engine", "foo"], /^Cannot use --engine foo; give tensorflow, wasm/],
    [["status", "--engine", "xla:"], /^Cannot use --engine xla:; give/],
  ];
  const wanted = new Map(cases);
  await all([...wanted.keys()], async (args) => {
    const { code, stdout, stderr } = await study.basin(...args);
    assert.equal(code, 2, `${args.join(" ")}: ${stdout}${stderr}`);
    assert.match(stderr, wanted.get(args)!);
    if (!args.includes("--json")) assert.equal(stdout, "", args.join(" "));
  });
  study.env["BASIN_ENGINE"] = "foo"; // the variable is named where it is the variable
  assert.match(await refused(study, ["plan"]), /BASIN_ENGINE=foo/);
  assert.deepEqual(await study.starts(), []);
});

Deno.test("--json writes JSON to stdout where a table goes to a file too", async () => {
  await using study = await oddStudy();
  assert.equal((await study.basin("stage", "make")).code, 0);
  for (const args of [["--tidy", "t.csv"], ["make", "--tidy", "t.parquet"]]) {
    const { code, stdout, stderr } = await study.basin("show", "--json", ...args);
    assert.equal(code, 0, stderr);
    const { columns, ...said } = JSON.parse(stdout);
    const missing = args.length === 2 ? 7 : 0;
    assert.deepEqual(said, { file: args.at(-1), cells: 1, missing });
    assert.ok(columns > 5, `${columns} columns`);
  }
});

Deno.test("--json writes JSON to stdout where nothing comes of a command, too", async () => {
  await using study = await oddStudy();
  await study.edit("pipeline.yaml", "base: {", "base: { fail: empty,"); // the stage make fails
  const cases: [string[], number, RegExp][] = [
    [["plan", "--file", "plain"], 2, /^plain:1:1: the study wants a map/],
    [["import", "binary"], 3, /^Cannot import .*: it is no whole bundle/],
    [["lock"], 2, /^Cannot accept the study as it stands/],
    [["show", "mkae"], 2, /did you mean `make`\?$/],
    [["stage", "make", "--vlaue", "1"], 2, /^unknown option '--vlaue'/],
    [["plna"], 2, /^unknown command 'plna'/],
    [[], 2, /^no verb is named$/],
    [["logs", "make"], 2, /^Cannot use --json with `logs`/],
    [["check", "--twice", "make"], 1, /the toy was told to fail/],
    [["check", "--twice", "sum[trial=0]"], 1, /^what it reads came to no result$/],
  ];
  const wanted = new Map(cases.map(([args, ...rest]) => [args, rest]));
  await all([...wanted.keys()], async (args) => {
    const { code, stdout, stderr } = await study.basin("--json", ...args);
    const [status, message] = wanted.get(args)!;
    assert.equal(code, status, stderr);
    const { error, exit } = JSON.parse(stdout);
    assert.match(error, message);
    assert.equal(exit, status);
  });
  const { code, stdout } = await study.basin("--json", "run");
  assert.deepEqual([code, JSON.parse(stdout).failed], [1, ["make"]]);
});

Deno.test("BASIN_DATA_DIR is taken from where the command is given, wherever the study lies", async () => {
  await using study = await oddStudy();
  await Deno.mkdir(join(study.folder, "own/data"), { recursive: true });
  await study.write("own/data/x", "42");
  await Deno.mkdir(join(study.folder, "below"));
  await study.write(
    "below/pipeline.yaml",
    "version: 1\nstages:\n" +
      "  read: { run: read.ts, outputs: { out: out.txt }, allow: { read: [$BASIN_DATA_DIR] } }\n",
  );
  await study.write(
    "below/read.ts",
    `import { z } from "zod";
export default { summary: "", parameters: z.strictObject({}), run(context: any) {
  const text = Deno.readTextFileSync(Deno.env.get("BASIN_DATA_DIR") + "/x");
  Deno.writeTextFileSync(context.output("out"), text);
} };
`,
  );
  study.env["BASIN_DATA_DIR"] = "own/data";
  const { code, stderr } = await study.basin("run", "--file", "below/pipeline.yaml");
  assert.equal(code, 0, stderr);
  assert.equal(await study.read("below/artifacts/view/read/out.txt"), "42");
});
