/** The profiles that lie in files of their own beside the main file. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { StudyFile } from "../config/joined_document.ts";
import { readNamedText } from "../store/named_file.ts";

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
  return names.filter((name) => name.endsWith(".yaml") && !name.startsWith("."))
    .map((name) => name.slice(0, -".yaml".length)).sort()
    .map((profile) => {
      const path = join(folder, `${profile}.yaml`);
      const text = readNamedText(path, "the study ", `mend it, or move it out of ${shown(folder)}`);
      return { name: shown(path), profile, text };
    });
}
