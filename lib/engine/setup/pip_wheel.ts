/** Fetches one wheel at an exact version with pip, for its own platform, whatever Python runs pip. */
import { lastLines, remedyForFullDisk, SetupFailure } from "./failure.ts";
import type { System } from "./system.ts";

/** What pip is asked for. */
export interface WantedWheel {
  readonly project: string;
  readonly version: string;
  /** Platform tags that the wheel may have. */
  readonly platformTags: readonly string[];
}

/**
 * Downloads a wheel, not yet verified. Nothing is kept in pip's own cache: it may be half a gigabyte.
 *
 * @param folder Made if need be; pip's temporary files go there too.
 * @param retry The command that tries again, for messages.
 * @returns Its path.
 * @throws {SetupFailure} If pip cannot fetch it.
 */
export async function fetchWheel(
  system: System,
  pip: readonly string[],
  { project, version, platformTags }: WantedWheel,
  { folder, cache, retry }: {
    readonly folder: string;
    readonly cache: string;
    readonly retry: string;
  },
): Promise<string> {
  const temporary = `${folder}/tmp`;
  await Deno.mkdir(temporary, { recursive: true });
  const [command, ...args] = pip;
  const requirement = `${project}==${version}`;
  // deno-fmt-ignore
  const { code, output } = await system.run(command!, [
    ...args, "download", "--disable-pip-version-check", "--no-input", "--progress-bar", "off",
    "--no-cache-dir", "--no-deps", "--only-binary=:all:",
    ...platformTags.flatMap((tag) => ["--platform", tag]),
    "-d", folder, requirement,
  ], { env: { TMPDIR: temporary } });
  for await (const entry of Deno.readDir(folder)) {
    if (code === 0 && entry.name.endsWith(".whl")) return `${folder}/${entry.name}`;
  }
  const errors = output.split("\n").filter((line) => line.includes("ERROR")).join("\n");
  throw new SetupFailure({
    step: `download ${requirement} with pip`,
    why: lastLines(errors || output, 1).replace("ERROR: ", "") ||
      `pip left no wheel (exit code ${code})`,
    mend: remedyForFullDisk(output, cache) ??
      `check the network and pip's settings (PIP_INDEX_URL), then run \`${retry}\` again`,
  });
}
