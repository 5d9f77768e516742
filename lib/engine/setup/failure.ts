/** Why an engine could not be installed, in words that say how to mend it. */

/** Why one way of installing the native engine failed. */
export interface Reason {
  /** The step that failed, for instance `compile`. */
  readonly step: string;
  /** What was wrong, on one line. */
  readonly why: string;
  /** What to do about it, on one line. */
  readonly mend: string;
  /** Path of the full log, where one could be kept. */
  readonly log?: string;
}

/** A step of set-up that failed for a reason that can be told to the user. */
export class SetupFailure extends Error {
  override readonly name = "SetupFailure";

  constructor(readonly reason: Reason, options?: ErrorOptions) {
    super(`Cannot ${reason.step}: ${reason.why}; ${reason.mend}`, options);
  }
}

/**
 * The failure behind any error of a step: full disks and missing permissions are recognised.
 *
 * @param step The step that failed.
 * @param error What it threw; a {@link SetupFailure} is returned as it is.
 * @param cache The cache folder, which the advice names.
 */
export function failureOf(step: string, error: unknown, cache: string): SetupFailure {
  if (error instanceof SetupFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  const why = message.split("\n", 1)[0]!;
  return new SetupFailure({ step, why, mend: remedyFor(error, message, cache) }, { cause: error });
}

/** Advice for a full disk, which commands report only in words; `undefined` for anything else. */
export function remedyForFullDisk(message: string, cache: string): string | undefined {
  return /no space left on device|disk quota exceeded/i.test(message)
    ? `free 2 GB below ${cache}, or set BASIN_CACHE to a folder with room`
    : undefined;
}

function remedyFor(error: unknown, message: string, cache: string): string {
  const full = remedyForFullDisk(message, cache);
  if (full) return full;
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : "";
  if (["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"].includes(String(code))) {
    return `make ${cache} a folder that you may write to, or set BASIN_CACHE to another`;
  }
  return "run `deno task setup --retry`; if it fails again, please report it with the log";
}

/** The last lines of a command's output that say anything, for a message of one line. */
export function lastLines(output: string, count = 3): string {
  const lines = output.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.slice(-count).join(" | ");
}
