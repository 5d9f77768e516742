/** Checkpoints of one key: the newest two, each a file that is whole or passed over. */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
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

const ARRAYS = { Float64Array, Float32Array, Int32Array, Uint8Array } as const;

interface Entry {
  readonly name: string;
  readonly type: keyof typeof ARRAYS;
  readonly bytes: number;
}

/**
 * Writes a checkpoint beside the earlier ones, then removes all but the newest two.
 *
 * The file is one line of JSON that names the arrays, their bytes in the machine's order, and the
 * SHA-256 of all that. It is not forced to the disk: after power loss a torn file does not match its
 * digest and is passed over, and waiting for the disk would cost more than the work it saves.
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

function readCheckpoint(path: string): CheckpointState | undefined {
  let file: Uint8Array<ArrayBuffer>;
  try {
    const { buffer, byteOffset, byteLength } = readFileSync(path);
    file = new Uint8Array(buffer, byteOffset, byteLength);
  } catch {
    return undefined; // the disk cannot read it
  }
  const end = file.length - DIGEST_BYTES;
  if (end < 0) return undefined;
  const digest = createHash("sha256").update(file.subarray(0, end)).digest();
  if (!digest.every((byte, i) => byte === file[end + i])) return undefined;
  const line = file.indexOf(10);
  const header = JSON.parse(new TextDecoder().decode(file.subarray(0, line)));
  if (header.magic !== MAGIC) return undefined; // of another version
  let start = line + 1;
  return Object.fromEntries((header.entries as Entry[]).map(({ name, type, bytes }) => {
    const { buffer } = file.slice(start, start + bytes); // a copy, which is aligned
    start += bytes;
    return [name, new ARRAYS[type](buffer)];
  }));
}

/** Names of whole or damaged checkpoints, oldest first; unfinished ones are none. */
function checkpointsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith(SUFFIX)).sort();
}

function typeOf(value: CheckpointValue): Entry["type"] {
  return value.constructor.name as Entry["type"];
}
