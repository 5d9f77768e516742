/** Checkpoints of one key: the newest two, each a file that is whole or passed over. */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { CheckpointState, CheckpointValue } from "../stage.ts";

/** The last but one is kept for the case that the last is damaged. */
const KEPT = 2;
const SUFFIX = ".checkpoint";
const DIGEST_BYTES = 32;
const MAGIC = "basin-checkpoint/1";
const NEWLINE = 10;
/** Bytes; systems refuse to read 2 GiB at once. */
const LARGEST_READ = 1 << 28;

const ARRAYS = { Float64Array, Float32Array, Int32Array, Uint8Array } as const;

interface Entry {
  readonly name: string;
  readonly type: keyof typeof ARRAYS;
  readonly bytes: number;
}

interface Header {
  readonly magic: string;
  readonly entries: readonly Entry[];
}

/**
 * Writes a checkpoint beside the earlier ones, then removes all but the newest two.
 *
 * The file is one line of JSON that names the arrays, their bytes in the machine's order, and the
 * SHA-256 of all that. It is not forced to the disk: waiting for the disk would cost more than the
 * work it saves. After power loss a torn file does not match its digest, and is passed over.
 *
 * @param folder Made if it is not there.
 */
export function writeCheckpoint(folder: string, state: CheckpointState): void {
  mkdirSync(folder, { recursive: true });
  const names = checkpointsIn(folder);
  const last = Number.parseInt(names.at(-1) ?? "0", 10);
  const name = String(last + 1).padStart(8, "0") + SUFFIX;
  const staged = join(folder, `${name}.part`);
  try {
    writeState(staged, state);
  } catch (error) {
    rmSync(staged, { force: true });
    throw error;
  }
  renameSync(staged, join(folder, name));
  for (const old of names.slice(0, 1 - KEPT)) rmSync(join(folder, old), { force: true });
}

function writeState(path: string, state: CheckpointState): void {
  const entries = Object.entries(state).map(([name, value]): Entry => (
    { name, type: typeOf(value), bytes: value.byteLength }
  ));
  const header = new TextEncoder().encode(`${JSON.stringify({ magic: MAGIC, entries })}\n`);
  const hash = createHash("sha256");
  const file = openSync(path, "w");
  try {
    const write = (bytes: Uint8Array) => {
      for (let start = 0; start < bytes.length;) start += writeSync(file, bytes, start);
    };
    for (const value of [header, ...Object.values(state)]) {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      hash.update(bytes);
      write(bytes);
    }
    write(hash.digest());
  } finally {
    closeSync(file);
  }
}

/** What {@link newestCheckpoint} found. */
export interface FoundCheckpoint {
  readonly state: CheckpointState | undefined;
  /** Name of the file. */
  readonly name: string | undefined;
  /** Names of newer files that are damaged. */
  readonly damaged: readonly string[];
}

/** Reads the newest checkpoint in a folder that is whole. */
export function newestCheckpoint(folder: string): FoundCheckpoint {
  const damaged: string[] = [];
  for (const name of checkpointsIn(folder).reverse()) {
    const state = readCheckpoint(join(folder, name));
    if (state) return { state, name, damaged };
    damaged.push(name);
  }
  return { state: undefined, name: undefined, damaged };
}

/** Absolute paths of the checkpoints in a folder that are damaged. */
export function damagedCheckpoints(folder: string): string[] {
  return checkpointsIn(folder).map((name) => join(folder, name))
    // A worker may have removed an old one meanwhile.
    .filter((path) => !readCheckpoint(path) && existsSync(path));
}

/** Reads array by array: the state of a large network is larger than one buffer may be. */
function readCheckpoint(path: string): CheckpointState | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const hash = createHash("sha256");
    const header = readHeader(file);
    hash.update(header.bytes);
    if (header.magic !== MAGIC) return undefined; // of another version
    let rest = fstatSync(file).size - header.bytes.length - DIGEST_BYTES;
    const state: [string, CheckpointValue][] = [];
    for (const { name, type, bytes } of header.entries) {
      // Nothing vouches for the header yet, so it is not to ask for more than there is.
      if (bytes > rest) return undefined;
      rest -= bytes;
      const content = new Uint8Array(bytes);
      readInto(file, content);
      hash.update(content);
      state.push([name, new ARRAYS[type](content.buffer)]);
    }
    const digest = new Uint8Array(DIGEST_BYTES);
    readInto(file, digest);
    const isWhole = rest === 0 && hash.digest().every((byte, i) => byte === digest[i]);
    return isWhole ? Object.fromEntries(state) : undefined;
  } catch {
    return undefined; // a header that makes no sense, or the disk cannot read it
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The first line; leaves the file's position behind it. */
function readHeader(file: number): Header & { readonly bytes: Uint8Array } {
  const chunk = new Uint8Array(1 << 20);
  const count = readSync(file, chunk, 0, chunk.length, 0);
  const bytes = chunk.subarray(0, chunk.subarray(0, count).indexOf(NEWLINE) + 1);
  readInto(file, new Uint8Array(bytes.length));
  return { ...JSON.parse(new TextDecoder().decode(bytes)), bytes };
}

/** Fills `target` from the file's position. @throws {RangeError} If the file ends before. */
function readInto(file: number, target: Uint8Array): void {
  for (let start = 0; start < target.length;) {
    const length = Math.min(target.length - start, LARGEST_READ);
    const count = readSync(file, target, start, length, null);
    if (count === 0) {
      throw new RangeError(
        "Cannot read the checkpoint: it ends too early; the one before it is used",
      );
    }
    start += count;
  }
}

/** Names of whole or damaged checkpoints, oldest first; unfinished ones are none. */
function checkpointsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith(SUFFIX)).sort();
}

function typeOf(value: CheckpointValue): Entry["type"] {
  return value.constructor.name as Entry["type"];
}
