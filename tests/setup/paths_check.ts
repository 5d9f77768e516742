// deno-lint-ignore-file no-console -- a script that a person reads
/**
 * Every path of set-up on the real machine: pip, the compiler, kills, full disks, the installer.
 *
 * Not part of the quick suite: it downloads 274 MB once and takes some minutes and 5 GB of disk.
 * Run it by hand with `deno run -A tests/setup/paths_check.ts [name of a check …]`; it ends with
 * `N passed, N failed`.
 */
import assert from "node:assert/strict";
import type { Installation } from "../../lib/engine/setup/install.ts";
import { READY_FILE } from "../../lib/engine/setup/ready_record.ts";
import { installerRelease, wheelRelease, WHEELS } from "../../lib/engine/setup/release.ts";
import { THIS_MACHINE } from "../../lib/engine/setup/location.ts";
import { THIS_SYSTEM } from "../../lib/engine/setup/system.ts";
import { downloadWheel, findPip } from "../../lib/engine/setup/wheel.ts";
import { pathWithout } from "../support/search_path.ts";
import { serveLibtensorflow } from "../support/libtensorflow_mirror.ts";

/** A closed port: whatever asks for it fails at once, as on a machine without a network. */
const NOWHERE = "http://127.0.0.1:1/";
const SETUP = new URL("../../tasks/setup.ts", import.meta.url).pathname;
const base = await Deno.makeTempDir({ prefix: "basin-setup-" });
const wheels = `${base}/wheels`;
/** pip takes the wheel from a folder and the installer finds no host: fast, and the same offline. */
const offline = { PIP_NO_INDEX: "1", PIP_FIND_LINKS: wheels, TFJS_NODE_BASE_URI: NOWHERE };

interface Run {
  readonly code: number;
  readonly text: string;
  readonly seconds: number;
  readonly installation: Installation;
}

function start(cache: string, env: Record<string, string>, args: string[] = []): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", SETUP, "--json", ...args],
    env: { ...env, BASIN_CACHE: cache, BASIN_ENGINE: "" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function setUp(cache: string, env: Record<string, string>, args?: string[]): Promise<Run> {
  const began = performance.now();
  const { code, stdout, stderr } = await start(cache, env, args).output();
  const text = new TextDecoder();
  const seconds = (performance.now() - began) / 1000;
  const installation = JSON.parse(text.decode(stdout)) as Installation;
  return { code, text: text.decode(stderr), seconds, installation };
}

function reasonsOf({ installation, text }: Run): string[] {
  assert.equal(installation.kind, "portable", text);
  if (installation.kind !== "portable") return [];
  for (const { step, why, mend } of installation.reasons) say(`${step}: ${why}; ${mend}`);
  return installation.reasons.map(({ step, why, mend }) => `${step}: ${why}; ${mend}`);
}

async function assertInstalled(run: Run, cache: string): Promise<void> {
  assert.equal(run.code, 0, run.text);
  assert.equal(run.installation.kind, "tensorflow", JSON.stringify(run.installation));
  assert.deepEqual(await leftovers(cache), []);
  const again = await setUp(cache, {});
  assert.equal(again.installation.kind, "tensorflow");
  assert.equal(again.text, "", "the second set-up had something to do");
  say(`installed in ${run.seconds.toFixed(1)} s; again in ${(again.seconds * 1000).toFixed(0)} ms`);
}

async function leftovers(cache: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(cache)) {
    if (name.startsWith("staging-")) names.push(name);
  }
  return names;
}

const checks: Record<string, () => Promise<void>> = {
  async "pip and compiler into an empty cache"() {
    const cache = `${base}/empty`;
    const run = await setUp(cache, {});
    say(run.text.trimEnd());
    await assertInstalled(run, cache);
  },
  async "SIGKILL at many moments, then a rerun"() {
    const cache = `${base}/killed`;
    for (const seconds of [0.2, 1, 2, 4, 7, 10, 14]) {
      const child = start(cache, offline);
      const output = child.output();
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      child.kill("SIGKILL"); // Its own children live on for a while and write where it built.
      const { stderr } = await output;
      const steps = new TextDecoder().decode(stderr).trim().split("\n").map((line) => line.trim());
      say(`killed after ${seconds} s, last finished step: ${steps.at(-1) || "none"}`);
      const folder = wheelRelease(THIS_MACHINE.platform)!.folder;
      await assert.rejects(Deno.stat(`${cache}/${folder}/${READY_FILE}`));
    }
    await assertInstalled(await setUp(cache, offline), cache);
  },
  async "two set-ups at once"() {
    const cache = `${base}/two`;
    const both = await Promise.all([setUp(cache, offline), setUp(cache, offline)]);
    const compiled = both.filter(({ text }) => text.includes("compile the addon"));
    const waited = both.filter(({ text }) => text.includes("waiting for it"));
    assert.deepEqual([compiled.length, waited.length], [1, 1]);
    for (const run of both) await assertInstalled(run, cache);
  },
  async "pip missing"() {
    const PATH = await pathWithout(`${base}/no-pip`, /^(pip|python)/);
    const run = await setUp(`${base}/portable-1`, { ...offline, PATH });
    assert.match(reasonsOf(run)[0]!, /^find pip: .*apt-get install python3-pip/);
  },
  async "compiler missing, and tried again once there is one"() {
    const PATH = await pathWithout(`${base}/no-compiler`, /(g\+\+|c\+\+|clang\+\+)/);
    const cache = `${base}/portable-2`;
    const run = await setUp(cache, { ...offline, PATH });
    assert.match(reasonsOf(run)[0]!, /^find a C\+\+ compiler: .*apt-get install g\+\+/);
    const remembered = await setUp(cache, { ...offline, PATH });
    assert.deepEqual([remembered.installation, remembered.text], [run.installation, ""]);
    await assertInstalled(await setUp(cache, offline), cache);
  },
  async "wheel with a wrong digest"() {
    const folder = `${base}/wrong`;
    const path = await copyWheel(folder);
    using file = await Deno.open(path, { read: true, write: true });
    await file.seek(100_000_000, Deno.SeekMode.Start);
    await file.write(new TextEncoder().encode("not what was pinned"));
    const run = await setUp(`${base}/portable-3`, { ...offline, PIP_FIND_LINKS: folder });
    assert.match(reasonsOf(run)[0]!, /^verify the wheel of tensorflow-cpu: its SHA-256 is/);
  },
  async "truncated wheel"() {
    const folder = `${base}/short`;
    await Deno.truncate(await copyWheel(folder), 100_000_000);
    const run = await setUp(`${base}/portable-4`, { ...offline, PIP_FIND_LINKS: folder });
    assert.match(reasonsOf(run)[0]!, /^(download|verify)/);
  },
  async "compiler error"() {
    const run = await setUp(`${base}/portable-5`, { ...offline, CXX: "g++ -include missing.h" });
    assert.match(reasonsOf(run)[0]!, /^compile the addon: .*missing\.h: No such file/);
    assert.match(await Deno.readTextFile(`${base}/portable-5/setup.log`), /missing\.h/);
  },
  async "cache folder in the place of a file"() {
    await Deno.writeTextFile(`${base}/file`, "");
    const run = await setUp(`${base}/file/cache`, offline);
    assert.match(reasonsOf(run)[0]!, /^use the cache folder: .*set BASIN_CACHE/);
  },
  async "read-only cache folder, and a full disk"() {
    const folder = `${base}/small`;
    await Deno.mkdir(folder);
    const mount = ["-t", "tmpfs", "-o", "size=400m", "none", folder];
    if (!(await succeeds("mount", mount))) return say("skipped: mounting is not permitted here");
    try {
      assert.match(reasonsOf(await setUp(folder, offline))[0]!, /space left.*free 2 GB below/i);
      assert.deepEqual(await leftovers(folder), []);
      assert.ok(await succeeds("mount", ["-o", "remount,ro", folder]));
      const readOnly = await setUp(folder, offline, ["--retry"]);
      assert.match(reasonsOf(readOnly)[0]!, /^use the cache folder: .*set BASIN_CACHE/);
    } finally {
      await succeeds("umount", [folder]);
    }
  },
  async "tfjs-node's own installer, from a mirror"() {
    const cache = `${base}/installer`;
    const PATH = await pathWithout(`${base}/no-pip-2`, /^(pip|python)/);
    await using mirror = await serveLibtensorflow(await onlyWheel(), `${base}/mirror`);
    const run = await setUp(cache, { PATH, TFJS_NODE_BASE_URI: mirror.uri });
    say(run.text.trimEnd());
    await assertInstalled(run, cache);
    await Deno.stat(`${cache}/${installerRelease(THIS_MACHINE.platform).folder}/${READY_FILE}`);
  },
  async "the same run by Deno, on a machine without Node.js"() {
    const cache = `${base}/installer-deno`;
    const PATH = await pathWithout(`${base}/no-node`, /^(pip|python|node|npm|npx)/);
    await using mirror = await serveLibtensorflow(await onlyWheel(), `${base}/mirror`);
    const run = await setUp(cache, { PATH, TFJS_NODE_BASE_URI: mirror.uri });
    say(run.text.trimEnd());
    await assertInstalled(run, cache);
    const retried = await setUp(cache, offline, ["--retry"]);
    await Deno.stat(`${cache}/${wheelRelease(THIS_MACHINE.platform)!.folder}/${READY_FILE}`);
    assert.equal(retried.installation.kind, "tensorflow");
  },
};

async function onlyWheel(): Promise<string> {
  for await (const { name } of Deno.readDir(wheels)) {
    if (name.endsWith(".whl")) return `${wheels}/${name}`;
  }
  throw new Error(`Cannot find the wheel in ${wheels}; was it downloaded?`);
}

async function copyWheel(folder: string): Promise<string> {
  const wheel = await onlyWheel();
  await Deno.mkdir(folder);
  const copy = folder + wheel.slice(wheel.lastIndexOf("/"));
  await Deno.copyFile(wheel, copy);
  return copy;
}

async function succeeds(command: string, args: string[]): Promise<boolean> {
  return (await THIS_SYSTEM.run(command, args)).code === 0;
}

function say(text: string): void {
  console.log(text.split("\n").map((line) => `    ${line}`).join("\n"));
}

let [passed, failed] = [0, 0];
try {
  const wheel = WHEELS[THIS_MACHINE.platform];
  if (wheel === undefined) throw new Error(`Cannot check ${THIS_MACHINE.platform}: no wheel`);
  const pip = await findPip(THIS_SYSTEM);
  await downloadWheel(THIS_SYSTEM, wheel, pip, wheels, base);
  for (const [name, check] of Object.entries(checks)) {
    if (Deno.args.length > 0 && !Deno.args.some((part) => name.includes(part))) continue;
    console.log(name);
    try {
      await check();
      passed++;
    } catch (error) {
      failed++;
      console.log(`  FAILED: ${error instanceof Error ? error.stack : error}`);
    }
  }
} finally {
  await Deno.remove(base, { recursive: true }).catch(() => {});
}
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0 || passed === 0) Deno.exit(1);
