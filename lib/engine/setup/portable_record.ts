/** Remembers why the native engine could not be had, so that not every command tries again. */
import { createHash } from "node:crypto";
import { COMPILERS } from "./addon.ts";
import type { Reason } from "./failure.ts";
import { installerRelease, wheelRelease } from "./release.ts";
import { findCommand, type System } from "./system.ts";
import { PIP_COMMANDS } from "./wheel.ts";

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** What the installation depends on besides the release and the programs it finds. */
// deno-fmt-ignore
const VARIABLES: readonly string[] = [
  "CXX", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_CONFIG_FILE",
  "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy",
  "TFJS_NODE_BASE_URI", "TFJS_NODE_CDN_STORAGE", "CDN_STORAGE",
];

/**
 * Path of the record for the present circumstances.
 *
 * Where pip, the compiler and node are found, and what the variables say, is in its name: once one
 * of them appears or changes there is no record, and set-up tries again. Values enter by digest
 * only, because a proxy's address may hold a password.
 */
function portableRecordPath(system: System, cache: string): string {
  const commands = [...PIP_COMMANDS.map((pip) => pip[0]!), ...COMPILERS, "node"];
  const inputs = [
    wheelRelease(system.platform)?.digest ?? null,
    installerRelease(system.platform).digest,
    commands.map((name) => findCommand(system, name) ?? null),
    VARIABLES.map((name) => system.env(name) ?? null),
  ];
  const key = createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 12);
  return `${cache}/portable-${key}.json`;
}

/** The reasons remembered at most a day ago under these circumstances, or `undefined`. */
export function readPortableRecord(system: System, cache: string): readonly Reason[] | undefined {
  try {
    const text = Deno.readTextFileSync(portableRecordPath(system, cache));
    const { at, reasons }: { at: number; reasons: Reason[] } = JSON.parse(text);
    const age = system.now() - at;
    return age >= 0 && age < DAY_MILLISECONDS && reasons.length > 0 ? reasons : undefined;
  } catch {
    return undefined; // No record, or a damaged one: try again.
  }
}

/** Replaces all records by one of these reasons under these circumstances. */
export async function writePortableRecord(
  system: System,
  cache: string,
  reasons: readonly Reason[],
): Promise<void> {
  await forgetPortable(cache);
  const text = JSON.stringify({ at: system.now(), reasons }, null, 2) + "\n";
  await Deno.writeTextFile(portableRecordPath(system, cache), text);
}

/** Removes all records, for when the native engine was installed after all. */
export async function forgetPortable(cache: string): Promise<void> {
  for await (const entry of Deno.readDir(cache)) {
    if (/^portable-[0-9a-f]+\.json$/.test(entry.name)) await Deno.remove(`${cache}/${entry.name}`);
  }
}
