/** TIMIT from the user's own copy: it is licensed by the LDC (LDC93S1) and cannot be downloaded. */
import { join } from "node:path";
import { decodeAudio } from "../data/speech/decode_audio.ts";
import type { LabelledFrames } from "../data/frames.ts";
import { parsePhn } from "../data/speech/phn.ts";
import type { PhoneSet } from "../data/speech/phones.ts";
import { speechExamples, usedStates } from "../data/speech/speech_examples.ts";
import { contentDigest, digests, type NamedDigest } from "./digest.ts";
import { fileChunks } from "./file_chunks.ts";
import { pinText } from "./identity.ts";

/** Where the copy is and how to read it. */
export interface TimitOptions {
  /** Folder that holds `TRAIN` and `TEST`, or has a folder that does. */
  readonly dataDir?: string | undefined;
  /** `BASIN_DATA_DIR`: the folder where no other is named. */
  readonly searchDir?: string | undefined;
  /** Digest of the copy; without it, the error says what it is. */
  readonly digest?: string | undefined;
  readonly phones: PhoneSet;
  readonly log?: (line: string) => void;
  /** Told after each utterance. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What was read. */
export interface Timit {
  readonly train: LabelledFrames;
  readonly test: LabelledFrames;
  readonly name: string;
  readonly source: string;
  readonly digest: string;
}

interface UtteranceFiles {
  /** Path below the corpus, in capitals as on the disc. */
  readonly name: string;
  readonly audio: string;
  readonly transcription: string;
}

/** Folders below the one that was named, in which the corpus may lie. */
const DEEPEST = 4;

/**
 * Reads TIMIT: training set and complete test set, without the two sentences that everybody reads.
 *
 * Utterances are read one by one; what is kept is 40 features a frame, about 180 MB for all of it.
 *
 * @throws {Error} If there is no corpus, an utterance lacks its sound, or the digest is missing or
 *   another.
 * @throws {SyntaxError} If a file cannot be read.
 * @throws {RangeError} If sound is not of 16 kHz.
 */
export async function readTimit(options: TimitOptions): Promise<Timit> {
  const { phones, log, onProgress } = options;
  const dataDir = options.dataDir ?? options.searchDir;
  if (dataDir === undefined) {
    throw new Error(
      "Cannot find timit: it is licensed (LDC93S1) and cannot be downloaded; set BASIN_DATA_DIR or " +
        "dataDir to your copy, or use synthetic-timit",
    );
  }
  const folder = await findCorpus(dataDir, DEEPEST);
  if (!folder) {
    throw new Error(
      `Cannot find timit in ${dataDir}: no folder has both TRAIN and TEST; name one that has`,
    );
  }
  const parts = {
    train: await utterances(folder, "TRAIN"),
    test: await utterances(folder, "TEST"),
  };
  const all = [...parts.train, ...parts.test];
  const digest = await digestOf(all);
  checkDigest(folder, digest, options);
  log?.(`reading ${parts.train.length} + ${parts.test.length} utterances in ${folder}`);
  let done = 0;
  const read = async (files: readonly UtteranceFiles[]) => {
    const examples = speechExamples(phones);
    for (const { name, audio, transcription } of files) {
      const sound = decodeAudio(audio, await Deno.readFile(audio));
      const segments = parsePhn(transcription, await Deno.readTextFile(transcription));
      examples.add({ name, audio: sound, segments });
      onProgress?.(++done, all.length);
    }
    return examples;
  };
  const train = await read(parts.train);
  const moments = train.moments();
  return {
    train: train.examples(moments),
    test: (await read(parts.test)).examples(moments),
    name: `timit-${phones}x3`,
    source:
      `TIMIT (LDC93S1), a user's copy: ${parts.train.length} + ${parts.test.length} utterances ` +
      `without SA, ${usedStates(phones)} phone states in place of the paper's 1973 tied states`,
    digest,
  };
}

async function findCorpus(folder: string, depth: number): Promise<string | undefined> {
  const entries = await list(folder);
  const names = entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  const capitals = names.map((name) => name.toUpperCase());
  if (capitals.includes("TRAIN") && capitals.includes("TEST")) return folder;
  if (depth === 0) return undefined;
  for (const name of names) {
    const found = await findCorpus(join(folder, name), depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Utterances of a part, in the order of their names. */
async function utterances(corpus: string, part: string): Promise<readonly UtteranceFiles[]> {
  const files = new Map<string, string>();
  const walk = async (folder: string, name: string): Promise<void> => {
    for (const entry of await list(folder)) {
      const [path, capitals] = [join(folder, entry.name), `${name}/${entry.name.toUpperCase()}`];
      if (entry.isDirectory) await walk(path, capitals);
      else files.set(capitals, path);
    }
  };
  const root = (await list(corpus)).find(({ name }) => name.toUpperCase() === part)!;
  await walk(join(corpus, root.name), part);
  const found: UtteranceFiles[] = [];
  for (const [capitals, transcription] of files) {
    const name = /^(.*\/[^/]+)\.PHN$/.exec(capitals)?.[1];
    if (name === undefined || /\/SA\d$/.test(name)) continue;
    // Copies that were converted have both `SX37.WAV` and `SX37.WAV.wav`, or only one of them.
    const audio = files.get(`${name}.WAV`) ?? files.get(`${name}.WAV.WAV`);
    if (audio === undefined) {
      throw new Error(`Cannot use ${transcription}: it has no sound, ${name}.WAV`);
    }
    found.push({ name, audio, transcription });
  }
  if (found.length === 0) {
    throw new Error(
      `Cannot find utterances (.PHN and .WAV) in ${corpus}/${root.name}; name a whole copy of the corpus`,
    );
  }
  return found.sort((a, b) => a.name < b.name ? -1 : 1);
}

async function list(folder: string): Promise<Deno.DirEntry[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (cause) {
    throw new Error(
      `Cannot look for timit in ${folder}: ${
        (cause as Error).message
      }; name a folder that can be read`,
      { cause },
    );
  }
}

async function digestOf(files: readonly UtteranceFiles[]): Promise<string> {
  const lines: NamedDigest[] = [];
  for (const { name, audio, transcription } of files) {
    for (const [suffix, path] of [["PHN", transcription], ["WAV", audio]] as const) {
      const check = digests("sha256");
      for await (const _ of check.through(fileChunks(path)));
      lines.push({ name: `${name}.${suffix}`, sha256: check.hex("sha256") });
    }
  }
  return contentDigest(lines);
}

function checkDigest(
  folder: string,
  digest: string,
  { digest: wanted, dataDir }: Pick<TimitOptions, "digest" | "dataDir">,
): void {
  if (digest === wanted) return;
  throw new Error(
    wanted === undefined
      ? `Cannot use ${folder} as timit before its content is pinned: copies differ, and results rest ` +
        `on content. If you mean this one, ${pinText("timit", digest, dataDir)}`
      : `Cannot use ${folder} as timit: its digest is ${digest}, the study wants ${wanted}`,
  );
}
