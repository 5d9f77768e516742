/** Compiled programs kept between processes. */
import { createHash } from "node:crypto";
import type { LoadedProgram, Pjrt } from "./pjrt.ts";
import { notingSlowness } from "./slow_compile.ts";

/** Length of a SHA-256 in bytes. */
const DIGEST = 32;

/**
 * Compiles through a folder of compiled programs: a file is its content's SHA-256 and the content.
 *
 * A file that is damaged, or that the plugin takes no more, counts as none. A folder that cannot be
 * written costs nothing but the time to compile again.
 *
 * @param folder Where the programs are kept; `undefined` if nowhere.
 * @param identity All that decides the compiled program beside its text: plugin, device, flags.
 * @param note Told while a program takes long to compile.
 */
export function compilerOf(
  pjrt: Pjrt,
  folder: string | undefined,
  identity: string,
  note: (line: string) => void = () => {},
): (text: string, what: string) => Promise<LoadedProgram> {
  const compile = (text: string, what: string) =>
    notingSlowness(`compiling ${what}`, pjrt.compile(text, what), note);
  return async (text, what) => {
    if (folder === undefined) return await compile(text, what);
    const key = createHash("sha256").update(`${identity}\n${text}`).digest("hex");
    const path = `${folder}/${key}`;
    const kept = readKept(path);
    if (kept !== undefined) {
      try {
        return pjrt.deserialize(kept, what);
      } catch {
        // The plugin refuses what it once wrote: compile it anew.
      }
    }
    const program = await compile(text, what);
    const bytes = pjrt.serialize(program);
    if (bytes !== undefined) keep(folder, path, bytes);
    return program;
  };
}

function digestOf(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}

function readKept(path: string): Uint8Array<ArrayBuffer> | undefined {
  let file: Uint8Array<ArrayBuffer>;
  try {
    file = Deno.readFileSync(path);
  } catch {
    return undefined; // Not there, or not readable.
  }
  const content = file.slice(DIGEST);
  const intact = digestOf(content).every((byte, i) => byte === file[i]);
  return intact && content.length > 0 ? content : undefined;
}

/** Writes aside and renames, so that a killed process leaves no half of a program. */
function keep(folder: string, path: string, content: Uint8Array): void {
  const aside = `${path}.${crypto.randomUUID()}`;
  try {
    Deno.mkdirSync(folder, { recursive: true });
    const file = new Uint8Array(DIGEST + content.length);
    file.set(digestOf(content));
    file.set(content, DIGEST);
    Deno.writeFileSync(aside, file);
    Deno.renameSync(aside, path);
    sweep(folder);
  } catch {
    // Another process, or none, may keep it; this one has its program.
  }
}

/** Longer than any write takes. */
const HOUR = 3600_000;

/** Removes what processes left that were killed while they wrote aside. */
function sweep(folder: string): void {
  for (const { name } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (!name.includes(".")) continue;
    const written = Deno.statSync(path).mtime?.getTime() ?? Infinity;
    if (written < Date.now() - HOUR) Deno.removeSync(path);
  }
}
