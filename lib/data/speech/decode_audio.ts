import { unreadable } from "../formats/byte_source.ts";
import type { Audio } from "./audio.ts";
import { decodeRiff } from "./riff.ts";
import { decodeSphere } from "./sphere.ts";

/**
 * Reads a sound file, whichever of TIMIT's two formats it has: NIST's SPHERE, as on the LDC's disc,
 * or RIFF, into which many copies were converted, both under the name `.WAV`.
 *
 * @param name For messages: the file.
 * @throws {SyntaxError} If it is neither, is damaged, or has another coding than 16-bit samples of
 *   one channel.
 */
export function decodeAudio(name: string, bytes: Uint8Array): Audio {
  const magic = new TextDecoder("latin1").decode(bytes.subarray(0, 7));
  if (magic === "NIST_1A") return decodeSphere(name, bytes);
  if (magic.startsWith("RIFF")) return decodeRiff(name, bytes);
  throw unreadable(name, `it begins with ${JSON.stringify(magic)}, want NIST_1A or RIFF`);
}
