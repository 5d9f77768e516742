/** Looks through a whole store for bytes that are not what they were. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { attemptAt, readManifest } from "./attempt.ts";
import { damagedCheckpoints } from "./checkpoints.ts";
import type { Layout } from "./layout.ts";
import { damagedObjects, isSoundBlob, listFiles } from "./objects.ts";
import { dropRecord, moveAside, quarantineObject } from "./quarantine.ts";
import { parseRecord } from "./record.ts";
import { unseal } from "./sealed.ts";

/** One damaged thing. */
export interface Damage {
  /** `blob:…`, `tree:…`, `key:…`, or the path of another file below the artifacts folder. */
  readonly what: string;
  /** Outputs that it is part of, as `train[trial=0].weights`; none if nobody knows. */
  readonly of: readonly string[];
}

/** What {@link verifyStore} found. */
export interface Verification {
  /** Published results. */
  readonly records: number;
  /** Files and listings of folders. */
  readonly objects: number;
  /** Damage, all of it moved to the quarantine. */
  readonly damaged: readonly Damage[];
}

/**
 * Checks a store, and moves what is damaged aside, so that the next run makes it again.
 *
 * @param damaged The damaged objects of an artifact: read in full, or as far as a memo demands.
 * @param isFull Looks also at what no result names: older objects, notes of attempts, checkpoints.
 */
export function verifyStore(
  layout: Layout,
  { damaged, isFull }: { damaged: (digest: string) => readonly string[]; isFull: boolean },
): Verification {
  const users = new Map<string, Set<string>>();
  const found = new Set<string>();
  const others: Damage[] = [];
  let records = 0;
  for (const path of filesBelow(layout.root, "keys")) {
    const key = basename(path, ".json");
    const record = parseRecord(readText(path), key);
    if (!record) {
      dropRecord(layout, key);
      others.push({ what: `key:${key}`, of: [] });
      continue;
    }
    records++;
    const cell = readManifest(attemptAt(layout, record.attempt))?.cell ?? `key ${key.slice(0, 12)}`;
    let isWhole = true;
    for (const [name, { digest }] of Object.entries(record.outputs)) {
      for (const object of damaged(digest)) {
        users.set(object, (users.get(object) ?? new Set()).add(`${cell}.${name}`));
        found.add(object);
        isWhole = false;
      }
    }
    // Also of results that the study has no more: nobody would ever make their objects again.
    if (!isWhole) dropRecord(layout, key);
  }
  const stored = [
    ...filesBelow(layout.root, "store/blobs"),
    ...filesBelow(layout.root, "store/trees"),
  ]
    .map((path) => objectOf(path));
  if (isFull) {
    // Each by itself: that a listing which no result names lists what is gone does no harm.
    for (const object of stored) if (damaged(object).includes(object)) found.add(object);
    const notes = filesBelow(layout.root, "attempts")
      .filter((path) => ["manifest.json", "key.json"].includes(basename(path)))
      .filter((path) => unseal(readText(path)) === undefined);
    const checkpoints = existsSync(layout.allCheckpoints)
      ? readdirSync(layout.allCheckpoints)
        .flatMap((key) => damagedCheckpoints(layout.checkpoints(key)))
      : [];
    for (const path of [...notes, ...checkpoints]) {
      moveAside(layout, path);
      others.push({ what: path.slice(layout.root.length + 1), of: [] });
    }
  }
  for (const object of found) quarantineObject(layout, object);
  const objects = [...found].map((what) => ({ what, of: [...users.get(what) ?? []] }));
  return { records, objects: stored.length, damaged: [...others, ...objects] };
}

/** Finds damage by reading every object, each once. */
export function readingEverything(layout: Layout): (digest: string) => readonly string[] {
  const known = new Map<string, boolean>();
  const isSound = (hex: string) => {
    const sound = known.get(hex) ?? isSoundBlob(layout, hex);
    known.set(hex, sound);
    return sound;
  };
  return (digest) => damagedObjects(layout, digest, isSound);
}

function objectOf(path: string): string {
  const name = basename(path);
  return name.endsWith(".json") ? `tree:${basename(name, ".json")}` : `blob:${name}`;
}

function filesBelow(root: string, folder: string): string[] {
  const path = join(root, folder);
  return existsSync(path) ? listFiles(path).map((name) => join(path, name)) : [];
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // what cannot be read is damaged
  }
}
