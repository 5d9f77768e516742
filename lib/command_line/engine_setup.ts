/** Sees that the compute engine is there before a run; starts its set-up only where it is not. */
import { backendOf, requestedEngine } from "../engine/setup/choice.ts";
import { locateNative } from "../engine/setup/location.ts";

/**
 * Runs the set-up in a process of its own if the native engine is wanted and not there.
 *
 * A process for the look alone would take a quarter of the time of a run that has nothing to do.
 *
 * @param program Absolute path of the set-up's module.
 * @returns Its exit status, or 0 where there is nothing to set up.
 * @throws {RangeError} If `BASIN_ENGINE` is set to an unknown name.
 */
export async function ensureEngine(program: string): Promise<number> {
  const isThere = backendOf(requestedEngine()) === undefined && locateNative() !== undefined;
  if (isThere) return 0;
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", program, "--quiet"],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  return code;
}
