/** A small corpus laid out as TIMIT: a few phones, a few speakers, sound with known segments. */
import { riffFile, sphereFile } from "./sound.ts";

/** How a phone sounds when a speaker says it. At 16 kHz. */
export type Say = (phone: string, speaker: number) => Promise<Int16Array>;

/** Differences between copies of a corpus that change nothing. */
export interface CorpusLayout {
  readonly format: "sphere" | "riff";
  readonly lowerCase?: boolean;
  /** Sound as `SX1.WAV.wav`. */
  readonly converted?: boolean;
}

/** Phones of the corpus, beside silence. */
export const SPOKEN: readonly string[] = ["iy", "aa", "uw", "s", "sh", "m", "l", "f"];

const TRAIN_SPEAKERS = [0, 1, 2];
const TEST_SPEAKERS = [3];
const SENTENCES = 4;

/** Writes the corpus; what is said differs from sentence to sentence, what is in SA must not count. */
export async function writeCorpus(
  folder: string,
  say: Say,
  { format, lowerCase = false, converted = false }: CorpusLayout,
): Promise<void> {
  const named = (path: string) => `${folder}/${lowerCase ? path.toLowerCase() : path}`;
  for (const [part, speakers] of [["TRAIN", TRAIN_SPEAKERS], ["TEST", TEST_SPEAKERS]] as const) {
    for (const speaker of speakers) {
      const place = `${part}/DR1/FAK${speaker}`;
      await Deno.mkdir(named(place), { recursive: true });
      await Deno.writeTextFile(named(`${place}/NOTES.TXT`), "no transcription");
      for (let sentence = 0; sentence <= SENTENCES; sentence++) {
        const name = sentence === SENTENCES ? "SA1" : `SX${speaker * 10 + sentence}`;
        const { samples, lines } = await utter(say, speaker, sentence);
        const sound = format === "sphere" ? sphereFile(samples) : riffFile(samples);
        const extension = converted ? "WAV.wav" : "WAV";
        await Deno.writeFile(named(`${place}/${name}.${extension}`), sound);
        await Deno.writeTextFile(named(`${place}/${name}.PHN`), lines);
      }
    }
  }
}

/** Eight phones between silences, in an order of the sentence's own. */
async function utter(say: Say, speaker: number, sentence: number) {
  const order = SPOKEN.map((_, i) => SPOKEN[(3 * i + 5 * sentence) % SPOKEN.length]!);
  const parts: Int16Array[] = [];
  let [lines, at] = ["", 0];
  for (const phone of ["h#", ...order, "h#"]) {
    const sound = phone === "h#" ? quiet(1600) : await say(phone, speaker);
    lines += `${at} ${at + sound.length} ${phone}\n`;
    parts.push(sound);
    at += sound.length;
  }
  const samples = new Int16Array(at);
  let next = 0;
  for (const part of parts) {
    samples.set(part, next);
    next += part.length;
  }
  return { samples, lines };
}

/** Noise of a few units: digital silence has no spectrum. */
function quiet(length: number): Int16Array {
  return Int16Array.from({ length }, (_, i) => Math.round(4 * Math.sin(i * i)));
}

/** Tones in place of phones: three harmonics, by phone and a little by speaker. */
export const sayTones: Say = (phone, speaker) => {
  const base = 150 * 1.45 ** SPOKEN.indexOf(phone) * (1 + 0.02 * speaker);
  const sample = (_: unknown, i: number) => {
    const phase = 2 * Math.PI * base * i / 16_000;
    return Math.round(3000 * (Math.sin(phase) + Math.sin(2 * phase + 1) + Math.sin(3 * phase + 2)));
  };
  return Promise.resolve(Int16Array.from({ length: 1900 + 100 * speaker }, sample));
};

const ESPEAK = ["i:", "A:", "u:", "s", "S", "m", "l", "f"];
const VOICES = ["en-us+m1", "en-us+f2", "en-us+m3", "en-us+f4"];

/** Whether espeak-ng is installed. */
export async function hasEspeak(): Promise<boolean> {
  try {
    return (await new Deno.Command("espeak-ng", { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

/** espeak-ng's phones, each said by itself by one of four voices, at most 160 ms of the middle. */
export function sayEspeak(): Say {
  const said = new Map<string, Promise<Int16Array>>();
  return (phone, speaker) => {
    const key = `${phone} ${speaker}`;
    const sound = said.get(key) ?? synthesise(ESPEAK[SPOKEN.indexOf(phone)]!, VOICES[speaker]!);
    said.set(key, sound);
    return sound;
  };
}

async function synthesise(phone: string, voice: string): Promise<Int16Array> {
  const args = ["-v", voice, "-s", "80", "--stdout", `[[${phone}${phone}]]`];
  const { stdout } = await new Deno.Command("espeak-ng", { args, stderr: "null" }).output();
  const view = new DataView(stdout.buffer, stdout.byteOffset, stdout.byteLength);
  const rate = view.getUint32(24, true);
  // A header of 44 bytes; then the length is unknown to a pipe, and not to be trusted.
  const count = (stdout.length - 44) >> 1;
  const at = (position: number) => {
    const i = Math.min(Math.floor(position), count - 2);
    const [a, b] = [view.getInt16(44 + 2 * i, true), view.getInt16(46 + 2 * i, true)];
    return Math.round(a + (position - i) * (b - a));
  };
  const whole = Int16Array.from(
    { length: Math.floor(count * 16_000 / rate) - 2 },
    (_, i) => at(i * rate / 16_000),
  );
  return loudest(whole, 2560);
}

/** The stretch of that length with the most energy: what is around it is silence. */
function loudest(samples: Int16Array, length: number): Int16Array {
  if (samples.length <= length) return samples;
  let energy = 0;
  let [most, start] = [-1, 0];
  samples.forEach((sample, i) => {
    energy += sample ** 2 - (i >= length ? samples[i - length]! ** 2 : 0);
    if (i >= length - 1 && energy > most) [most, start] = [energy, i - length + 1];
  });
  return samples.slice(start, start + length);
}
