/** Calls of the system that answer as a test wants, in processes of their own. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Compiles a C file of this folder into a library that the linker of a process loads first.
 *
 * @param folder Where the library goes.
 * @returns Its path, for LD_PRELOAD; `undefined` where there is no compiler, or no such linker.
 */
export async function interposed(name: string, folder: string): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  const source = fileURLToPath(new URL(`${name}.c`, import.meta.url));
  const library = join(folder, `${name}.so`);
  try {
    const { success } = await new Deno.Command("gcc", {
      args: ["-shared", "-fPIC", "-o", library, source],
    }).output();
    return success ? library : undefined;
  } catch {
    return undefined; // no compiler
  }
}
