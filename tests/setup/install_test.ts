import assert from "node:assert/strict";
import { installEngine, type InstallOptions } from "../../lib/engine/setup/install.ts";
import { locateNative } from "../../lib/engine/setup/location.ts";
import { shownProgress } from "../../lib/engine/setup/progress.ts";
import { installerRelease, WHEELS } from "../../lib/engine/setup/release.ts";
import { ended, type FakeSystem, fakeSystem } from "../support/fake_system.ts";

/** Why the native engine could not be had, as `step: why; mend` of the first way. */
async function firstReason(system: FakeSystem, options: InstallOptions = {}): Promise<string> {
  const installation = await installEngine({ system, ...options });
  assert.equal(installation.kind, "portable");
  const { step, why, mend } = installation.reasons[0]!;
  return `${step}: ${why}; ${mend}`;
}

/** pip that answers `--version`, and `download` as given. */
const pip =
  (download: (folder: string) => Promise<void> | void, code = 0, output = "") =>
  async (args: readonly string[]) => {
    if (args.includes("--version")) return ended(0, "pip 23.2");
    await download(args[args.indexOf("-d") + 1]!);
    return ended(code, output);
  };

/** A machine on which tfjs-node's installer gets library and addon, and both work. */
async function withInstaller(system: FakeSystem): Promise<void> {
  await system.addCommand("node", async (_args, { cwd }) => {
    await Deno.mkdir(`${cwd}/deps/lib`, { recursive: true });
    await Deno.mkdir(`${cwd}/lib/napi-v8`, { recursive: true });
    await Deno.writeTextFile(`${cwd}/deps/lib/libtensorflow.so.2`, "library");
    await Deno.writeTextFile(`${cwd}/lib/napi-v8/tfjs_binding.node`, "addon");
    return ended(0);
  });
  system.commands.deno = () => ended(0, "trial passed: 2.9.1\n");
}

Deno.test("installEngine() names the missing compiler before it downloads anything", async () => {
  await using system = await fakeSystem();
  await system.addCommand("pip3", pip(() => {}));
  assert.equal(
    await firstReason(system),
    "find a C++ compiler: none of g++, c++, clang++ is on the PATH; " +
      "install one, for instance `apt-get install g++`, or set CXX",
  );
  assert.ok(!system.calls.some((call) => call.includes("download")));
});

Deno.test("installEngine() names the missing pip", async () => {
  await using system = await fakeSystem();
  await system.addCommand("g++", () => ended(0));
  assert.match(
    await firstReason(system),
    /^find pip: none of .* runs; .*apt-get install python3-pip/,
  );
});

Deno.test("installEngine() quotes pip's error and advises by its kind", async () => {
  const cases: [string, RegExp][] = [
    ["ERROR: Read timed out.", /: Read timed out\.; check the network/],
    ["ERROR: No matching distribution found for x", /: No matching .*; point pip at an index/],
    ["ERROR: Wheel 'x' located at y is invalid.", /is invalid\.; remove the damaged copy/],
    ["OSError: [Errno 28] No space left on device", /No space left .*; free 2 GB below .*cache/],
  ];
  for (const [output, message] of cases) {
    await using system = await fakeSystem();
    await system.addCommand("g++", () => ended(0));
    await system.addCommand("pip3", pip(() => {}, 1, `Collecting x\n${output}\n`));
    assert.match(await firstReason(system), message);
  }
});

Deno.test("installEngine() refuses a truncated wheel", async () => {
  await using system = await fakeSystem();
  await system.addCommand("g++", () => ended(0));
  await system.addCommand("pip3", pip((folder) => Deno.writeTextFile(`${folder}/x.whl`, "PK")));
  const { bytes } = WHEELS[system.platform]!;
  assert.match(await firstReason(system), RegExp(`cut short: 2 of ${bytes} bytes; remove the dam`));
  assert.match(await Deno.readTextFile(`${system.cache}/setup.log`), /\$ pip3 download .*x86_64/);
});

Deno.test("installEngine() says that a platform has no wheel, and tries the installer", async () => {
  await using system = await fakeSystem();
  Object.assign(system, { platform: "darwin-aarch64" });
  await withInstaller(system);
  assert.equal((await installEngine({ system })).kind, "tensorflow");
  delete system.commands.node;
  await Deno.remove(system.cache, { recursive: true });
  assert.match(await firstReason(system), /^choose a TensorFlow wheel: none is pinned for darwin/);
});

Deno.test("installEngine() falls back to tfjs-node's installer, once", async () => {
  await using system = await fakeSystem();
  await withInstaller(system);
  const installation = await installEngine({ system });
  const { digest, folder } = installerRelease(system.platform);
  const addonPath = `${system.cache}/${folder}/lib/napi-v8/tfjs_binding.node`;
  assert.deepEqual(installation, {
    kind: "tensorflow",
    addonPath,
    libraryVersion: "2.9.1",
    digest,
  });
  const calls = system.calls.length;
  assert.deepEqual(await installEngine({ system }), installation);
  assert.equal(system.calls.length, calls, "the second set-up ran commands");
  // A retry looks for the wheel again; as that fails, the older library stays.
  await system.addCommand("g++", () => ended(0));
  assert.deepEqual(await installEngine({ system, retry: true }), installation);
  assert.ok(system.calls.length > calls);
});

Deno.test("installEngine() keeps an installed engine although a retry cannot write", async () => {
  await using system = await fakeSystem();
  await withInstaller(system);
  const installation = await installEngine({ system });
  await Deno.remove(`${system.cache}/setup.lock`);
  await Deno.mkdir(`${system.cache}/setup.lock`); // Opening it for writing now fails.
  assert.deepEqual(await installEngine({ system, retry: true }), installation);
});

Deno.test("installEngine() repairs an engine whose library was cut short", async () => {
  await using system = await fakeSystem();
  await withInstaller(system);
  await installEngine({ system });
  const library = `${system.cache}/${installerRelease(system.platform).folder}/deps/lib/` +
    "libtensorflow.so.2";
  await Deno.truncate(library, 3);
  assert.equal(locateNative(system), undefined);
  assert.equal((await installEngine({ system })).kind, "tensorflow");
  assert.equal(await Deno.readTextFile(library), "library");
});

Deno.test("installEngine() publishes nothing that fails its trial", async () => {
  await using system = await fakeSystem();
  await withInstaller(system);
  system.commands.deno = () => ended(139, "Segmentation fault\n");
  const installation = await installEngine({ system });
  assert.equal(installation.kind, "portable");
  assert.match(installation.reasons[1]!.why, /Segmentation fault/);
  assert.equal(locateNative(system), undefined);
});

Deno.test("installEngine() sweeps what killed set-ups left, and leaves nothing itself", async () => {
  await using system = await fakeSystem();
  await Deno.mkdir(`${system.cache}/staging-killed/engine/lib`, { recursive: true });
  await withInstaller(system);
  await installEngine({ system });
  const names = (await Array.fromAsync(Deno.readDir(system.cache))).map(({ name }) => name).sort();
  const { folder } = installerRelease(system.platform);
  assert.deepEqual(names, ["setup.lock", "setup.log", folder]);
});

Deno.test("installEngine() waits for another set-up instead of repeating it", async () => {
  await using system = await fakeSystem();
  await withInstaller(system);
  let text = "";
  const progress = shownProgress({
    write: (more) => text += more,
    isTerminal: false,
    colour: false,
    now: () => 0,
  });
  const both = await Promise.all([1, 2].map(() => installEngine({ system, progress })));
  assert.deepEqual(both[0], both[1]);
  assert.equal(system.calls.filter((call) => call.startsWith("node ")).length, 1);
  assert.match(text, /another set-up is running; waiting for it/);
});

Deno.test("installEngine() remembers failures for a day, or until something changes", async () => {
  await using system = await fakeSystem();
  const tries = async (options: InstallOptions = {}) => {
    const before = system.calls.length;
    await firstReason(system, options);
    return system.calls.length > before;
  };
  system.variables.CXX = "nosuch++";
  Object.assign(system, { packageFolder: () => undefined }); // The second way fails at once.
  assert.equal(await tries(), true);
  assert.equal(await tries(), false);
  assert.equal(await tries({ retry: true }), true);
  assert.equal(await tries({ engine: "tensorflow" }), true);
  system.hoursAhead = 23;
  assert.equal(await tries(), false);
  system.hoursAhead = 25;
  assert.equal(await tries(), true);
  await system.addCommand("g++", () => ended(1));
  assert.equal(await tries(), true);
  system.variables.PIP_INDEX_URL = "https://user:secret@index.example/simple";
  assert.equal(await tries(), true);
  for await (const { name } of Deno.readDir(system.cache)) {
    if (name.startsWith("portable-")) {
      assert.ok(!(await Deno.readTextFile(`${system.cache}/${name}`)).includes("secret"));
    }
  }
});

Deno.test("installEngine() obeys BASIN_ENGINE and --engine", async () => {
  await using system = await fakeSystem();
  system.variables.BASIN_ENGINE = "portable";
  assert.match(await firstReason(system), /the portable engine was asked for/);
  system.variables.BASIN_ENGINE = "";
  assert.match(await firstReason(system, { engine: "portable" }), /asked for/);
  assert.deepEqual(system.calls, []);
  system.variables.BASIN_ENGINE = "abacus";
  await assert.rejects(installEngine({ system }), RangeError);
});

Deno.test("installEngine() survives a cache folder of no use", async () => {
  await using system = await fakeSystem();
  await Deno.writeTextFile(`${system.root}/file`, "");
  system.variables.BASIN_CACHE = `${system.root}/file/cache`;
  assert.match(await firstReason(system), /^use the cache folder: .*set BASIN_CACHE to another/);
  system.variables.BASIN_CACHE = "";
  assert.match(await firstReason(system), /^choose a cache folder: none of BASIN_CACHE.* is set/);
  assert.deepEqual(system.calls, []);
});
