/** Reads a published data set from its files, and says whether it is what was published. */
import { basename } from "node:path";
import { type Chunks, unreadable } from "../data/formats/byte_source.ts";
import { cifarImages } from "../data/formats/cifar.ts";
import { gunzip } from "../data/formats/gunzip.ts";
import { readIdxImages } from "../data/formats/idx.ts";
import { untar } from "../data/formats/untar.ts";
import { decodeTimeSeries, type TimeSeries } from "../data/formats/time_series.ts";
import type { LabelledFrames } from "../data/frames.ts";
import type { LabelledImages } from "../data/images.ts";
import { seriesExamples } from "../data/speech/series_examples.ts";
import type { CifarRecords, Member, PublishedDataset, SeriesWindows } from "./catalogue.ts";
import { contentDigest, type Digests, digests } from "./digest.ts";
import { fileChunks } from "./file_chunks.ts";
import type { LocatedFile } from "./locate.ts";

/** A training and a test set. */
interface Parts<Kind> {
  readonly train: Kind;
  readonly test: Kind;
}

/** A data set in memory, as it was published: a training and a test set. */
export interface ReadDataset extends Parts<LabelledImages | LabelledFrames> {
  /** Of the unpacked files, see {@link contentDigest}. */
  readonly digest: string;
  /** Whether the bytes are the published ones. */
  readonly published: boolean;
}

/** Checksums of packed files and of members, entered when they are opened. */
type Checks = Map<Member | LocatedFile, Digests>;

/** A member under its name for messages: the path, and in brackets what is inside. */
interface OpenMember {
  readonly name: string;
  readonly content: Chunks;
}

/**
 * Reads a data set from its files, each once, from its beginning to its end.
 *
 * It is published if each packed file has the published checksum, or each member has: then it was
 * packed anew, or lies there unpacked. Memory is that of the images, one byte a pixel.
 *
 * @param files All files of the data set, in the catalogue's order.
 * @throws {SyntaxError} If a file is truncated, damaged, lacks a member or has another format.
 * @throws {RangeError} If a label is out of range.
 */
export async function readPublished(
  dataset: PublishedDataset,
  files: readonly LocatedFile[],
): Promise<ReadDataset> {
  const checks: Checks = new Map();
  const parts = await readParts(dataset, files, checks);
  const members = files.flatMap(({ file }) => file.members);
  const lines = members.map((member) => ({
    name: member.name,
    sha256: checks.get(member)!.hex("sha256"),
  }));
  const published = files.every((located) => isPublished(located, checks));
  return { ...parts, digest: contentDigest(lines), published };
}

async function readParts(
  { format }: PublishedDataset,
  files: readonly LocatedFile[],
  checks: Checks,
): Promise<Parts<LabelledImages | LabelledFrames>> {
  if (format === "idx") return await readIdx(files, checks);
  return "context" in format
    ? await readSeries(format, files, checks)
    : await readCifar(format, files[0]!, checks);
}

function isPublished(
  located: LocatedFile,
  checks: Checks,
): boolean {
  if (checks.get(located)?.hex("md5") === located.file.md5) return true;
  return located.file.members.every((member) => {
    const [algorithm, hex] = member.digest.split(":");
    return checks.get(member)!.hex(algorithm!) === hex;
  });
}

async function readIdx(
  files: readonly LocatedFile[],
  checks: Checks,
): Promise<Parts<LabelledImages>> {
  const open = (located: LocatedFile): OpenMember => {
    const [path] = located.paths;
    const bytes = located.packed
      ? gunzip(path!, checked(located, ["md5"], fileChunks(path!), checks))
      : fileChunks(path!);
    const member = located.file.members[0]!;
    return { name: path!, content: checkedMember(member, bytes, checks) };
  };
  const [trainImages, trainLabels, testImages, testLabels] = files.map(open);
  return {
    train: await readIdxImages(trainImages!, trainLabels!),
    test: await readIdxImages(testImages!, testLabels!),
  };
}

async function readCifar(
  { labelClasses, train, test }: CifarRecords,
  located: LocatedFile,
  checks: Checks,
): Promise<Parts<LabelledImages>> {
  const { members } = located.file;
  const trainFiles = members.filter(({ part }) => part === "train").length;
  const parts = {
    train: cifarImages(trainFiles, { labelClasses, records: train }),
    test: cifarImages(1, { labelClasses, records: test }),
  };
  const read = async (member: Member, { name, content }: OpenMember) => {
    if (checks.has(member)) throw unreadable(name, "the archive has it twice");
    const bytes = checkedMember(member, content, checks);
    const index = member.part === "train" ? members.indexOf(member) : 0;
    await parts[member.part].read({ name, content: bytes }, index);
  };
  if (located.packed) {
    const [path] = located.paths;
    const unpacked = gunzip(path!, checked(located, ["md5"], fileChunks(path!), checks));
    for await (const { path: inside, content } of untar(path!, unpacked)) {
      const member = members.find(({ name }) => name === basename(inside));
      if (member) await read(member, { name: `${path} (${inside})`, content });
    }
    const missing = members.filter((member) => !checks.has(member));
    if (missing.length > 0) {
      throw unreadable(path!, `it lacks ${missing.map(({ name }) => name).join(", ")}`);
    }
  } else {
    for (const [i, member] of members.entries()) {
      const name = located.paths[i]!;
      await read(member, { name, content: fileChunks(name) });
    }
  }
  return { train: parts.train.images, test: parts.test.images };
}

async function readSeries(
  { context }: SeriesWindows,
  files: readonly LocatedFile[],
  checks: Checks,
): Promise<Parts<LabelledFrames>> {
  const read = async ({ file, paths: [path] }: LocatedFile): Promise<TimeSeries> => {
    const bytes = checkedMember(file.members[0]!, fileChunks(path!), checks);
    const text = await new Response(ReadableStream.from(bytes)).text();
    return decodeTimeSeries(path!, text);
  };
  return seriesExamples({ train: await read(files[0]!), test: await read(files[1]!) }, context);
}

function checkedMember(
  member: Member,
  content: Chunks,
  checks: Checks,
): Chunks {
  const [algorithm] = member.digest.split(":");
  return checked(member, [...new Set(["sha256", algorithm!])], content, checks);
}

function checked(
  key: Member | LocatedFile,
  algorithms: readonly string[],
  content: Chunks,
  checks: Checks,
): Chunks {
  const check = digests(...algorithms);
  checks.set(key, check);
  return check.through(content);
}
