/** Why a folder that a person named gives no data set. */
import { basename, join } from "node:path";
import type { PublishedDataset } from "./catalogue.ts";
import { ARCHIVE_FOLDERS, isFile } from "./locate.ts";

/** Files of a data set that lie side by side. */
interface PartlyThere {
  readonly place: string;
  readonly present: readonly string[];
  readonly missing: readonly string[];
}

/**
 * What keeps a folder from giving a data set that is not found in it: it is no folder, or it has some
 * of the files, or another version of them.
 *
 * @returns `undefined` if nothing there is of this data set, as in a folder of other ones.
 */
export async function lackOf(
  dataset: PublishedDataset,
  folder: string,
): Promise<string | undefined> {
  try {
    if (!(await Deno.stat(folder)).isDirectory) return `${folder} is no folder`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `${folder} does not exist`;
    return `${folder} cannot be read: ${(error as Error).message}`;
  }
  const [most] = (await partsIn(dataset, folder))
    .sort((a, b) => b.present.length - a.present.length);
  if (most && most.present.length > 0) {
    return `${most.place} has ${most.present.join(", ")} and lacks ${most.missing.join(", ")}`;
  }
  const python = await pythonVersionIn(dataset, folder);
  return python && `${python} is the Python version, and the binary version is wanted`;
}

async function partsIn(
  { files, subfolders }: PublishedDataset,
  folder: string,
): Promise<PartlyThere[]> {
  const places = subfolders.flatMap((subfolder) =>
    ARCHIVE_FOLDERS.map((inside) => ({ base: join(folder, subfolder), inside }))
  );
  return await Promise.all(places.map(async ({ base, inside }) => {
    const place = join(base, inside);
    const present: string[] = [];
    const missing: string[] = [];
    for (const { name, members } of files) {
      if (await isFile(join(base, name))) {
        present.push(name);
        continue;
      }
      const there = await Promise.all(members.map(({ name }) => isFile(join(place, name))));
      present.push(...members.filter((_, i) => there[i]).map(({ name }) => name));
      const absent = members.filter((_, i) => !there[i]).map(({ name }) => name);
      missing.push(...absent.length === members.length ? [name] : absent);
    }
    return { place, present, missing };
  }));
}

async function pythonVersionIn(
  { pythonVersion = [], subfolders }: PublishedDataset,
  folder: string,
): Promise<string | undefined> {
  if (pythonVersion.includes(basename(folder))) return folder;
  for (const subfolder of subfolders) {
    for (const name of pythonVersion) {
      const path = join(folder, subfolder, name);
      if (await Deno.stat(path).then(() => true, () => false)) return path;
    }
  }
  return undefined;
}
