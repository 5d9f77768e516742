/** The profiles that lie in files of their own beside the main file. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { StudyFile } from "../config/joined_document.ts";
import { readNamedText, refusalText } from "../store/named_file.ts";

/** The folder of them, beside the main file. */
export const STUDIES_FOLDER = "studies";

/** How systems say that there is no such folder. */
const ABSENT = ["ENOENT", "ENOTDIR"];

/**
 * Reads `studies/*.yaml` in the order of their names; none where there is no such folder.
 *
 * @throws {RangeError} If one cannot be read, or the folder cannot.
 */
export function readStudies(root: string, shown: (path: string) => string): StudyFile[] {
  const folder = join(root, STUDIES_FOLDER);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (ABSENT.includes((error as { code?: string }).code ?? "")) return [];
    throw new RangeError(
      `Cannot read ${shown(folder)}: ${refusalText(error)}; mend that, or move it away`,
    );
  }
  return names.filter((name) => name.endsWith(".yaml") && !name.startsWith("."))
    .map((name) => name.slice(0, -".yaml".length)).sort()
    .map((profile) => {
      const path = join(folder, `${profile}.yaml`);
      const text = readNamedText(path, "the study ", `mend it, or move it out of ${shown(folder)}`);
      return { name: shown(path), profile, text };
    });
}
