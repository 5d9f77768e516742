import { unreadable } from "../formats/byte_source.ts";
import type { Audio } from "./audio.ts";

const PCM = 1;
const EXTENSIBLE = 0xfffe;

/**
 * Reads a RIFF file of the WAVE form: chunks of a four-letter name, a length and that many bytes,
 * padded to an even number.
 *
 * Source: IBM and Microsoft 1991, "Multimedia programming interface and data specifications 1.0".
 *
 * @throws {SyntaxError} If it is no such file, is cut off, or holds anything but 16-bit samples of
 *   one channel.
 */
export function decodeRiff(name: string, bytes: Uint8Array): Audio {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (at: number) => new TextDecoder("latin1").decode(bytes.subarray(at, at + 4));
  if (bytes.length < 12 || text(0) !== "RIFF" || text(8) !== "WAVE") {
    throw unreadable(name, "it is no RIFF file of the WAVE form");
  }
  let sampleRate: number | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const [kind, length] = [text(at), view.getUint32(at + 4, true)];
    const start = at + 8;
    if (start + length > bytes.length) {
      throw unreadable(
        name,
        `its chunk ${JSON.stringify(kind)} claims ${length} bytes, ` +
          `${bytes.length - start} follow`,
      );
    }
    if (kind === "fmt ") {
      if (length < 16) throw unreadable(name, `its format chunk has ${length} bytes`);
      const [coding, channels] = [view.getUint16(start, true), view.getUint16(start + 2, true)];
      const bits = view.getUint16(start + 14, true);
      if ((coding !== PCM && coding !== EXTENSIBLE) || channels !== 1 || bits !== 16) {
        throw unreadable(
          name,
          `it has ${channels} channels of ${bits}-bit samples in coding ${coding}; want 1 of 16-bit PCM`,
        );
      }
      sampleRate = view.getUint32(start + 4, true);
      if (sampleRate === 0) throw unreadable(name, "its sample rate is 0");
    }
    if (kind === "data") {
      if (sampleRate === undefined) throw unreadable(name, "its samples come before their format");
      if (length === 0 || length % 2 !== 0) {
        throw unreadable(name, `its data chunk has ${length} bytes`);
      }
      const samples = Int16Array.from(
        { length: length / 2 },
        (_, i) => view.getInt16(start + 2 * i, true),
      );
      return { samples, sampleRate };
    }
    at = start + length + length % 2;
  }
  throw unreadable(name, "it has no samples");
}
