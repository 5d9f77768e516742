/** READY.json: the record that makes a folder of the cache an installed engine. */

/** Name of the record; it is written last, before the folder is renamed into place. */
export const READY_FILE = "READY.json";

/** What READY.json says. */
export interface ReadyRecord {
  /** Digest of the release, as in its key. */
  readonly digest: string;
  /** What the library itself answered in the self-test. */
  readonly libraryVersion: string;
  /** Path of the addon, relative to the folder. */
  readonly addon: string;
  /** Size in bytes of each file that the engine needs, by its path relative to the folder. */
  readonly files: Readonly<Record<string, number>>;
}

/** Reads a record, or `undefined` if there is none or it is not one: both mean "not installed". */
export function readReadyRecord(path: string): ReadyRecord | undefined {
  try {
    const value: unknown = JSON.parse(Deno.readTextFileSync(path));
    return isReadyRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Checked by hand: a schema library costs more to load than the rest of the no-op set-up. */
function isReadyRecord(value: unknown): value is ReadyRecord {
  if (typeof value !== "object" || value === null) return false;
  const record = value as Partial<Record<keyof ReadyRecord, unknown>>;
  return typeof record.digest === "string" && typeof record.libraryVersion === "string" &&
    typeof record.addon === "string" && typeof record.files === "object" &&
    record.files !== null && record.addon in record.files;
}
