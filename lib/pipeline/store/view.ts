/** The readable side of the store: one folder a cell, with its outputs as links, or as copies. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { sha256 } from "../key/canonical.ts";
import { type Cell, labelText } from "../plan/cell.ts";
import type { Layout } from "./layout.ts";
import { showFile } from "./lesser_disk.ts";
import { linkArtifact } from "./objects.ts";
import { keyInRecord, type ResultRecord } from "./record.ts";

/** In a cell's folder, the record of its latest result: a link, or a copy where there are none. */
const RECORD_LINK = ".key.json";
/** Longer names are cut. */
const NAME_LIMIT = 200;
/** What file systems allow for a name. */
const NAME_BYTES = 255;
/** So often a move may find that another driver was quicker. */
const MOST_MOVES = 20;
const RACES = new Set(["ENOTEMPTY", "EEXIST", "ENOENT"]);
const DAY = 24 * 3600 * 1000;

/** `view/`, or for another profile `view/_profile/<name>/`. */
export function viewRoot(layout: Layout, profile: string): string {
  return profile === "default" ? layout.view : join(layout.view, "_profile", profile);
}

/** The folder of a cell: `<root>/train/network=F1,trial=0`; ad-hoc ones below `_adhoc/`. */
export function viewFolder(root: string, cell: Cell): string {
  const changes = /\{.*\}$/s.exec(cell.id)?.[0] ?? ""; // parameters that flags changed
  const plain = labelText(cell.labels) + changes.replaceAll(/[/\\"\0]/g, "");
  // `a/b` and `ab` are two cells.
  const name = /[/\\\0]/.test(changes) ? `${plain}~${sha256(changes).slice(0, 12)}` : plain;
  const isShort = name.length <= NAME_LIMIT && bytesOf(name) <= NAME_BYTES;
  return join(root, cell.adhoc ? "_adhoc" : "", cell.stage.name, isShort ? name : cut(name));
}

/** The beginning of a name, and a digest in place of the rest. */
function cut(name: string): string {
  let start = name.slice(0, NAME_LIMIT - 13);
  while (bytesOf(start) > NAME_BYTES - 13) start = [...start].slice(0, -1).join("");
  return `${start}~${sha256(name).slice(0, 12)}`;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The key of the result that a cell's folder shows, that is of its latest one. */
export function viewedKey(folder: string): string | undefined {
  const path = join(folder, RECORD_LINK);
  try {
    return basename(readlinkSync(path), ".json");
  } catch (error) {
    // EINVAL: it is there, and no link.
    if ((error as { code?: string }).code !== "EINVAL") return undefined;
  }
  try {
    return keyInRecord(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** The keys of all results that any folder below `root` shows: of all profiles, and ad-hoc ones. */
export function viewedKeys(root: string): string[] {
  const own = viewedKey(root);
  const below = foldersIn(root).flatMap(viewedKeys);
  return own === undefined ? below : [own, ...below];
}

/** Lets a cell's folder show a result; built aside and moved into place. */
export function showResult(layout: Layout, folder: string, cell: Cell, record: ResultRecord): void {
  // Beside the final place: relative links have to be made at the depth at which they will lie.
  const staged = join(dirname(folder), `.${crypto.randomUUID()}`);
  mkdirSync(staged, { recursive: true });
  for (const { name, path } of cell.stage.outputs.values()) {
    const output = record.outputs[name];
    if (!output) continue;
    mkdirSync(dirname(join(staged, path)), { recursive: true });
    linkArtifact(layout, output.digest, join(staged, path));
  }
  showFile(layout.disk, layout.record(record.key), join(staged, RECORD_LINK));
  moveInto(folder, staged);
}

/** Another driver may be putting the same result into the same place; then either's will do. */
function moveInto(folder: string, staged: string): void {
  for (let attempt = 0; attempt < MOST_MOVES; attempt++) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return renameSync(staged, folder);
    } catch (error) {
      if (!RACES.has((error as { code?: string }).code ?? "")) throw error;
    }
  }
  rmSync(staged, { recursive: true, force: true });
}

/** Removes the folders of cells that the study has no more. */
export function pruneView(root: string, cells: Iterable<Cell>): void {
  const own = [...cells].filter(({ adhoc }) => !adhoc);
  const folders = new Set(own.map((cell) => viewFolder(root, cell)));
  const stages = new Set(own.map(({ stage }) => join(root, stage.name)));
  for (const stage of foldersIn(root)) {
    if (basename(stage).startsWith("_") || isBeingMade(stage)) continue;
    if (!stages.has(stage)) {
      rmSync(stage, { recursive: true, force: true });
      continue;
    }
    // A stage without axes is its own cell.
    if (folders.has(stage)) continue;
    for (const folder of foldersIn(stage)) {
      if (!folders.has(folder) && !isBeingMade(folder)) {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  }
}

/** Whether a driver is about to move the folder into its place, or died over it lately. */
function isBeingMade(folder: string): boolean {
  const info = statSync(folder, { throwIfNoEntry: false });
  return basename(folder).startsWith(".") && info !== undefined && Date.now() - info.mtimeMs < DAY;
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
}
