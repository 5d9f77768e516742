/** Remembers what in the store was found sound, so that a run without changes reads none of it. */
import { join } from "node:path";
import { sha256 } from "../key/canonical.ts";
import { replaceFile } from "./atomic.ts";
import type { Layout } from "./layout.ts";
import { isSoundBlob } from "./objects.ts";
import { readRecord, type ResultRecord } from "./record.ts";
import { readTree } from "./tree.ts";

/** What is known of a file: size, times of last modification and change, and when it was read. */
type Stamp = readonly [size: number, modified: number, changed: number, read: number];

/** A file's stamp, and what was read in it. */
type Known<Content> = readonly [Stamp, Content];

interface Memo {
  /** By SHA-256; nothing but that the bytes are right. */
  readonly blobs: Record<string, Known<true>>;
  /** By SHA-256: the blobs that the folder's files are. */
  readonly trees: Record<string, Known<readonly string[]>>;
  /** By key. */
  readonly records: Record<string, Known<ResultRecord>>;
}

/** Knowledge of which objects and records are sound. */
export interface ObjectMemo {
  /** The damaged objects of an artifact; reads only what may have changed since it was read. */
  damaged(digest: string): string[];
  /** As {@link readRecord}. */
  record(key: string): ResultRecord | undefined | "damaged";
  /** Keeps what was learnt for the next run. */
  save(): void;
}

/**
 * A change that follows a reading within the clock's tick leaves the times as they were. Times of
 * change come in whole seconds, so a reading proves something only if the file was older than that.
 */
const RACY_MILLISECONDS = 2000;

/** Raised when the meaning of the file changes. */
const SCHEMA = 2;

/**
 * Opens the memo of a store; only an optimisation, so a damaged one counts as empty.
 *
 * It sees every change that goes through the file system: the time of change cannot be set back. A
 * bit that flips on the disk itself it does not see; for that a stage's inputs are read in full
 * before it starts, and `verify --full` reads everything.
 *
 * @param now Milliseconds since 1970.
 */
export function openObjectMemo(layout: Layout, now: () => number): ObjectMemo {
  const path = join(layout.memo, "objects.json");
  const memo = readMemo(layout, path);
  let isChanged = false;
  /** What is in a file: as remembered, or if it may have changed, as `read` finds it. */
  const contentOf = <Content>(
    kind: Record<string, Known<Content>>,
    name: string,
    file: string,
    read: () => Content | undefined,
  ): Content | undefined => {
    const info = statOf(file);
    if (!info) return undefined;
    const [size, modified, changed] = info;
    const [stamp, content] = kind[name] ?? [];
    const isKnown = stamp?.[0] === size && stamp[1] === modified && stamp[2] === changed &&
      Math.max(modified, changed) < stamp[3] - RACY_MILLISECONDS;
    if (isKnown) return content;
    const at = now(); // before reading: what changes meanwhile is younger
    const found = read();
    isChanged = true;
    if (found === undefined) delete kind[name];
    else kind[name] = [[size, modified, changed, at], found];
    return found;
  };
  const isSound = (hex: string): boolean =>
    contentOf(memo.blobs, hex, layout.blob(hex), () => isSoundBlob(layout, hex) || undefined) ??
      false;
  const blobsOf = (hex: string) =>
    contentOf(memo.trees, hex, layout.tree(hex), () => {
      const tree = readTree(layout, hex);
      return tree && [...new Set(tree.files.map((file) => file.sha256))];
    });
  return {
    damaged(digest) {
      const hex = digest.slice(digest.indexOf(":") + 1);
      const blobs = digest.startsWith("tree:") ? blobsOf(hex) : [hex];
      if (blobs === undefined) return [digest];
      return blobs.filter((blob) => !isSound(blob)).map((blob) => `blob:${blob}`);
    },
    record(key) {
      let read: ReturnType<typeof readRecord>;
      const record = contentOf(memo.records, key, layout.record(key), () => {
        read = readRecord(layout, key);
        return typeof read === "object" ? read : undefined;
      });
      return record ?? read;
    },
    save() {
      if (!isChanged) return;
      replaceFile(layout, path, memoText(memo));
      isChanged = false;
    },
  };
}

/** Size and times; `Deno.statSync` takes a third of the time of Node's. */
function statOf(file: string): readonly [number, number, number] | undefined {
  try {
    const { size, mtime, ctime } = Deno.statSync(file);
    return [size, mtime?.getTime() ?? 0, ctime?.getTime() ?? 0];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** A line with the digest of the rest: quicker to check than JSON that carries its own. */
function memoText(memo: Memo): string {
  const text = JSON.stringify({ schema: SCHEMA, ...memo });
  return `${sha256(text)}\n${text}`;
}

function readMemo(layout: Layout, path: string): Memo {
  try {
    const text = layout.disk.readFileSync(path, "utf8");
    const end = text.indexOf("\n");
    const rest = text.slice(end + 1);
    if (sha256(rest) === text.slice(0, end)) {
      const { schema, ...memo } = JSON.parse(rest) as Memo & { schema: number };
      if (schema === SCHEMA) return memo;
    }
  } catch { /* as if there were none */ }
  return { blobs: {}, trees: {}, records: {} };
}
