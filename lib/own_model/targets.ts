/** The files that `basin measure` writes: they replace results alone, and not one another. */
import { closeSync, openSync, readSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { checkTarget, refusalText } from "../pipeline/store/named_file.ts";
import type { MeasureOptions } from "./options.ts";

/** A file to be written, and with which character its text begins. */
interface Target {
  readonly flag: string;
  readonly path: string;
  readonly kind: "JSON" | "HTML" | "SVG";
}

/**
 * Refuses to write where something would be lost: over a file that is no result, as the data or the
 * model are none, or over another file of the same call. Results are text that begins with `{` or
 * `<`; no data file, weights file or model does.
 *
 * @throws {RangeError} If a file cannot be written, or must not be.
 */
export function checkTargets({ out, report, surface }: MeasureOptions): void {
  const targets = [
    target("--out", out, "JSON"),
    target("--report", report, "HTML"),
    target("--surface", surface, surface?.endsWith(".svg") ? "SVG" : "JSON"),
  ].filter((each) => each !== undefined);
  for (const { path, kind } of targets) {
    checkTarget(path);
    const wanted = kind === "JSON" ? "{" : "<";
    const first = firstCharacter(path);
    if (first !== undefined && first !== wanted) {
      throw new RangeError(
        `Cannot write ${path}: there is a file of that name, and it is no ${kind}, so no result ` +
          "of an earlier call; name another, or remove it first",
      );
    }
  }
  const places = targets.map(({ path }) => placeOf(path));
  for (const [i, { flag, path }] of targets.entries()) {
    const other = targets[places.indexOf(places[i]!)]!;
    if (other.flag !== flag) {
      throw new RangeError(
        `Cannot write ${path} for ${other.flag} and for ${flag}; name a file for each`,
      );
    }
  }
}

function target(flag: string, path: string | undefined, kind: Target["kind"]): Target | undefined {
  return path === undefined ? undefined : { flag, path, kind };
}

/** The first character of a file that is no white space; none of a file that is empty or missing. */
function firstCharacter(path: string): string | undefined {
  const head = new Uint8Array(256);
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw new RangeError(`Cannot write ${path}: ${refusalText(error)}; name another file`);
  }
  try {
    const length = readSync(file, head, 0, head.length, 0);
    return new TextDecoder().decode(head.subarray(0, length)).trimStart()[0];
  } finally {
    closeSync(file);
  }
}

/** A path that two names of one file share, as far as the file or its folder is there. */
function placeOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(realpathSync(dirname(path)), basename(path));
  }
}
