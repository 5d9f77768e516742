/** Attempts: one folder for each time that a stage ran, whatever came of it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { KeyDocument } from "../key/explain.ts";
import type { Preimage } from "../key/preimage.ts";
import { replaceFile } from "./atomic.ts";
import type { Layout } from "./layout.ts";
import type { ResultRecord } from "./record.ts";
import { seal, unseal } from "./sealed.ts";

/** What came of an attempt, and how; nothing in it is part of a key. */
export interface Manifest {
  readonly status: "ok" | "diverged" | "failed" | "interrupted";
  /** The cell as the driver called it. */
  readonly cell: string;
  readonly key: string;
  readonly started?: string;
  readonly seconds?: number;
  /** Why it failed or diverged. */
  readonly reason?: string;
  readonly host?: string;
  /** The job of a cluster that computed it, such as `Slurm 7_12`. */
  readonly job?: string;
  readonly outputs?: ResultRecord["outputs"];
  /** Another attempt at the same key was first and gave other bytes. */
  readonly nondeterministic?: readonly string[];
}

/** Where an imported result came from. */
export interface Origin {
  /** Name of the bundle's file. */
  readonly bundle: string;
  /** `sha256:…` of the whole file. */
  readonly digest: string;
  /** When it was imported, as ISO 8601. */
  readonly at: string;
}

/** The file, in an attempt's folder, that says so. */
export const ORIGIN = "imported.json";

/** Folder of an attempt. Paths are absolute. */
export interface Attempt {
  /** Below `attempts/`: the key's first 12 digits, `/`, and a name that sorts by time. */
  readonly id: string;
  readonly folder: string;
  /** Where the stage writes its outputs. */
  readonly work: string;
  /** The stage's folder for temporary files. */
  readonly scratch: string;
  /** Links to the folders that the stage reads. */
  readonly inputs: string;
}

/** The folder of an attempt; touches nothing. */
export function attemptAt(layout: Layout, id: string): Attempt {
  const folder = join(layout.root, "attempts", id);
  const [work, scratch, inputs] = ["work", "scratch", "inputs"].map((name) => join(folder, name));
  return { id, folder, work: work!, scratch: scratch!, inputs: inputs! };
}

/** A new attempt at a key: its folder, with what the key is made of. */
export function startAttempt(
  layout: Layout,
  key: string,
  document: KeyDocument,
  now: Date,
): Attempt {
  const time = nameOfTime(layout, key, now);
  const attempt = attemptAt(
    layout,
    `${key.slice(0, 12)}/${time}-${crypto.randomUUID().slice(0, 8)}`,
  );
  layout.disk.mkdirSync(attempt.work, { recursive: true });
  layout.disk.mkdirSync(attempt.scratch);
  replaceFile(layout, join(attempt.folder, "key.json"), seal({ key, ...document }));
  return attempt;
}

/** Later than the name of any earlier attempt, though the clock was put back meanwhile. */
function nameOfTime(layout: Layout, key: string, now: Date): string {
  const last = attemptsOf(layout, key).at(-1)?.id.split("/")[1] ?? "";
  const before = Date.parse(
    last.replace(/^(....)(..)(..T..)(..)(..)(...Z)-.*$/, "$1-$2-$3:$4:$5.$6"),
  );
  const time = before >= now.getTime() ? new Date(before + 1) : now;
  return time.toISOString().replace(/[-:.]/g, "");
}

/** Writes the manifest, which ends an attempt, and removes what the stage left behind. */
export function endAttempt(layout: Layout, attempt: Attempt, manifest: Manifest): void {
  for (const folder of [attempt.inputs, attempt.work, attempt.scratch]) {
    layout.disk.rmSync(folder, { recursive: true, force: true });
  }
  replaceFile(layout, join(attempt.folder, "manifest.json"), seal(manifest));
}

/** Ends the attempt of a worker that was killed, or stopped from without, and says why. */
export function recordDeath(
  layout: Layout,
  id: string,
  end: { readonly cell: string; readonly key: string; readonly reason: string },
): void {
  const attempt = attemptAt(layout, id);
  const known = readManifest(attempt);
  if (known?.status === "ok" || known?.status === "diverged") return;
  endAttempt(layout, attempt, { ...known, ...end, status: "interrupted" });
}

/** The manifest of an attempt, if it ended and nothing has damaged it. */
export function readManifest(attempt: Attempt): Manifest | undefined {
  return readSealed(join(attempt.folder, "manifest.json")) as Manifest | undefined;
}

/** Where the result of an attempt came from; `undefined` if it was computed here. */
export function readOrigin(layout: Layout, id: string): Origin | undefined {
  return readSealed(join(attemptAt(layout, id).folder, ORIGIN)) as Origin | undefined;
}

/** What the key of an attempt was made of. */
export function readKeyDocument(layout: Layout, attempt: string): KeyDocument | undefined {
  const read = readSealed(join(attemptAt(layout, attempt).folder, "key.json")) as
    | KeyDocument & { preimage?: Preimage }
    | undefined;
  return read?.preimage?.code ? read : undefined;
}

/** All attempts at a key, oldest first. */
export function attemptsOf(layout: Layout, key: string): Attempt[] {
  const folder = layout.attempts(key);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort()
    .map((name) => attemptAt(layout, `${basename(folder)}/${name}`));
}

function readSealed(path: string): unknown {
  try {
    return unseal(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
