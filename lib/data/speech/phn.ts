import { unreadable } from "../formats/byte_source.ts";
import { PHONES } from "./phones.ts";

/** A stretch of one phone. */
export interface PhoneSegment {
  /** First sample. */
  readonly start: number;
  /** First sample after it. */
  readonly end: number;
  readonly phone: string;
}

/**
 * Reads a transcription of TIMIT: a line `start end phone` for each segment, in samples.
 *
 * @throws {SyntaxError} If a line is not of that form, its phone is unknown, or it begins before the
 *   last one ended.
 */
export function parsePhn(name: string, text: string): readonly PhoneSegment[] {
  const segments: PhoneSegment[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const [, first, last, phone] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s*$/.exec(line) ?? [];
    const at = `line ${i + 1}, ${JSON.stringify(line.slice(0, 40))},`;
    if (phone === undefined) throw unreadable(name, `${at} is no start, end and phone`);
    if (!PHONES.includes(phone)) throw unreadable(name, `${at} has an unknown phone`);
    const [start, end] = [Number(first), Number(last)];
    if (!(start < end) || start < (segments.at(-1)?.end ?? 0)) {
      throw unreadable(name, `${at} begins before the last one ended, or ends before it begins`);
    }
    segments.push({ start, end, phone });
  }
  if (segments.length === 0) throw unreadable(name, "it has no segments");
  return segments;
}
