/** Small data sets that are published nowhere, with catalogue entries that say they are. */
import type { PublishedDataset } from "../../lib/acquisition/catalogue.ts";
import { cifarFile, gzip, hexDigest, idxFile, patternBytes, tarGz } from "./files.ts";

/** A data set, packed and unpacked. */
export interface ToyDataset {
  readonly dataset: PublishedDataset;
  /** Name → bytes, as they are published. */
  readonly packed: Readonly<Record<string, Uint8Array>>;
  readonly unpacked: Readonly<Record<string, Uint8Array>>;
}

const COMMON = { page: "https://example.org/toy", licence: "none", mirrors: [], packages: [] };

/** Twelve and six images of 4 × 5 pixels. */
export async function toyIdx(seed = 1): Promise<ToyDataset> {
  const unpacked: Record<string, Uint8Array> = {};
  const packed: Record<string, Uint8Array> = {};
  const files = [];
  for (const [name, part, count] of [["train", "train", 12], ["t10k", "test", 6]] as const) {
    const images = idxFile([count, 4, 5], patternBytes(count * 20, seed));
    const labels = idxFile([count], Uint8Array.from({ length: count }, (_, i) => i % 3));
    for (const [kind, bytes] of [["images-idx3", images], ["labels-idx1", labels]] as const) {
      const member = `${name}-${kind}-ubyte`;
      unpacked[member] = bytes;
      const archive = packed[`${member}.gz`] = await gzip(bytes);
      files.push({
        name: `${member}.gz`,
        bytes: archive.length,
        md5: hexDigest("md5", archive),
        members: [{ name: member, part, digest: `sha256:${hexDigest("sha256", bytes)}` as const }],
      });
    }
  }
  const dataset = {
    ...COMMON,
    name: "toy",
    format: "idx" as const,
    examples: { train: 12, test: 6, bytes: 20 },
    subfolders: ["toy", "."],
    files,
  };
  return { dataset, packed, unpacked };
}

/** Two files of three images for training, one of four for testing. */
export async function toyCifar(): Promise<ToyDataset> {
  const unpacked = {
    "data_1.bin": cifarFile(3, [10], 1),
    "data_2.bin": cifarFile(3, [10], 2),
    "test.bin": cifarFile(4, [10], 3),
  };
  const inside = Object.entries(unpacked).map(([name, bytes]) => [`toy/${name}`, bytes] as const);
  const archive = await tarGz(Object.fromEntries([["toy/notes", patternBytes(61)], ...inside]));
  const members = Object.entries(unpacked).map(([name, bytes]) => ({
    name,
    part: name === "test.bin" ? "test" as const : "train" as const,
    digest: `sha1:${hexDigest("sha1", bytes)}` as const,
  }));
  const name = "toy.tar.gz";
  const file = { name, bytes: archive.length, md5: hexDigest("md5", archive), members };
  const format = { labelClasses: [10], train: 3, test: 4 };
  return {
    dataset: {
      ...COMMON,
      name: "toy",
      format,
      examples: { train: 6, test: 4, bytes: 3072 },
      subfolders: ["toy", "."],
      files: [file],
    },
    packed: { [name]: archive },
    unpacked,
  };
}

/** Utterances of six and four frames for training, and of three for testing, by two speakers. */
export function toySeries(): ToyDataset {
  const header = "@timeStamps false\n@dimensions 2\n@classLabel true 1 2\n@data\n";
  const utterance = (length: number, from: number) =>
    Array.from({ length }, (_, t) => from + t * t / 8).join();
  const line = (length: number, from: number, speaker: number) =>
    `${utterance(length, from)}:${utterance(length, -from)}:${speaker}\n`;
  const texts = {
    "toy_TRAIN.ts": header + line(6, 1, 2) + line(4, 2, 1),
    "toy_TEST.ts": header + line(3, 1.5, 2),
  };
  const packed = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, new TextEncoder().encode(text)]),
  );
  const files = Object.entries(packed).map(([name, bytes]) => ({
    name,
    bytes: bytes.length,
    md5: hexDigest("md5", bytes),
    members: [{
      name,
      part: name.includes("TRAIN") ? "train" as const : "test" as const,
      digest: `sha256:${hexDigest("sha256", bytes)}` as const,
    }],
  }));
  const dataset = {
    ...COMMON,
    name: "toy",
    title: "toy (speech of two)",
    format: { context: 3 },
    examples: { train: 10, test: 3, bytes: 8 },
    subfolders: ["toy", "."],
    files,
  };
  return { dataset, packed, unpacked: packed };
}

/** Writes files to a folder, which is made. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) {
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
}
