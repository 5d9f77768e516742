/** `pipeline.lock.json`: the results that were accepted, to be held against those of a later run. */
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { compareCodeUnits } from "../key/canonical.ts";
import { readNamedText, shownName } from "../store/named_file.ts";
import type { ResultRecord } from "../store/record.ts";
import type { LockedNumbers } from "./lock_numbers.ts";

const digest = z.string().regex(/^(blob|tree):[0-9a-f]{64}$/);
const profileSchema = z.record(
  z.string(),
  z.strictObject({
    key: z.string().regex(/^[0-9a-f]{64}$/),
    status: z.enum(["ok", "diverged"]),
    outputs: z.record(z.string(), digest),
    /** Of outputs that are JSON: output → place → number. */
    numbers: z.record(z.string(), z.record(z.string(), z.number())).optional(),
  }),
);
const lockSchema = z.strictObject({
  version: z.literal(1),
  profiles: z.record(z.string(), profileSchema),
});

/** Accepted results of one profile: cell → key, status, and the digest of every output. */
export type LockedCells = z.infer<typeof profileSchema>;

/** One way in which a run is not what was accepted. */
export interface LockDifference {
  readonly cell: string;
  /** `train[trial=0].weights: blob:… -> blob:…`, without the cell. */
  readonly text: string;
  /** Another key that gave equal outputs: code or runtime changed, and no result did. */
  readonly isHarmless: boolean;
}

/** Where the lock file of a study lies: beside its YAML. */
export function lockFilePath(root: string): string {
  return join(root, "pipeline.lock.json");
}

/**
 * Reads the accepted results of a profile.
 *
 * @throws {RangeError} If there are none, or the file cannot be read.
 */
export function readLockFile(path: string, profile: string): LockedCells {
  const locked = readAll(path)?.[profile];
  if (locked) return locked;
  throw new RangeError(
    `Cannot compare with ${path}: it holds nothing of the profile \`${profile}\`; ` +
      "`deno task basin lock` accepts the results that there are",
  );
}

/**
 * Why a result is not one that the file accepts, under whichever profile; nothing if it is.
 *
 * @throws {RangeError} If the file cannot be read.
 */
export function lockFaultOf(path: string, { key, outputs }: ResultRecord): string | undefined {
  const all = readAll(path);
  if (!all) {
    throw new RangeError(
      `Cannot compare with ${shownName(path)}: there is no such file; ` +
        "`deno task basin lock` writes one",
    );
  }
  const accepted = Object.values(all).flatMap((cells) => Object.entries(cells))
    .filter(([, cell]) => cell.key === key);
  if (accepted.length === 0) return `the result ${key.slice(0, 12)} is none that ${path} accepts`;
  const [name, cell] = accepted[0]!;
  const names = new Set([...Object.keys(outputs), ...Object.keys(cell.outputs)]);
  const other = [...names].find((output) => outputs[output]?.digest !== cell.outputs[output]);
  return other === undefined ? undefined : `${name} has another \`${other}\` than ${path} accepts`;
}

/** Writes the accepted results of a profile; those of others stay. */
export function writeLockFile(path: string, profile: string, cells: LockedCells): void {
  const profiles = { ...readAll(path), [profile]: cells };
  // Sorted and one line a cell: a change of results is a readable change in the file.
  const lines = Object.keys(profiles).sort(compareCodeUnits).map((name) => {
    const own = profiles[name]!;
    const rows = Object.keys(own).sort(compareCodeUnits)
      .map((cell) => `      ${JSON.stringify(cell)}: ${sortedJson(own[cell])}`);
    return `    ${JSON.stringify(name)}: {\n${rows.join(",\n")}\n    }`;
  });
  const text = `{\n  "version": 1,\n  "profiles": {\n${lines.join(",\n")}\n  }\n}\n`;
  const staged = join(dirname(path), `.${crypto.randomUUID()}`);
  writeFileSync(staged, text);
  renameSync(staged, path);
}

/** JSON with its keys in order. Numbers of results may be larger than those of a key: 1e17. */
function sortedJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${
    entries.sort(([a], [b]) => compareCodeUnits(a, b))
      .map(([name, each]) => `${JSON.stringify(name)}:${sortedJson(each)}`).join(",")
  }}`;
}

/**
 * The part of a result that is accepted.
 *
 * @param numbers The numbers of its outputs, by output.
 */
export function lockedCell(
  { key, status, outputs }: ResultRecord,
  numbers: Readonly<Record<string, LockedNumbers>> = {},
): LockedCells[string] {
  const digests = Object.entries(outputs).map(([name, { digest }]) => [name, digest]);
  const filled = Object.entries(numbers).filter(([, own]) => Object.keys(own).length > 0);
  return {
    key,
    status,
    outputs: Object.fromEntries(digests),
    ...(filled.length > 0 && { numbers: Object.fromEntries(filled) }),
  };
}

/**
 * In what results differ from the accepted ones.
 *
 * Results are their bytes: where a key differs and all outputs are equal, the difference is named
 * and harmless, as everywhere else in the pipeline.
 *
 * @param results Cell → its result; `undefined` of a cell that has none.
 */
export function lockDifferences(
  locked: LockedCells,
  results: ReadonlyMap<string, ResultRecord | undefined>,
): LockDifference[] {
  const differences: LockDifference[] = [];
  const add = (cell: string, text: string, isHarmless = false) =>
    differences.push({ cell, text, isHarmless });
  for (const cell of Object.keys(locked)) {
    if (!results.has(cell)) add(cell, "the study has it no more");
  }
  for (const [cell, record] of results) {
    const before = locked[cell];
    if (!before) {
      add(cell, "new, not in the lock file");
      continue;
    }
    if (!record) {
      add(cell, "it has no result");
      continue;
    }
    const now = lockedCell(record);
    const changed = Object.keys({ ...before.outputs, ...now.outputs })
      .filter((name) => before.outputs[name] !== now.outputs[name]);
    for (const name of changed) {
      const [a, b] = [before.outputs[name], now.outputs[name]].map((digest) =>
        digest?.slice(0, 17) ?? "none"
      );
      add(cell, `output \`${name}\`: ${a} -> ${b}`);
    }
    if (before.status !== now.status) add(cell, `status: ${before.status} -> ${now.status}`);
    else if (changed.length === 0 && before.key !== now.key) {
      add(cell, "another key, equal outputs", true);
    }
  }
  return differences;
}

function readAll(path: string): Readonly<Record<string, LockedCells>> | undefined {
  if (!existsSync(path)) return undefined;
  const text = readNamedText(path, "", "name a lock file, as `deno task basin lock` writes one");
  try {
    return lockSchema.parse(JSON.parse(text)).profiles;
  } catch {
    throw new RangeError(
      `Cannot read ${path}: it is no lock file of this version; ` +
        "restore it, or delete it and accept results anew with `deno task basin lock`",
    );
  }
}
