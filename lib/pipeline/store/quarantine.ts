/** Damaged things are moved aside, never deleted: somebody may want to know what happened. */
import { basename, join } from "node:path";
import type { Layout } from "./layout.ts";
import { damagedObjects, objectPath } from "./objects.ts";

/** Takes a record out of the index, so that its cell runs again. */
export function dropRecord(layout: Layout, key: string): void {
  moveAside(layout, layout.record(key));
}

/**
 * Moves the damaged objects of an artifact aside.
 *
 * Looks at them once more: another run may have repaired them a moment ago.
 *
 * @param digest Of a file, a folder, or a file within a folder.
 * @returns The objects that are damaged or missing.
 */
export function quarantineObject(layout: Layout, digest: string): string[] {
  const damaged = damagedObjects(layout, digest);
  for (const object of damaged) moveAside(layout, objectPath(layout, object));
  return damaged;
}

/** Moves a file to `store/quarantine`, under its name, the time and a mark; none may be there. */
export function moveAside(layout: Layout, path: string): void {
  layout.disk.mkdirSync(layout.quarantine, { recursive: true });
  // Every attempt has a `key.json`: two in a millisecond must not overwrite each other.
  const name = `${basename(path)}.${Date.now()}-${crypto.randomUUID().slice(0, 8)}`;
  try {
    layout.disk.renameSync(path, join(layout.quarantine, name));
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT") throw error;
  }
}
