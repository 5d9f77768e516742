/** Black-box tests of what is left when processes die, collide or find damage. */
import assert from "node:assert/strict";
import { chmodSync, readdirSync, realpathSync } from "node:fs";
import { BASIN, smallStudy, type ToyStudy, toyStudy } from "./toy_study.ts";

let calm: Promise<Record<string, string>> | undefined;

/** What an undisturbed run shows, to compare with; computed once. */
function undisturbed(): Promise<Record<string, string>> {
  return calm ??= runUndisturbed();
}

async function runUndisturbed(): Promise<Record<string, string>> {
  await using study = await smallStudy();
  await study.edit("pipeline.yaml", "large: {", "large: { gate: open,");
  await study.write("open", "");
  assert.equal((await study.basin("run")).code, 0);
  return await study.view();
}

/** A study whose LB cells wait for the file `open`. */
async function gatedStudy(): Promise<ToyStudy> {
  const study = await smallStudy();
  await study.edit("pipeline.yaml", "large: {", "large: { gate: open,");
  return study;
}

function isAlive(pid: number): boolean {
  // Signal 0 asks the kernel without sending anything; a zombie of ours counts as dead.
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

async function pidOf(study: ToyStudy, start: string): Promise<number> {
  const index = (await study.starts()).lastIndexOf(start);
  return (await study.pids())[index]!;
}

async function finished(child: Deno.ChildProcess) {
  const { code, signal, stdout, stderr } = await child.output();
  const text = new TextDecoder();
  return { code, signal, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

Deno.test("a killed driver takes its workers along, and the next run goes on", async () => {
  await using study = await gatedStudy();
  const first = study.spawn("run", "-j", "3");
  await study.untilStarts(5); // make, both SB cells, and both LB cells at their gate
  const before = await study.starts();
  const orphan = await pidOf(study, "grow regime=LB,trial=0");
  first.kill("SIGKILL");

  // The gate is closed, so the second run can only start the cell once the orphan is dead.
  const second = study.spawn("run", "-j", "3");
  await study.untilStarts(before.length + 2);
  assert.ok(!isAlive(orphan), "two workers at one cell");
  await study.write("open", "");
  const { code } = await finished(second);
  await first.output();
  assert.equal(code, 0);
  const after = (await study.starts()).slice(before.length).sort();
  const expected = ["grow regime=LB,trial=0", "grow regime=LB,trial=1", "report", "sum trial=0"];
  assert.deepEqual(after, [...expected, "sum trial=1"], "finished cells are not repeated");
  assert.deepEqual(await study.view(), await undisturbed());
  assert.deepEqual(readdirSync(`${study.folder}/artifacts/locks`), []);
  assert.deepEqual(readdirSync(`${study.folder}/artifacts/tmp`), []);
});

Deno.test("a stage that never lets go of its thread dies with the driver all the same", async () => {
  await using study = await toyStudy(
    "version: 1\nstages: { spin: { run: spin.ts, outputs: { out: out } } }\n",
  );
  await study.stage("spin");
  // Asks for the file over and over without ever returning to the event loop.
  await study.edit("spin.ts", "if (gate) {", 'while (!exists("open")); if (gate) {');
  const first = study.spawn("run");
  await study.untilStarts(1);
  const [orphan] = await study.pids();
  first.kill("SIGKILL");
  const second = study.spawn("run");
  await study.untilStarts(2);
  assert.ok(!isAlive(orphan!));
  await study.write("open", "");
  assert.equal((await finished(second)).code, 0);
  await first.output();
});

Deno.test("a killed worker is started again, and its attempt says why it ended", async () => {
  await using study = await gatedStudy();
  const first = study.spawn("run", "-j", "3");
  await study.untilStarts(5);
  Deno.kill(await pidOf(study, "grow regime=LB,trial=0"), "SIGKILL");
  await study.untilStarts(6);
  await study.write("open", "");
  const { code, stdout, stderr } = await finished(first);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /again +grow\[regime=LB,trial=0\] +The worker was killed by SIGKILL/);
  assert.deepEqual(await study.view(), await undisturbed());
  const reasons = study.manifests().filter(({ status }) => status === "interrupted");
  assert.deepEqual(reasons.map(({ cell }) => cell), ["grow[regime=LB,trial=0]"]);
  assert.match(reasons[0]!.reason ?? "", /killed by SIGKILL/);
});

Deno.test("a stage that takes too long is ended: by the clock, or for want of progress", async () => {
  await using study = await toyStudy(`version: 1
params: { closed: { gate: never } }
stages:
  slow: { run: slow.ts, params: [closed], timeout: 1s, retries: 0, outputs: { out: out } }
  mute: { run: mute.ts, params: [closed], stall: 1s, retries: 1, outputs: { out: out } }
  fine: { run: fine.ts, timeout: 1h, outputs: { out: out } }
`);
  for (const name of ["slow", "mute", "fine"]) await study.stage(name);
  const { code, stderr, stdout } = await study.basin("run");
  assert.equal(code, 1);
  assert.match(stderr, /failed +slow +It ran longer than its `timeout` of 1(\.0)? s/);
  assert.match(stderr, /failed +mute +No progress for 1(\.0)? s, which is its `stall`/);
  assert.match(stdout, /again +mute +No progress/);
  assert.deepEqual(Object.keys(await study.view()), ["artifacts/view/fine/out"]);
});

Deno.test("two runs at once compute each cell once", async () => {
  await using study = await gatedStudy();
  const runs = [study.spawn("run", "-j", "3"), study.spawn("run", "-j", "3")];
  await study.untilStarts(5);
  await study.write("open", "");
  const results = await Promise.all(runs.map(finished));
  assert.deepEqual(
    results.map(({ code }) => code),
    [0, 0],
    results[0]!.stderr + results[1]!.stderr,
  );
  const starts = await study.starts();
  assert.equal(new Set(starts).size, starts.length, `something ran twice: ${starts}`);
  assert.equal(starts.length, 8);
  assert.deepEqual(await study.view(), await undisturbed());
});

Deno.test("Ctrl-C ends the workers with exit status 130, and the next run goes on", async () => {
  await using study = await gatedStudy();
  const first = study.spawn("run", "-j", "3");
  await study.untilStarts(5);
  const worker = await pidOf(study, "grow regime=LB,trial=1");
  first.kill("SIGINT");
  const { code, stderr } = await finished(first);
  assert.equal(code, 130);
  assert.match(stderr, /interrupted after .*: 3 cells finished; run again to go on/);
  assert.doesNotMatch(stderr, /failed/);
  assert.ok(!isAlive(worker));
  await study.write("open", "");
  const starts = await study.startsDuring(async () => {
    assert.equal((await study.basin("run")).code, 0);
  });
  assert.equal(starts.length, 5);
  const attempts = readdirSync(`${study.folder}/artifacts/attempts`, { recursive: true }).map(
    String,
  );
  const left = attempts.filter((path) => path.endsWith("/work") || path.endsWith("/inputs"));
  assert.deepEqual(left, [], "interrupted attempts are swept");
});

Deno.test("Ctrl-C ends what runs nothing yet at once, though a module never loads", async () => {
  await using study = await smallStudy();
  await study.write(
    "make.ts",
    `Deno.writeTextFileSync(new URL("starts.log", import.meta.url), Deno.pid + " make\\n");
setInterval(() => {}, 1000);
await new Promise(() => {});
`,
  );
  for (
    const [verb, signal] of [["run", "SIGINT"], ["plan", "SIGTERM"], ["gc", "SIGHUP"]] as const
  ) {
    const command = study.spawn(verb);
    await study.untilStarts(1);
    command.kill(signal);
    assert.equal((await command.output()).signal, signal);
    await Deno.remove(`${study.folder}/starts.log`);
  }
});

Deno.test({
  name: "nohup keeps a run alive when its terminal is closed",
  ignore: Deno.build.os !== "linux", // elsewhere nobody tells that the signal is ignored
  async fn() {
    await using study = await gatedStudy();
    const run = new Deno.Command("nohup", {
      args: [Deno.execPath(), "run", "-A", BASIN, "run", "-j", "3"],
      cwd: study.folder,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    await study.untilStarts(5);
    run.kill("SIGHUP");
    await study.write("open", "");
    const { code, stdout } = await finished(run);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /8 cells ran/);
  },
});

Deno.test("code that is edited during a run is not published under the key of the old", async () => {
  await using study = await smallStudy();
  await study.edit("pipeline.yaml", "base: {", "base: { gate: open,");
  const edited = study.spawn("run");
  await study.untilStarts(1);
  await study.edit("half.ts", "x / 2", "x / 4");
  await study.write("open", "");
  const { code, stderr } = await finished(edited);
  assert.equal(code, 1);
  assert.match(stderr, /failed +grow\[.*half\.ts changed since the run began; run again/);
  assert.doesNotMatch(stderr, / at .*\.ts:\d+/, "no stack");
  const starts = await study.startsDuring(async () => {
    assert.equal((await study.basin("run")).code, 0);
  });
  assert.equal(starts.length, 8, "make as well: what it published belongs to the old code");
  const view = await study.view();
  assert.match(view["artifacts/view/grow/regime=LB,trial=0/out.json"]!, /"half":16/);
});

Deno.test("a comment that is written during a run disturbs nothing", async () => {
  await using study = await smallStudy();
  await study.edit("pipeline.yaml", "base: {", "base: { gate: open,");
  const edited = study.spawn("run");
  await study.untilStarts(1);
  await study.edit("half.ts", "export", "// later\nexport");
  await study.write("open", "");
  assert.equal((await finished(edited)).code, 0);
  assert.equal((await study.starts()).length, 8);
});

Deno.test("a module that is loaded late counts as the run found it in the beginning", async () => {
  await using study = await toyStudy(`version: 1
stages: { late: { run: late.ts, params: [{ gate: open, value: 8 }], outputs: { out: out.json } } }
`);
  await study.stage("late");
  await study.edit("late.ts", 'import { half } from "./half.ts";', "");
  await study.edit("late.ts", "let read", 'const { half } = await import("./half.ts"); let read');
  const first = study.spawn("run");
  await study.untilStarts(1);
  await study.edit("half.ts", "x / 2", "x / 4");
  await study.write("open", "");
  const { code, stderr } = await finished(first);
  assert.equal(code, 1);
  assert.match(stderr, /half\.ts changed since the run began/);
  assert.equal((await study.basin("run")).code, 0);
  assert.match((await study.view())["artifacts/view/late/out.json"]!, /"half":2/);
});

const DAMAGES: [string, (blob: string) => void][] = [
  ["one flipped byte, same size and time", (blob) => {
    const { mtime, atime } = Deno.statSync(blob);
    const bytes = Deno.readFileSync(blob);
    bytes[3]! ^= 1;
    Deno.writeFileSync(blob, bytes);
    Deno.utimeSync(blob, atime!, mtime!);
  }],
  ["a truncated object", (blob) => Deno.truncateSync(blob, 2)],
  ["a missing object", (blob) => Deno.removeSync(blob)],
];
for (const [damage, inflict] of DAMAGES) {
  Deno.test(`${damage} is found before use, and its producer runs again`, async () => {
    await using study = await smallStudy();
    await study.basin("run");
    const good = await study.view();
    // A file, and a file within a folder.
    const victims = [["make/out.json", "grow"], ["grow/regime=SB,trial=0/folder/a/b.txt", "sum"]];
    for (const [victim, reader] of victims) {
      const blob = realpathSync(`${study.folder}/artifacts/view/${victim}`);
      chmodSync(blob, 0o644);
      inflict(blob);
      await study.edit(`${reader}.ts`, "hello from", "good day from"); // so that it reads again
      const { code, stdout, stderr } = await study.basin("run");
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`repair +${victim!.split("/")[0]}`));
      assert.deepEqual(await study.view(), good);
    }
    const quarantine = `${study.folder}/artifacts/store/quarantine`;
    assert.ok(readdirSync(quarantine).length > 0);
  });
}

Deno.test("a damaged table is not printed but made again", async () => {
  await using study = await smallStudy();
  const { stdout: good } = await study.basin("run");
  const table = good.slice(good.indexOf("\n{"));
  const blob = realpathSync(`${study.folder}/artifacts/view/report/terminal.md`);
  chmodSync(blob, 0o644);
  const text = await Deno.readTextFile(blob);
  await Deno.writeTextFile(blob, text.replace("half", "HALF"));
  assert.deepEqual(
    await study.startsDuring(async () => {
      const { code, stdout } = await study.basin("run");
      assert.equal(code, 0);
      assert.ok(stdout.endsWith(table));
    }),
    ["report"],
  );
});

Deno.test("damaged records count as missing", async () => {
  await using study = await smallStudy();
  await study.basin("run");
  for (const junk of ["", "\x00\xff", '{"schema":1}']) {
    const record = realpathSync(`${study.folder}/artifacts/view/report/.key.json`);
    await Deno.writeTextFile(record, junk);
    const starts = await study.startsDuring(async () => {
      const { code, stderr } = await study.basin("run");
      assert.equal(code, 0, stderr);
    });
    assert.deepEqual(starts, ["report"], JSON.stringify(junk));
  }
});

Deno.test("deleting the memo, the locks and the view changes no result", async () => {
  await using study = await smallStudy();
  await study.basin("run");
  const good = await study.view();
  for (const folder of ["memo", "locks", "view", "runs", "tmp"]) {
    await Deno.remove(`${study.folder}/artifacts/${folder}`, { recursive: true });
  }
  assert.deepEqual(await study.startsDuring(() => study.basin("run")), []);
  assert.deepEqual(await study.view(), good);
});
