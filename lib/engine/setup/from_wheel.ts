/** Way 1 from end to end: pinned wheel, compiled addon, self-test, rename into place. */
import { compileAddon, findCompiler } from "./addon.ts";
import { type Attempt, step } from "./attempt.ts";
import { SetupFailure } from "./failure.ts";
import { addonPackages } from "./packages.ts";
import { TENSORFLOW_VERSION, wheelRelease, WHEELS } from "./release.ts";
import { publish, removeTree } from "./staging.ts";
import { tryAddon } from "./try_addon.ts";
import { downloadWheel, findPip, LIBRARIES, unpackWheel, verifyWheel } from "./wheel.ts";

const ADDON = "addon/tfjs_binding.node";

/**
 * Installs the engine from the pinned wheel.
 *
 * What costs little is checked first: without a compiler nothing is downloaded.
 *
 * @throws {SetupFailure} If a step fails for a reason that the user can mend.
 */
export async function installFromWheel(attempt: Attempt): Promise<void> {
  const { system, cache, staging } = attempt;
  const release = wheelRelease(system.platform);
  if (release === undefined) {
    throw new SetupFailure({
      step: "choose a TensorFlow wheel",
      why: `none is pinned for ${system.platform}`,
      mend: `use one of ${Object.keys(WHEELS).join(", ")}`,
    });
  }
  const wheel = WHEELS[system.platform]!;
  const compiler = findCompiler(system);
  const pip = await findPip(system);
  const packages = await step(attempt, "install the npm packages", () => addonPackages(system));

  const download = `${staging}/download`;
  const staged = `${staging}/engine`;
  const megabytes = Math.round(wheel.bytes / 1e6);
  const path = await step(
    attempt,
    `download ${wheel.project} ${TENSORFLOW_VERSION} with pip (${megabytes} MB)`,
    () => downloadWheel(system, wheel, pip, download, cache),
  );
  await step(attempt, "verify the SHA-256 of the wheel", () => verifyWheel(path, wheel));
  await step(attempt, "unpack the C library and headers", () => unpackWheel(path, staged));
  await removeTree(download);
  await Deno.mkdir(`${staged}/addon`);
  await step(
    attempt,
    `compile the addon with ${compiler[0]}`,
    () =>
      compileAddon(system, compiler, packages, {
        include: `${staged}/include`,
        libraries: `${staged}/lib`,
        link: LIBRARIES.map((name) => `-l:${name}`),
        runtimePath: "../lib",
        output: `${staged}/${ADDON}`,
      }, cache),
  );
  await removeTree(`${staged}/include`);
  const libraryVersion = await step(
    attempt,
    "load the addon and multiply two matrices",
    async () => {
      const version = await tryAddon(system, `${staged}/${ADDON}`);
      if (version === TENSORFLOW_VERSION) return version;
      throw new SetupFailure({
        step: "load the compiled addon",
        why: `it found TensorFlow ${version}, not ${TENSORFLOW_VERSION}`,
        mend: "unset LD_LIBRARY_PATH and LD_PRELOAD, which may name another TensorFlow",
      });
    },
  );
  const files = [...LIBRARIES.map((name) => `lib/${name}`), ADDON];
  await publish({ cache, staging, staged, release, libraryVersion, addon: ADDON, files });
}
