import { cacheFolder } from "./cache_folder.ts";
import { SetupFailure } from "./failure.ts";

/** Why nothing can be kept where {@link cacheFolder} finds none. */
export const NO_CACHE_FOLDER = {
  step: "choose a cache folder",
  why: "none of BASIN_CACHE, XDG_CACHE_HOME and HOME is set",
  mend: "set BASIN_CACHE to a folder that you may write to",
} as const;

/**
 * The user's cache folder of Basin.
 *
 * @param step What it is wanted for, for the message.
 * @throws {SetupFailure} If there is none.
 */
export function requiredCacheFolder(
  env: (name: string) => string | undefined,
  step: string = NO_CACHE_FOLDER.step,
): string {
  const cache = cacheFolder(env);
  if (cache === undefined) throw new SetupFailure({ ...NO_CACHE_FOLDER, step });
  return cache;
}
