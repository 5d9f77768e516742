import { unreadable } from "../formats/byte_source.ts";
import type { Audio } from "./audio.ts";

/**
 * Reads a file of NIST's SPHERE format: lines of text, then samples.
 *
 * The first line is `NIST_1A`, the second the header's length in bytes; then a line
 * `name -type value` for each field, and `end_head`.
 *
 * Source: NIST, "SPeech HEader REsources", header specification, version 1A.
 *
 * @throws {SyntaxError} If a field is missing or unsound, the samples are compressed, of several
 *   channels or not of 16 bits, or not so many as the header says.
 */
export function decodeSphere(name: string, bytes: Uint8Array): Audio {
  const fields = parseHeader(name, bytes);
  const integer = (field: string, fallback?: number): number => {
    const text = fields.get(field);
    if (text === undefined && fallback !== undefined) return fallback;
    const value = Number(text);
    if (text === undefined || !Number.isSafeInteger(value) || value <= 0) {
      throw unreadable(name, `its header has ${field} = ${text ?? "nothing"}`);
    }
    return value;
  };
  const coding = fields.get("sample_coding") ?? "pcm";
  if (coding !== "pcm") {
    throw unreadable(name, `its samples are coded as ${coding}; convert it, say with sph2pipe -p`);
  }
  const order = fields.get("sample_byte_format") ?? "01";
  const [size, channels] = [integer("sample_n_bytes", 2), integer("channel_count", 1)];
  if (size !== 2 || channels !== 1 || (order !== "01" && order !== "10")) {
    throw unreadable(
      name,
      `it has ${channels} channels of ${size}-byte samples in the order ${order}; want 1 of 2`,
    );
  }
  const body = bytes.subarray(integer("header_bytes"));
  const count = integer("sample_count");
  if (body.length !== 2 * count) {
    throw unreadable(name, `its header claims ${count} samples, ${body.length} bytes follow`);
  }
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const samples = Int16Array.from(
    { length: count },
    (_, i) => view.getInt16(2 * i, order === "01"),
  );
  return { samples, sampleRate: integer("sample_rate") };
}

/** The fields by name, and the header's own length as `header_bytes`. */
function parseHeader(name: string, bytes: Uint8Array): ReadonlyMap<string, string> {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 16));
  const length = /^NIST_1A\n *(\d+)\n$/.exec(text)?.[1];
  if (length === undefined || Number(length) < 16 || Number(length) > bytes.length) {
    throw unreadable(name, "its SPHERE header is damaged or cut off");
  }
  const header = new TextDecoder("latin1").decode(bytes.subarray(16, Number(length)));
  const end = header.indexOf("end_head");
  if (end < 0) throw unreadable(name, "its SPHERE header has no end_head");
  const fields = new Map([["header_bytes", length]]);
  for (const line of header.slice(0, end).split("\n")) {
    if (line.trim() === "" || line.startsWith(";")) continue;
    const [, field, value] = /^(\S+) -(?:i|r|s\d+) (.*)$/.exec(line) ?? [];
    if (field === undefined) {
      throw unreadable(name, `its SPHERE header has the line ${JSON.stringify(line)}`);
    }
    fields.set(field, value!.trim());
  }
  return fields;
}
