import assert from "node:assert/strict";
import { chmodSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  attemptAt,
  attemptsOf,
  endAttempt,
  readManifest,
  startAttempt,
} from "../../../lib/pipeline/store/attempt.ts";
import { createFile, replaceFile } from "../../../lib/pipeline/store/atomic.ts";
import { DISK } from "../../../lib/pipeline/store/disk.ts";
import { temporaryFolder } from "../../support/temporary_folder.ts";
import { checkFormat, layoutOf, prepareLayout } from "../../../lib/pipeline/store/layout.ts";
import { holderOf, tryLock } from "../../../lib/pipeline/store/lock.ts";
import {
  damagedObjects,
  linkArtifact,
  putFile,
  putFolder,
  readBlob,
} from "../../../lib/pipeline/store/objects.ts";
import { checkOutputs, type OutputPlace, publish } from "../../../lib/pipeline/store/publish.ts";
import { dropRecord, quarantineObject } from "../../../lib/pipeline/store/quarantine.ts";
import { parseRecord, readRecord } from "../../../lib/pipeline/store/record.ts";
import { seal } from "../../../lib/pipeline/store/sealed.ts";
import { sweep } from "../../../lib/pipeline/store/sweep.ts";
import { KEY_DOCUMENT } from "../../support/key_document.ts";

const KEY = "a".repeat(64);

/** An empty store in a scratch folder. */
async function scratchStore() {
  const root = await Deno.makeTempDir({ prefix: "basin-store-" });
  const layout = layoutOf(join(root, "artifacts"));
  prepareLayout(layout);
  return {
    layout,
    attempt: () => startAttempt(layout, KEY, KEY_DOCUMENT, new Date()),
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

const OUTPUTS: OutputPlace[] = [
  { name: "file", path: "sub/a.txt", kind: "file" },
  { name: "folder", path: "d", kind: "folder" },
];

/** Writes what OUTPUTS declares. */
function writeOutputs(work: string, text = "abc"): void {
  for (const folder of ["sub", "d/e"]) Deno.mkdirSync(join(work, folder), { recursive: true });
  Deno.writeTextFileSync(join(work, "sub/a.txt"), text);
  Deno.writeTextFileSync(join(work, "d/z.txt"), "z");
  Deno.writeTextFileSync(join(work, "d/e/y.txt"), text);
}

const RESULT = { key: KEY, status: "ok", seconds: 1 } as const;

Deno.test("publish() makes outputs readable by content, and the record last", async () => {
  await using store = await scratchStore();
  const { layout } = store;
  const attempt = store.attempt();
  writeOutputs(attempt.work);
  checkOutputs(attempt, OUTPUTS);
  assert.equal(readRecord(layout, KEY), undefined);
  const { record, nondeterministic } = publish(layout, attempt, OUTPUTS, RESULT);
  assert.deepEqual(nondeterministic, []);
  assert.deepEqual(readRecord(layout, KEY), record);
  // FIPS 180-2, appendix B.1: the digest of "abc".
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.deepEqual(record.outputs.file, { digest: `blob:${abc}`, bytes: 3 });
  assert.equal(record.outputs.folder!.bytes, 4);
  assert.equal((await Deno.stat(layout.blob(abc))).mode! & 0o777, 0o444);
  const place = join(layout.root, "linked");
  linkArtifact(layout, record.outputs.folder!.digest, place);
  assert.equal(await Deno.readTextFile(join(place, "e/y.txt")), "abc");
  assert.equal(await Deno.readTextFile(join(place, "z.txt")), "z");
});

Deno.test("publish() keeps the first of two results, and names what differs", async () => {
  await using store = await scratchStore();
  const [first, second] = [store.attempt(), store.attempt()];
  writeOutputs(first.work, "abc");
  writeOutputs(second.work, "abd");
  const one = publish(store.layout, first, OUTPUTS, RESULT);
  const two = publish(store.layout, second, OUTPUTS, RESULT);
  assert.deepEqual(two.record, one.record);
  assert.deepEqual(two.nondeterministic, ["file", "folder"]);
});

Deno.test("the digest of a folder is that of its names and contents", async () => {
  await using store = await scratchStore();
  const digestOf = async (files: Record<string, string>) => {
    const folder = await Deno.makeTempDir({ dir: store.layout.tmp });
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(join(folder, name, ".."), { recursive: true });
      await Deno.writeTextFile(join(folder, name), text);
    }
    return putFolder(store.layout, folder).digest;
  };
  const base = await digestOf({ "a": "1", "b/c": "2" });
  assert.equal(await digestOf({ "b/c": "2", "a": "1" }), base);
  const others = [{ "a": "2", "b/c": "1" }, { "a": "1", "b-c": "2" }, { "a": "1" }, {}];
  const digests = await Promise.all(others.map(digestOf));
  assert.equal(new Set([base, ...digests]).size, 5);
});

Deno.test("checkOutputs() and putFile() refuse what was not declared", async () => {
  await using store = await scratchStore();
  const wrongs: [(work: string) => void, RegExp][] = [
    [(work) => Deno.removeSync(join(work, "sub/a.txt")), /output `file`: the stage did not write/],
    [(work) => Deno.removeSync(join(work, "d"), { recursive: true }), /output `folder`: the stage/],
    [(work) => Deno.writeTextFileSync(join(work, "sub/b.txt"), ""), /sub\/b\.txt: no output is/],
    [(work) => {
      Deno.removeSync(join(work, "sub/a.txt"));
      Deno.mkdirSync(join(work, "sub/a.txt"));
    }, /sub\/a\.txt is no file/],
    [(work) => {
      Deno.removeSync(join(work, "sub/a.txt"));
      Deno.symlinkSync("/etc/passwd", join(work, "sub/a.txt"));
    }, /sub\/a\.txt is no file/],
  ];
  for (const [spoil, message] of wrongs) {
    const attempt = store.attempt();
    writeOutputs(attempt.work);
    spoil(attempt.work);
    assert.throws(() => checkOutputs(attempt, OUTPUTS), { name: "TypeError", message });
  }
  const { work } = store.attempt();
  writeOutputs(work);
  await Deno.symlink("/etc/passwd", join(work, "d/link"));
  assert.throws(() => putFolder(store.layout, join(work, "d")), /no plain file/);
  await Deno.remove(join(work, "d/link"));
  await Deno.writeTextFile(join(work, "d/A"), "");
  await Deno.writeTextFile(join(work, "d/a"), "");
  assert.throws(() => putFolder(store.layout, join(work, "d")), /differs from it only in case/);
});

Deno.test("putFile() heals a damaged object of the same content", async () => {
  await using store = await scratchStore();
  const put = async () => {
    const path = join(store.layout.tmp, "x");
    await Deno.writeTextFile(path, "content");
    return putFile(store.layout, path);
  };
  const { digest } = await put();
  const blob = store.layout.blob(digest.slice(5));
  chmodSync(blob, 0o644);
  await Deno.writeTextFile(blob, "CONTENT");
  assert.deepEqual(damagedObjects(store.layout, digest), [digest]);
  await put();
  assert.deepEqual(damagedObjects(store.layout, digest), []);
});

Deno.test("damagedObjects() finds what changed, quarantineObject() moves it aside", async () => {
  await using store = await scratchStore();
  const { layout } = store;
  const attempt = store.attempt();
  writeOutputs(attempt.work);
  const { file, folder } = publish(layout, attempt, OUTPUTS, RESULT).record.outputs;
  assert.deepEqual(damagedObjects(layout, folder!.digest), []);
  assert.deepEqual(quarantineObject(layout, folder!.digest), []);
  const blob = layout.blob(file!.digest.slice(5));
  chmodSync(blob, 0o644);
  await Deno.writeTextFile(blob, "abX");
  assert.throws(() => readBlob(layout, file!.digest), { name: "DamagedObjectError" });
  assert.deepEqual(damagedObjects(layout, folder!.digest), [file!.digest], "shared content");
  assert.deepEqual(quarantineObject(layout, folder!.digest), [file!.digest]);
  assert.ok(!existsSync(blob) && existsSync(layout.tree(folder!.digest.slice(5))));
  assert.deepEqual(damagedObjects(layout, file!.digest), [file!.digest], "missing counts");
  assert.throws(() => readBlob(layout, file!.digest), { name: "DamagedObjectError" });
  const tree = layout.tree(folder!.digest.slice(5));
  await Deno.writeTextFile(tree, (await Deno.readTextFile(tree)).replace("z.txt", "y.txt"));
  assert.ok(damagedObjects(layout, folder!.digest).includes(folder!.digest));
  assert.throws(() => linkArtifact(layout, folder!.digest, join(layout.root, "link")), {
    name: "DamagedObjectError",
  });
  dropRecord(layout, KEY);
  assert.equal(readRecord(layout, KEY), undefined);
  assert.equal(readdirSync(layout.quarantine).length, 2);
});

Deno.test("readRecord() takes nothing but a whole record of its own key", async () => {
  await using store = await scratchStore();
  const attempt = store.attempt();
  writeOutputs(attempt.work);
  publish(store.layout, attempt, OUTPUTS, RESULT);
  const path = store.layout.record(KEY);
  const text = await Deno.readTextFile(path);
  for (let length = 0; length < text.length - 1; length++) {
    await Deno.writeTextFile(path, text.slice(0, length));
    assert.equal(readRecord(store.layout, KEY), "damaged", `cut at ${length}`);
  }
  await Deno.writeTextFile(path, text.replaceAll(KEY, "b".repeat(64)));
  assert.equal(readRecord(store.layout, KEY), "damaged");
});

Deno.test("parseRecord() takes a time below 0 for none, for no clock that counts goes back", () => {
  const record = { schema: 1, status: "ok", outputs: {}, attempt: "a/b", seconds: -3600, key: KEY };
  assert.equal(parseRecord(seal(record), KEY)?.seconds, 0);
});

Deno.test("createFile() lets one of many win, replaceFile() the last", async () => {
  await using store = await scratchStore();
  const path = join(store.layout.root, "x/y/one");
  const wins = Array.from({ length: 5 }, (_, i) => createFile(store.layout, path, String(i)));
  assert.deepEqual(wins, [true, false, false, false, false]);
  assert.equal(await Deno.readTextFile(path), "0");
  replaceFile(store.layout, path, "new");
  assert.equal(await Deno.readTextFile(path), "new");
  assert.deepEqual(readdirSync(store.layout.tmp), [], "nothing is left in tmp");
});

Deno.test("createFile() lets one of many win where the disk has no links", async () => {
  await using store = await scratchStore();
  const linkSync = () => {
    throw Object.assign(new Error("EPERM: made up by the test"), { code: "EPERM" });
  };
  const layout = layoutOf(store.layout.root, { ...DISK, linkSync });
  const path = join(layout.root, "x/one");
  const wins = [0, 1, 2].map((i) => createFile(layout, path, String(i)));
  assert.deepEqual(wins, [true, false, false]);
  assert.equal(await Deno.readTextFile(path), "0");
  assert.deepEqual([...readdirSync(layout.tmp), ...readdirSync(layout.locks)], []);
});

Deno.test("tryLock() lets one holder in, and is free again after it", async () => {
  await using store = await scratchStore();
  const path = store.layout.lock(KEY);
  const lock = tryLock(path)!;
  lock.describe({ pid: 12, attempt: "aaa/bbb" });
  assert.equal(tryLock(path), undefined);
  assert.deepEqual(holderOf(path), { pid: 12, attempt: "aaa/bbb" });
  lock.release();
  assert.ok(!existsSync(path));
  assert.equal(holderOf(path), undefined);
  const again = tryLock(path);
  assert.ok(again);
  again.release();
});

Deno.test("sweep() ends the attempts of dead workers and leaves living ones alone", async () => {
  await using store = await scratchStore();
  const { layout } = store;
  const [dead, living, published] = [store.attempt(), store.attempt(), store.attempt()];
  // A lock file without a holder is what a killed worker leaves.
  const leave = (key: string, attempt: string) =>
    Deno.writeTextFileSync(layout.lock(key), JSON.stringify({ pid: 1, attempt }));
  leave("dead", dead.id);
  leave(KEY, published.id);
  await Deno.writeTextFile(layout.lock("empty"), "");
  const lock = tryLock(layout.lock("living"))!;
  lock.describe({ pid: Deno.pid, attempt: living.id });
  writeOutputs(published.work);
  publish(layout, published, OUTPUTS, RESULT);
  await Deno.writeTextFile(join(dead.work, "half"), "x");

  assert.deepEqual(sweep(layout, Date.now()), [dead.id]);
  assert.equal(readManifest(dead)?.status, "interrupted");
  assert.equal(readManifest(published)?.status, "ok", "killed after it had published");
  assert.equal(readManifest(living), undefined);
  assert.ok(!existsSync(dead.work) && existsSync(living.work));
  assert.deepEqual(readdirSync(layout.locks), ["living.lock"]);
  lock.release();
});

Deno.test("sweep() removes temporary files of yesterday", async () => {
  await using store = await scratchStore();
  const path = join(store.layout.tmp, "old");
  await Deno.writeTextFile(path, "");
  sweep(store.layout, Date.now());
  assert.ok(existsSync(path));
  sweep(store.layout, Date.now() + 25 * 3600 * 1000);
  assert.ok(!existsSync(path));
});

Deno.test("sweep() leaves a store of its own alone in which a cell is being computed", async () => {
  await using store = await scratchStore();
  const own = layoutOf(join(store.layout.tmp, "scratch-1"));
  const lock = tryLock(own.lock(KEY))!;
  const tomorrow = Date.now() + 25 * 3600 * 1000;
  sweep(store.layout, tomorrow);
  assert.ok(existsSync(own.root));
  lock.release();
  sweep(store.layout, tomorrow);
  assert.ok(!existsSync(own.root));
});

Deno.test("startAttempt() comes last by name, though the clock was put back an hour", async () => {
  await using store = await scratchStore();
  const { layout } = store;
  const now = Date.now();
  const ids = [0, -3_600_000, 0, 1].map((later) =>
    startAttempt(layout, KEY, KEY_DOCUMENT, new Date(now + later)).id
  );
  assert.deepEqual(attemptsOf(layout, KEY).map(({ id }) => id), ids);
});

Deno.test("endAttempt() keeps the logs and removes the work", async () => {
  await using store = await scratchStore();
  const attempt = store.attempt();
  await Deno.writeTextFile(join(attempt.folder, "stdout.log"), "said");
  endAttempt(store.layout, attempt, { status: "failed", cell: "c", key: KEY, reason: "r" });
  assert.deepEqual(readdirSync(attempt.folder).sort(), ["key.json", "manifest.json", "stdout.log"]);
  assert.equal(readManifest(attemptAt(store.layout, attempt.id))?.reason, "r");
});

Deno.test("checkFormat() refuses a folder of other things, and takes a part of a store", async () => {
  await using folder = await temporaryFolder();
  const layout = layoutOf(folder.path);
  for (const name of ["tmp", "view", "keys", ".gitignore", "lost+found"]) {
    await Deno.mkdir(join(folder.path, name));
    checkFormat(layout);
  }
  await Deno.writeTextFile(join(folder.path, "thesis.tex"), "");
  assert.throws(
    () => checkFormat(layout),
    /it holds thesis\.tex, which is no part of them; name a folder of their own with --artifacts/,
  );
  await Deno.writeTextFile(join(folder.path, "FORMAT"), "1\n");
  checkFormat(layout);
});

Deno.test("prepareLayout() writes the format whole, and mends one that a full disk left empty", async () => {
  await using store = await scratchStore();
  const file = join(store.layout.root, "FORMAT");
  await Deno.writeTextFile(file, "");
  checkFormat(store.layout);
  prepareLayout(store.layout);
  assert.equal(await Deno.readTextFile(file), "1\n");
  assert.deepEqual(readdirSync(store.layout.tmp), []);
});

Deno.test("checkFormat() refuses another format", async () => {
  await using store = await scratchStore();
  checkFormat(store.layout);
  await Deno.writeTextFile(join(store.layout.root, "FORMAT"), "2\n");
  assert.throws(() => checkFormat(store.layout), /their format is "2", and this version writes 1/);
});
