/** Way 1: the C library and its headers out of a pinned Python wheel, fetched by pip. */
import { createHash } from "node:crypto";
import { lastLines, remedyForFullDisk, SetupFailure } from "./failure.ts";
import { TENSORFLOW_VERSION, type Wheel } from "./release.ts";
import type { System } from "./system.ts";
import { unzip } from "./unzip.ts";

/** The two libraries, which find each other by lying in one folder. */
export const LIBRARIES: readonly string[] = [
  "libtensorflow_cc.so.2",
  "libtensorflow_framework.so.2",
];

/** How pip may be called, best first. */
export const PIP_COMMANDS: readonly (readonly string[])[] = [
  ["python3", "-m", "pip"],
  ["pip3"],
  ["pip"],
  ["python", "-m", "pip"],
];

const RETRY = "deno task setup --retry";

/** What to do about a copy that pip was given, or has kept. */
function removeDamaged(retry: string): string {
  return `remove the damaged copy (\`pip cache purge\`, or the file in PIP_FIND_LINKS), then run ` +
    `\`${retry}\``;
}

/** The headers that the addon includes, directly or not. */
const HEADER =
  /^tensorflow\/include\/(?:tensorflow\/(?:c|core\/platform|tsl)|tsl\/platform|xla\/tsl)\/.*\.h$/;

/**
 * Finds a pip that runs.
 *
 * @throws {SetupFailure} If there is none.
 */
export async function findPip(system: System): Promise<readonly string[]> {
  for (const pip of PIP_COMMANDS) {
    const [command, ...args] = pip;
    if ((await system.run(command!, [...args, "--version"])).code === 0) return pip;
  }
  throw new SetupFailure({
    step: "find pip",
    why: `none of ${PIP_COMMANDS.map((pip) => `\`${pip.join(" ")}\``).join(", ")} runs`,
    mend: "install pip, for instance `apt-get install python3-pip`",
  });
}

/**
 * Downloads a wheel for its own platform and Python tag, whatever Python runs pip.
 *
 * @param folder An empty folder; pip's temporary files go there too, so that one sweep removes all.
 * @returns Path of the wheel, not yet verified.
 * @throws {SetupFailure} If pip cannot fetch it.
 */
export async function downloadWheel(
  system: System,
  wheel: Wheel,
  pip: readonly string[],
  folder: string,
  cache: string,
): Promise<string> {
  const [command, ...args] = pip;
  const requirement = `${wheel.project}==${TENSORFLOW_VERSION}`;
  const temporary = `${folder}/tmp`;
  await Deno.mkdir(temporary, { recursive: true });
  // deno-fmt-ignore
  const { code, output } = await system.run(command!, [
    ...args, "download", "--disable-pip-version-check", "--no-input", "--progress-bar", "off",
    "--no-deps", "--only-binary=:all:", "--platform", wheel.platformTag,
    "--python-version", "311", "--implementation", "cp", "--abi", "cp311",
    "-d", folder, requirement,
  ], { env: { TMPDIR: temporary } });
  if (code === 0) {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.name.endsWith(".whl")) return `${folder}/${entry.name}`;
    }
  }
  const errors = output.split("\n").filter((line) => line.includes("ERROR")).join("\n");
  throw new SetupFailure({
    step: "download TensorFlow with pip",
    why: lastLines(errors || output, 1).replace("ERROR: ", "") ||
      `pip left no wheel (exit code ${code})`,
    mend: remedyForFullDisk(output, cache) ?? pipRemedy(output, requirement),
  });
}

function pipRemedy(output: string, requirement: string): string {
  if (/is invalid|bad zip/i.test(output)) return removeDamaged(RETRY);
  if (/no matching distribution|from versions/i.test(output)) {
    return `point pip at an index that has ${requirement} (PIP_INDEX_URL, PIP_FIND_LINKS)`;
  }
  return "check the network and pip's settings, then run `deno task setup --retry`";
}

/**
 * Checks size and SHA-256 of a wheel before anything in it is used.
 *
 * @param retry The command that tries again, for messages.
 * @throws {SetupFailure} If it is cut short, or not the pinned file.
 */
export async function verifyWheel(path: string, wheel: Wheel, retry = RETRY): Promise<void> {
  const step = `verify the wheel of ${wheel.project}`;
  const mend = removeDamaged(retry);
  const { size } = await Deno.stat(path);
  if (size < wheel.bytes) {
    const why = `it is cut short: ${size} of ${wheel.bytes} bytes`;
    throw new SetupFailure({ step, why, mend });
  }
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  const digest = hash.digest("hex");
  if (digest !== wheel.sha256) {
    const why = `its SHA-256 is ${digest.slice(0, 12)}…, pinned is ${wheel.sha256.slice(0, 12)}…`;
    throw new SetupFailure({ step, why, mend });
  }
}

/**
 * Takes the libraries into `<folder>/lib` and the headers into `<folder>/include`.
 *
 * @throws {SetupFailure} If a library is not in the wheel.
 */
export async function unpackWheel(path: string, folder: string): Promise<void> {
  const found = new Set<string>();
  await unzip(path, (member) => {
    const library = LIBRARIES.find((name) => member === `tensorflow/${name}`);
    if (library) {
      found.add(library);
      return `${folder}/lib/${library}`;
    }
    return HEADER.test(member) ? `${folder}/${member.slice("tensorflow/".length)}` : undefined;
  });
  const missing = LIBRARIES.filter((name) => !found.has(name));
  if (missing.length > 0) {
    throw new SetupFailure({
      step: "unpack the TensorFlow wheel",
      why: `${missing.join(" and ")} not in it`,
      mend: "report it: the pinned wheel changed its layout",
    });
  }
}
