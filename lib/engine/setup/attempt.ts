/** What the ways of installing an engine have in common. */
import { failureOf } from "./failure.ts";
import type { SetupProgress } from "./progress.ts";
import type { System } from "./system.ts";

/** One attempt to install the native engine, made by the holder of the cache's lock. */
export interface Attempt {
  readonly system: System;
  readonly progress: SetupProgress;
  /** The cache folder. */
  readonly cache: string;
  /** An empty folder on the same file system as the cache; removed afterwards. */
  readonly staging: string;
}

/**
 * Runs one step of an attempt, shown under its name.
 *
 * @param name What the step does, so that "Cannot <name>: …" is a sentence.
 * @throws {SetupFailure} If it fails, for whatever reason.
 */
export async function step<Result>(
  { progress, cache }: Attempt,
  name: string,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await progress.step(name, act);
  } catch (error) {
    throw failureOf(name, error, cache);
  }
}

/** A system whose commands are written to a log with all that they print. */
export function loggedSystem(system: System, log: string): System {
  return {
    ...system,
    run: async (command, args, options) => {
      const result = await system.run(command, args, options);
      const entry = `$ ${[command, ...args].join(" ")}\n${result.output}\nexit ${result.code}\n\n`;
      // The log is a help, not a result: a full disk is reported by the step that needs the disk.
      await Deno.writeTextFile(log, entry, { append: true }).catch(() => {});
      return result;
    },
  };
}
