/** Records of published results: the index of the store. */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Layout } from "./layout.ts";

const digest = z.string().regex(/^(blob|tree):[0-9a-f]{64}$/);

const recordSchema = z.strictObject({
  schema: z.literal(1),
  key: z.string(),
  status: z.enum(["ok", "diverged"]),
  /** Why it diverged. */
  reason: z.string().optional(),
  outputs: z.record(z.string(), z.strictObject({ digest, bytes: z.int().nonnegative() })),
  /** The attempt's folder below `attempts/`. */
  attempt: z.string(),
  /** Time that the stage took. */
  seconds: z.number(),
});

/** A published result: what each output is, and which attempt made it. */
export type ResultRecord = z.infer<typeof recordSchema>;

/** One output of a published result. */
export type OutputRecord = ResultRecord["outputs"][string];

/** Reads the record of a key: `undefined` if there is none, `"damaged"` if it cannot be read. */
export function readRecord(layout: Layout, key: string): ResultRecord | undefined | "damaged" {
  let text: string;
  try {
    text = readFileSync(layout.record(key), "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    return "damaged";
  }
  try {
    const record = recordSchema.parse(JSON.parse(text));
    return record.key === key ? record : "damaged";
  } catch {
    return "damaged";
  }
}

/** The outputs of a record whose objects are missing or have another size; content is not read. */
export function missingOutputs(layout: Layout, { outputs }: ResultRecord): string[] {
  return Object.entries(outputs)
    .filter(([, output]) => !isPresent(layout, output))
    .map(([name]) => name);
}

function isPresent(layout: Layout, { digest, bytes }: OutputRecord): boolean {
  const [kind, sha256] = digest.split(":") as ["blob" | "tree", string];
  if (kind === "blob") return sizeOf(layout.blob(sha256)) === bytes;
  try {
    const { files } = readTree(layout, sha256);
    return files.every((file) => sizeOf(layout.blob(file.sha256)) === file.bytes);
  } catch {
    return false;
  }
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

const treeSchema = z.strictObject({
  type: z.literal("tree"),
  files: z.array(z.strictObject({
    path: z.string().refine((path) => !path.startsWith("/") && !path.split("/").includes("..")),
    sha256: z.string(),
    bytes: z.int().nonnegative(),
  })),
});

/** The listing of a folder, files in code unit order of their paths. */
export type Tree = z.infer<typeof treeSchema>;

/** Reads the listing of a folder. @throws {Error} If it is missing or damaged. */
export function readTree(layout: Layout, sha256: string): Tree {
  return treeSchema.parse(JSON.parse(readFileSync(layout.tree(sha256), "utf8")));
}

/** Takes a record out of the index, so that its cell runs again; kept in the quarantine. */
export function dropRecord(layout: Layout, key: string): void {
  moveAside(layout, layout.record(key), key);
}

/** Moves a damaged object to the quarantine; a missing one is left missing. */
export function quarantineObject(layout: Layout, digest: string): void {
  const [kind, sha256] = digest.split(":") as ["blob" | "tree", string];
  moveAside(layout, kind === "blob" ? layout.blob(sha256) : layout.tree(sha256), sha256);
}

function moveAside(layout: Layout, path: string, name: string): void {
  if (!existsSync(path)) return;
  mkdirSync(layout.quarantine, { recursive: true });
  const aside = join(layout.quarantine, `${name}.${Date.now()}`);
  mkdirSync(dirname(aside), { recursive: true });
  renameSync(path, aside);
}
