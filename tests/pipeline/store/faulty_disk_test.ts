/** The store on a disk that fails: at every single call, in every way, and what is left then. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  type Attempt,
  endAttempt,
  readKeyDocument,
  startAttempt,
} from "../../../lib/pipeline/store/attempt.ts";
import { type Layout, layoutOf, prepareLayout } from "../../../lib/pipeline/store/layout.ts";
import {
  damagedObjects,
  hashFile,
  linkArtifact,
  listFiles,
} from "../../../lib/pipeline/store/objects.ts";
import { type OutputPlace, publish } from "../../../lib/pipeline/store/publish.ts";
import { dropRecord, quarantineObject } from "../../../lib/pipeline/store/quarantine.ts";
import { readRecord } from "../../../lib/pipeline/store/record.ts";
import { type Fault, faultyDisk, LINKLESS_DISK, SWIFT_DISK } from "../../support/faulty_disk.ts";
import { KEY_DOCUMENT } from "../../support/key_document.ts";

const KEY = "b".repeat(64);
const OUTPUTS: OutputPlace[] = [
  { name: "file", path: "a.txt", kind: "file" },
  { name: "folder", path: "d", kind: "folder" },
];
const FAULTS: Fault[] = [
  { kind: "fails", code: "ENOSPC" },
  { kind: "fails", code: "EIO" },
  { kind: "torn" },
  { kind: "dies" },
];

/** All that a worker does to the store for one cell. */
function compute(layout: Layout): void {
  const attempt: Attempt = startAttempt(layout, KEY, KEY_DOCUMENT, new Date());
  // What the stage writes is its own affair, so on the real disk.
  mkdirSync(join(attempt.work, "d"), { recursive: true });
  writeFileSync(join(attempt.work, "a.txt"), "alpha");
  writeFileSync(join(attempt.work, "d/b.txt"), "beta");
  const { record } = publish(layout, attempt, OUTPUTS, { key: KEY, status: "ok", seconds: 1 });
  endAttempt(layout, attempt, { status: "ok", cell: "c", key: KEY, outputs: record.outputs });
}

/** Nothing in the store is half: every object and every record is what it says, or is not there. */
function assertWhole(layout: Layout, when: string): void {
  for (const folder of ["store/blobs", "store/trees"]) {
    const path = join(layout.root, folder);
    for (const name of existsSync(path) ? listFiles(path) : []) {
      assert.equal(hashFile(layout.disk, join(path, name)), basename(name, ".json"), when);
    }
  }
  const record = readRecord(layout, KEY);
  assert.notEqual(record, "damaged", when);
  if (!record || record === "damaged") return;
  for (const { digest } of Object.values(record.outputs)) {
    assert.deepEqual(damagedObjects(layout, digest), [], when);
  }
}

/** Lets every call of `body` fail in turn; returns how many there were. */
function atEveryCall(
  root: string,
  fault: Fault,
  { before, body, after }: {
    before(layout: Layout): void;
    body(layout: Layout): void;
    after(layout: Layout, when: string): void;
  },
  base = SWIFT_DISK,
): number {
  for (let at = 1;; at++) {
    const folder = join(root, String(at));
    const sound = layoutOf(folder, base);
    prepareLayout(sound);
    before(sound);
    const faulty = faultyDisk(at, fault, base);
    const when = `${JSON.stringify(fault)} at call ${at}`;
    try {
      body(layoutOf(folder, faulty.disk));
    } catch (error) {
      assert.match((error as Error).message, /made up by the test/, when);
    }
    if (!faulty.hit()) return at - 1;
    after(sound, when);
    rmSync(folder, { recursive: true });
  }
}

const CASES = [
  ...FAULTS.map((fault) => ({ fault, base: SWIFT_DISK, where: "" })),
  { fault: { kind: "dies" } as const, base: LINKLESS_DISK, where: ", without links" },
];
for (const { fault, base, where } of CASES) {
  Deno.test(`a publication is whole or not there: ${JSON.stringify(fault)}${where}`, async () => {
    const root = await Deno.makeTempDir({ prefix: "basin-faults-" });
    const calls = atEveryCall(root, fault, {
      before: () => {},
      body: compute,
      after(layout, when) {
        assertWhole(layout, when);
        // A full disk still lets go of what is on it; elsewhere the removal itself may have failed.
        const isFull = fault.kind === "fails" && fault.code === "ENOSPC";
        if (isFull) assert.deepEqual(readdirSync(layout.tmp), [], when);
        compute(layout);
        assertWhole(layout, `computed again after ${when}`);
        const record = readRecord(layout, KEY);
        assert.ok(record && record !== "damaged", when);
        const place = join(layout.root, "place");
        linkArtifact(layout, record.outputs.folder!.digest, place);
        assert.equal(readFileSync(join(place, "b.txt"), "utf8"), "beta", when);
        assert.ok(readKeyDocument(layout, record.attempt), when);
      },
    }, base);
    assert.ok(calls >= 20, `only ${calls} calls`);
    await Deno.remove(root, { recursive: true });
  });
}

for (const fault of FAULTS) {
  Deno.test(`a repair that fails leaves nothing wrong: ${JSON.stringify(fault)}`, async () => {
    const root = await Deno.makeTempDir({ prefix: "basin-faults-" });
    // The digest of "alpha", what `shasum -a 256` says.
    const digest = "blob:8ed3f6ad685b959ead7022518e1af76cd816f8e8ec7ccdda1ed4018e8f2223f8";
    const calls = atEveryCall(root, fault, {
      before(layout) {
        compute(layout);
        const path = layout.blob(digest.slice("blob:".length));
        rmSync(path);
        writeFileSync(path, "alphA");
      },
      body(layout) {
        dropRecord(layout, KEY);
        quarantineObject(layout, digest);
        compute(layout);
      },
      after(layout, when) {
        const record = readRecord(layout, KEY);
        assert.notEqual(record, "damaged", when);
        // Where nothing has been repaired so far, the damage is still to be seen.
        if (record && damagedObjects(layout, digest).length > 0) {
          dropRecord(layout, KEY);
          quarantineObject(layout, digest);
        }
        compute(layout);
        assertWhole(layout, when);
      },
    });
    assert.ok(calls >= 20, `only ${calls} calls`);
    await Deno.remove(root, { recursive: true });
  });
}
