/** What a full disk means here: it is named with the room there is, and no line of a log stops a run. */
import { appendFileSync, statfsSync } from "node:fs";

/** Adds to an error's message how much room there is in a folder, if a full disk was its cause. */
export function withRoomLeft(message: string, folder: string): string {
  // Deno and Node say it in their own ways, and errors of a stage's thread keep no code.
  if (!/ENOSPC|os error 28/.test(message)) return message;
  const { bavail, bsize, blocks } = statfsSync(folder);
  const megabytes = (count: number) => (count * bsize / 1e6).toFixed(1);
  return `${message}; ${megabytes(bavail)} of ${
    megabytes(blocks)
  } MB are free in ${folder}: make room and run again`;
}

/**
 * Appends to a log that nothing is ever recovered from.
 *
 * Where the disk takes no more, the line is lost: a computation is worth more than a line of its log.
 *
 * @returns Whether the text was written.
 */
export function appendToLog(path: string, text: string): boolean {
  try {
    appendFileSync(path, text);
    return true;
  } catch {
    return false;
  }
}
