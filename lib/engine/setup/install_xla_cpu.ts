import { type Attempt, loggedSystem, step } from "./attempt.ts";
import { requiredCacheFolder } from "./required_cache_folder.ts";
import { SetupFailure } from "./failure.ts";
import { fetchWheel } from "./pip_wheel.ts";
import { type SetupProgress, SILENT } from "./progress.ts";
import { freshStaging, publish, removeTree, withCacheLock } from "./staging.ts";
import { type System, THIS_SYSTEM } from "./system.ts";
import { unzip } from "./unzip.ts";
import { findPip, verifyWheel } from "./wheel.ts";
import {
  locateXlaCpu,
  XLA_CPU_LIBRARY,
  XLA_CPU_RELEASE,
  XLA_CPU_VERSION,
  XLA_CPU_WHEEL,
} from "./xla_cpu_release.ts";

/**
 * Makes sure that XLA's CPU plugin is installed.
 *
 * @returns Path of its library.
 * @throws {SetupFailure} If it cannot be had.
 */
export async function installXlaCpu(
  { progress = SILENT, system = THIS_SYSTEM }: {
    readonly progress?: SetupProgress;
    readonly system?: System;
  } = {},
): Promise<string> {
  const installed = locateXlaCpu(system.env);
  if (installed !== undefined) return installed;
  const cache = requiredCacheFolder(system.env);
  return await withCacheLock(
    cache,
    () => progress.note("another set-up is running; waiting for it"),
    async () => {
      const known = locateXlaCpu(system.env);
      if (known !== undefined) return known;
      const staging = await freshStaging(cache);
      const logged = loggedSystem(system, `${cache}/setup.log`);
      try {
        await install({ system: logged, progress, cache, staging });
      } finally {
        await removeTree(staging);
      }
      return locateXlaCpu(system.env)!;
    },
  );
}

async function install(attempt: Attempt): Promise<void> {
  const { system, cache, staging } = attempt;
  if (system.platform !== XLA_CPU_WHEEL.platform) {
    throw new SetupFailure({
      step: "choose XLA's CPU plugin",
      why: `none is pinned for ${system.platform}`,
      mend: `use ${XLA_CPU_WHEEL.platform}, or name a plugin of your own: --engine xla:/path`,
    });
  }
  const pip = await findPip(system);
  const [download, staged] = [`${staging}/download`, `${staging}/engine`];
  const megabytes = Math.round(XLA_CPU_WHEEL.bytes / 1e6);
  const wheel = await step(
    attempt,
    `download ${XLA_CPU_WHEEL.project} ${XLA_CPU_VERSION} with pip (${megabytes} MB)`,
    () =>
      fetchWheel(system, pip, {
        project: XLA_CPU_WHEEL.project,
        version: XLA_CPU_VERSION,
        platformTags: [XLA_CPU_WHEEL.platformTag],
      }, { folder: download, cache, retry: "deno task setup --engine xla-cpu" }),
  );
  await step(attempt, "verify the SHA-256 of the wheel", () => verifyWheel(wheel, XLA_CPU_WHEEL));
  await step(attempt, "unpack the plugin", async () => {
    const written = await unzip(
      wheel,
      (member) =>
        member.endsWith(`/${XLA_CPU_LIBRARY}`) ? `${staged}/${XLA_CPU_LIBRARY}` : undefined,
    );
    if (written === 1) return;
    throw new SetupFailure({
      step: "unpack the plugin",
      why: `${XLA_CPU_LIBRARY} is not in the wheel`,
      mend: "report it: the pinned wheel changed its layout",
    });
  });
  await publish({
    cache,
    staging,
    staged,
    release: XLA_CPU_RELEASE,
    libraryVersion: XLA_CPU_VERSION,
    addon: XLA_CPU_LIBRARY,
    files: [XLA_CPU_LIBRARY],
  });
}
