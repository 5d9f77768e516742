/** Bundles: results with everything they are made of in one tar file, checked on both ways. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { createTarDecoder, createTarPacker } from "modern-tar";
import { z } from "zod";
import { createFile, replaceFile } from "./atomic.ts";
import { attemptAt, ORIGIN, type Origin } from "./attempt.ts";
import { DISK } from "./disk.ts";
import type { Layout } from "./layout.ts";
import {
  DamagedObjectError,
  damagedObjects,
  hashFile,
  objectPath,
  objectsOf,
  putFile,
} from "./objects.ts";
import { dropRecord } from "./quarantine.ts";
import { parseRecord, readRecord, type ResultRecord } from "./record.ts";
import { seal, unseal } from "./sealed.ts";
import { writeStream } from "./write_stream.ts";

const listSchema = z.strictObject({
  schema: z.literal(1),
  keys: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
  objects: z.array(z.string().regex(/^(blob|tree):[0-9a-f]{64}$/)),
});

/** First member of a bundle: what follows, so that a cut-off bundle is noticed. */
const LIST = "bundle.json";
/** The only names that a bundle may hold; others could lead out of the folder. */
const MEMBER_REGEXP =
  /^(bundle\.json|keys\/[0-9a-f]{64}\.json|blobs\/[0-9a-f]{64}|trees\/[0-9a-f]{64}\.json|attempts\/[\w-]+\/[\w-]+\/(key|manifest)\.json)$/;
/** Files of an attempt that explain a result. */
const NOTES = ["key.json", "manifest.json"];

/** A bundle is not what it should be; nothing of it was imported. */
export class BundleFileError extends Error {
  override name = "BundleFileError";
}

/**
 * Writes a bundle; appears whole or not at all.
 *
 * @param file Absolute path.
 * @returns Number of objects in it.
 * @throws {DamagedObjectError} If an object in the store is damaged.
 */
export async function writeBundle(
  layout: Layout,
  records: readonly ResultRecord[],
  file: string,
): Promise<{ objects: number; bytes: number }> {
  const artifacts = records.flatMap(({ outputs }) => Object.values(outputs));
  const objects = [...new Set(artifacts.flatMap(({ digest }) => objectsOf(layout, digest)))];
  for (const object of objects) {
    const [damaged] = damagedObjects(layout, object);
    if (damaged !== undefined) throw new DamagedObjectError(damaged);
  }
  const { readable, controller } = createTarPacker();
  const add = async (name: string, path: string) => {
    const { size } = statSync(path);
    const source = await Deno.open(path);
    await source.readable.pipeTo(controller.add({ name, size, type: "file", mtime: EPOCH }));
  };
  const addText = async (name: string, text: string) => {
    const bytes = new TextEncoder().encode(text);
    const writer = controller.add({ name, size: bytes.length, type: "file", mtime: EPOCH })
      .getWriter();
    await writer.write(bytes);
    await writer.close();
  };
  const staged = `${file}.part`;
  const pack = async () => {
    try {
      const keys = records.map(({ key }) => key);
      await addText(LIST, seal({ schema: 1, keys, objects } satisfies z.infer<typeof listSchema>));
      for (const object of objects) await add(memberOf(object), objectPath(layout, object));
      for (const { key, attempt } of records) {
        for (const note of NOTES) {
          const path = join(attemptAt(layout, attempt).folder, note);
          if (existsSync(path)) await add(`attempts/${attempt}/${note}`, path);
        }
        await add(`keys/${key}.json`, layout.record(key));
      }
      controller.finalize();
    } catch (error) {
      controller.error(error);
      throw error;
    }
  };
  try {
    await Promise.all([pack(), writeStream(layout.disk, staged, readable)]);
    renameSync(staged, file);
  } finally {
    rmSync(staged, { force: true });
  }
  return { objects: objects.length, bytes: statSync(file).size };
}

/** Equal results make equal bundles, whenever they are packed. */
const EPOCH = new Date(0);

function memberOf(object: string): string {
  const [kind, hex] = object.split(":");
  return kind === "blob" ? `blobs/${hex}` : `trees/${hex}.json`;
}

/**
 * Reads a bundle into a store: all of it, or nothing if anything in it is wrong.
 *
 * @param file Absolute path.
 * @param accept Throws if the results are not to be taken; called before any of them is.
 * @returns Keys that were new, keys that were there, and keys of which the store has other bytes,
 *   which stay.
 * @throws {BundleFileError} If the file is no bundle, cut off, damaged, or holds other members.
 */
export async function readBundle(
  layout: Layout,
  file: string,
  accept: (records: readonly ResultRecord[]) => void = () => {},
): Promise<{ imported: string[]; known: string[]; different: string[] }> {
  const folder = join(layout.tmp, `import-${crypto.randomUUID()}`);
  // A store of its own: what is in it is checked by the same code as any other.
  const incoming: Layout = {
    ...layout,
    blob: (hex) => join(folder, "blobs", hex),
    tree: (hex) => join(folder, "trees", `${hex}.json`),
    record: (key) => join(folder, "keys", `${key}.json`),
  };
  try {
    const members = await unpack(file, folder);
    const { keys, objects } = readList(join(folder, LIST), file);
    for (const object of objects) {
      if (damagedObjects(incoming, object).length === 0) continue;
      throw new BundleFileError(
        `Cannot import ${file}: ${object} in it is damaged or missing; export it again`,
      );
    }
    const listed = new Set(objects);
    const records = keys.map((key) => readIncoming(incoming, key, listed, file));
    accept(records);
    for (const object of objects) {
      const [kind, hex] = object.split(":") as ["blob" | "tree", string];
      if (kind === "blob") putFile(layout, incoming.blob(hex));
      else replaceFile(layout, layout.tree(hex), readFileSync(incoming.tree(hex), "utf8"));
    }
    for (const member of members) {
      const path = join(layout.root, member);
      if (!member.startsWith("attempts/") || existsSync(path)) continue;
      const text = readFileSync(join(folder, member), "utf8");
      if (unseal(text) !== undefined) replaceFile(layout, path, text); // only explains a result
    }
    // Before the records: killed in between, no result would be there that passes for one of this store.
    noteOrigins(layout, records.filter(({ key }) => !isSound(readRecord(layout, key))), file);
    return publishAll(layout, incoming, records);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function unpack(file: string, folder: string): Promise<string[]> {
  const members: string[] = [];
  for (const part of ["blobs", "trees", "keys", "attempts"]) {
    mkdirSync(join(folder, part), { recursive: true });
  }
  const source = await Deno.open(file);
  try {
    const archive = source.readable.pipeThrough(createTarDecoder({ strict: true }));
    for await (const { header, body } of archive) {
      if (header.type !== "file" || !MEMBER_REGEXP.test(header.name)) {
        throw new BundleFileError(
          `Cannot import ${file}: it holds ${JSON.stringify(header.name.slice(0, 100))}, ` +
            "which no bundle does; nothing was imported",
        );
      }
      const path = join(folder, header.name);
      mkdirSync(join(path, ".."), { recursive: true });
      if (existsSync(path)) {
        throw new BundleFileError(
          `Cannot import ${file}: it holds ${header.name} twice; nothing was imported`,
        );
      }
      await writeStream(DISK, path, body);
      members.push(header.name);
    }
  } catch (error) {
    // What the disk refuses is no fault of the bundle.
    if (error instanceof BundleFileError || (error as { code?: string }).code) throw error;
    throw new BundleFileError(
      `Cannot import ${file}: it is no whole bundle (${(error as Error).message}); export it again`,
    );
  }
  return members;
}

function readList(path: string, file: string): z.infer<typeof listSchema> {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const { data } = listSchema.safeParse(unseal(text));
  if (data) return data;
  throw new BundleFileError(
    `Cannot import ${file}: its list of contents is damaged or missing; export it again`,
  );
}

function readIncoming(
  incoming: Layout,
  key: string,
  listed: ReadonlySet<string>,
  file: string,
): ResultRecord {
  const path = incoming.record(key);
  const record = existsSync(path) ? parseRecord(readFileSync(path, "utf8"), key) : undefined;
  const isWhole = record && Object.values(record.outputs)
    .every(({ digest }) => objectsOf(incoming, digest).every((object) => listed.has(object)));
  if (isWhole) return record;
  throw new BundleFileError(
    `Cannot import ${file}: the result ${key.slice(0, 12)} in it is damaged or not whole; ` +
      "export it again",
  );
}

/** Notes at each result where it came from: nobody here has computed it. */
function noteOrigins(layout: Layout, records: readonly ResultRecord[], file: string): void {
  const origin: Origin = {
    bundle: basename(file),
    digest: `sha256:${hashFile(layout.disk, file)}`,
    at: new Date().toISOString(),
  };
  for (const { attempt } of records) {
    const { folder } = attemptAt(layout, attempt);
    mkdirSync(folder, { recursive: true });
    replaceFile(layout, join(folder, ORIGIN), seal(origin));
  }
}

function isSound(record: ReturnType<typeof readRecord>): record is ResultRecord {
  return record !== undefined && record !== "damaged";
}

function publishAll(layout: Layout, incoming: Layout, records: readonly ResultRecord[]) {
  const [imported, known, different] = [[], [], []] as [string[], string[], string[]];
  for (const { key, outputs } of records) {
    if (readRecord(layout, key) === "damaged") dropRecord(layout, key);
    const text = readFileSync(incoming.record(key), "utf8");
    if (createFile(layout, layout.record(key), text)) {
      imported.push(key);
      continue;
    }
    const own = readRecord(layout, key);
    const isSame = isSound(own) && Object.entries(outputs)
      .every(([name, { digest }]) => own.outputs[name]?.digest === digest);
    (isSame ? known : different).push(key);
  }
  return { imported, known, different };
}
