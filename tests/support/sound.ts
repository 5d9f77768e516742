/** Sound files in the two formats of TIMIT's copies. */

/**
 * A SPHERE file with 16-bit samples, as on the LDC's disc.
 *
 * @param changed Lines of the header that replace those of their names.
 */
export function sphereFile(
  samples: Int16Array,
  changed: readonly string[] = [],
  littleEndian = true,
): Uint8Array {
  const usual = [
    "channel_count -i 1",
    `sample_count -i ${samples.length}`,
    "sample_rate -i 16000",
    "sample_n_bytes -i 2",
    `sample_byte_format -s2 ${littleEndian ? "01" : "10"}`,
    "sample_sig_bits -i 16",
  ];
  const nameOf = (line: string) => line.split(" ")[0];
  const names = changed.map(nameOf);
  const all = [...usual.filter((line) => !names.includes(nameOf(line))), ...changed];
  const lines = all.map((line) => `${line}\n`);
  const text = `NIST_1A\n   1024\n${lines.join("")}end_head\n`;
  const bytes = new Uint8Array(1024 + 2 * samples.length).fill(0x20, 0, 1024);
  bytes.set(new TextEncoder().encode(text));
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, i) => view.setInt16(1024 + 2 * i, sample, littleEndian));
  return bytes;
}

/** A RIFF file with 16-bit samples, and a chunk of an odd length before them. */
export function riffFile(samples: Int16Array, sampleRate = 16_000): Uint8Array {
  const bytes = new Uint8Array(12 + 24 + 12 + 8 + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  const text = (at: number, word: string) => bytes.set(new TextEncoder().encode(word), at);
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * sampleRate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "LIST");
  view.setUint32(40, 3, true); // padded to four
  text(48, "data");
  view.setUint32(52, 2 * samples.length, true);
  samples.forEach((sample, i) => view.setInt16(56 + 2 * i, sample, true));
  return bytes;
}

/** Two tones, the higher one rising: round(9000 sin(0.02 i + 4e-6 i²) + 3000 sin(1.3 i)). */
export function tones(count: number): Int16Array {
  return Int16Array.from(
    { length: count },
    (_, i) => Math.round(9000 * Math.sin(0.02 * i + 4e-6 * i * i) + 3000 * Math.sin(1.3 * i)),
  );
}
