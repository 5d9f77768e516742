/** The profiles that lie in files of their own beside the main file. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StudyFile } from "../config/joined_text.ts";

/** The folder of them, beside the main file. */
export const STUDIES_FOLDER = "studies";

/**
 * Reads `studies/*.yaml` in the order of their names; none where there is no such folder.
 *
 * @throws {RangeError} If one cannot be read.
 */
export function readStudies(root: string, shown: (path: string) => string): StudyFile[] {
  const folder = join(root, STUDIES_FOLDER);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.filter((name) => name.endsWith(".yaml") && !name.startsWith(".")).sort()
    .map((name) => {
      const path = join(folder, name);
      try {
        const text = readFileSync(path, "utf8");
        return { name: shown(path), profile: name.slice(0, -".yaml".length), text };
      } catch (error) {
        throw new RangeError(`Cannot read the study ${shown(path)}: ${(error as Error).message}`);
      }
    });
}
