import assert from "node:assert/strict";
import { cacheFolder } from "../../lib/engine/setup/cache_folder.ts";
import { locateNative } from "../../lib/engine/setup/location.ts";
import { READY_FILE } from "../../lib/engine/setup/ready_record.ts";
import { installerRelease, type Release, wheelRelease } from "../../lib/engine/setup/release.ts";
import { findCommand } from "../../lib/engine/setup/system.ts";
import { ended, type FakeSystem, fakeSystem } from "../support/fake_system.ts";

async function install(system: FakeSystem, release: Release, record = {}): Promise<string> {
  const folder = `${system.cache}/${release.folder}`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/a.node`, "addon");
  const ready = { digest: release.digest, libraryVersion: "1.2.3", addon: "a.node", ...record };
  const files = { "a.node": 5 };
  await Deno.writeTextFile(`${folder}/${READY_FILE}`, JSON.stringify({ files, ...ready }));
  return folder;
}

Deno.test("locateNative() prefers the wheel's library to the installer's", async () => {
  await using system = await fakeSystem();
  const [wheel, installer] = [wheelRelease(system.platform)!, installerRelease(system.platform)];
  assert.equal(locateNative(system), undefined);
  await install(system, installer);
  assert.equal(locateNative(system)?.digest, installer.digest);
  const folder = await install(system, wheel);
  const found = { addonPath: `${folder}/a.node`, libraryVersion: "1.2.3", digest: wheel.digest };
  assert.deepEqual(locateNative(system), found);
});

Deno.test("locateNative() ignores what is damaged, incomplete or another release", async () => {
  await using system = await fakeSystem();
  const release = wheelRelease(system.platform)!;
  const folder = await install(system, release);
  assert.ok(locateNative(system));
  for (const record of [{ digest: "another" }, { addon: "b.node" }, { files: { "a.node": 4 } }]) {
    await install(system, release, record);
    assert.equal(locateNative(system), undefined, JSON.stringify(record));
  }
  await install(system, release);
  await Deno.writeTextFile(`${folder}/${READY_FILE}`, '{"digest":');
  assert.equal(locateNative(system), undefined);
  await install(system, release);
  await Deno.remove(`${folder}/a.node`);
  assert.equal(locateNative(system), undefined);
});

Deno.test("locateNative() takes milliseconds once installed", async () => {
  await using system = await fakeSystem();
  await install(system, wheelRelease(system.platform)!);
  const start = performance.now();
  for (let i = 0; i < 100; i++) locateNative(system);
  const milliseconds = (performance.now() - start) / 100;
  // The whole no-op set-up may take 100 ms; measured 0.1 ms, so 10 ms is a loose bound.
  assert.ok(milliseconds < 10, `${milliseconds} ms`);
});

Deno.test("cacheFolder() is BASIN_CACHE, else XDG_CACHE_HOME, else the home folder's", () => {
  const folder = (env: Record<string, string>) => cacheFolder((name) => env[name]);
  const env = { HOME: "/home/ada", XDG_CACHE_HOME: "/xdg", BASIN_CACHE: "/basin" };
  assert.equal(folder(env), "/basin");
  assert.equal(folder({ ...env, BASIN_CACHE: "here" }), `${Deno.cwd()}/here`);
  assert.equal(folder({ ...env, BASIN_CACHE: "" }), "/xdg/basin");
  assert.equal(folder({ HOME: "/home/ada", XDG_CACHE_HOME: "relative" }), "/home/ada/.cache/basin");
  assert.equal(folder({}), undefined);
});

Deno.test("releases have a key of their own on each platform", () => {
  const platforms = ["linux-x86_64", "linux-aarch64", "darwin-aarch64"];
  const releases = platforms.flatMap((name) => [wheelRelease(name), installerRelease(name)]);
  const digests = releases.filter((release) => release !== undefined).map(({ digest }) => digest);
  assert.equal(digests.length, 5);
  assert.equal(new Set(digests).size, 5);
});

Deno.test("findCommand() looks along the search path", async () => {
  await using system = await fakeSystem();
  await system.addCommand("g++", () => ended(0));
  system.variables.PATH = `:/nowhere:${system.bin}`;
  assert.equal(findCommand(system, "g++"), `${system.bin}/g++`);
  assert.equal(findCommand(system, `${system.bin}/g++`), `${system.bin}/g++`);
  assert.equal(findCommand(system, "c++"), undefined);
});
