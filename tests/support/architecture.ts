import { posix } from "node:path";
import { withoutComments, withoutStrings } from "./source_text.ts";

/** A source file by its path relative to the repository, with `/` between folders. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What a folder of `lib/` may import besides itself. */
export interface Layer {
  /** Folders of `lib/`; `*` is all of them. */
  readonly folders: readonly string[];
  /** Folders of which it may import types only. */
  readonly types?: readonly string[];
  /** npm packages, by their name in the import map. */
  readonly packages?: readonly string[];
  /**
   * Its own folders from top to bottom, where it has an order: each may import those after it.
   * Files outside of them are contracts, which all may import.
   */
  readonly order?: readonly string[];
  /** Whether Node's built-in modules may be used: not in the layers that are pure mathematics. */
  readonly builtins?: boolean;
}

/** No file is longer than this. */
export const LINE_LIMIT = 400;

/** No entry point, that is no file in `tasks/`, is longer than this. */
export const ENTRY_LINE_LIMIT = 150;

// Written apart, so that this file does not contain them itself.
const BANNED_WORDS = RegExp(`\\b(?:${["TO" + "DO", "FIX" + "ME", "X".repeat(3)].join("|")})\\b`);

/** Everything in `files` that is against the house's rules, one line each. */
export function architectureFaults(
  files: readonly SourceFile[],
  layers: Readonly<Record<string, Layer>>,
): string[] {
  return [
    ...files.flatMap((file) =>
      [
        ...importFaults(file, layers),
        ...textFaults(file),
      ].map((fault) => `${file.path}: ${fault}`)
    ),
    ...circleFaults(files),
  ];
}

/**
 * Circles of files that import each other. Types count: who reads one of two files that name each
 * other's types has to read the other, too.
 */
function circleFaults(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map(({ path }) => path));
  const edges = new Map(files.map(({ path, text }) => [
    path,
    importsOf(text).map(({ specifier }) => posix.join(posix.dirname(path), specifier))
      .filter((target) => known.has(target)),
  ]));
  const faults: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]) => {
    const at = way.indexOf(path);
    if (at >= 0) {
      faults.push(`${path}: circle of files: ${[...way.slice(at), path].join(" → ")}`);
      return;
    }
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return faults;
}

function importFaults(
  { path, text }: SourceFile,
  layers: Readonly<Record<string, Layer>>,
): string[] {
  const own = folderOf(path);
  if (own.root !== "lib" && own.root !== "tasks") return []; // Tests may import everything.
  const layer: Layer = own.root === "tasks"
    ? { folders: ["*"], packages: ["*"], builtins: true }
    : layers[own.layer] ?? { folders: [] };
  const faults = own.root === "lib" && !(own.layer in layers)
    ? [`folder "${own.layer}" has no row in the table of layers`]
    : [];
  for (const { specifier, typesOnly } of importsOf(text)) {
    if (!specifier.startsWith(".")) {
      if (specifier.startsWith("node:") ? layer.builtins : allows(layer.packages, specifier)) {
        continue;
      }
      faults.push(`${own.layer} may not import ${specifier}`);
      continue;
    }
    const target = folderOf(posix.join(posix.dirname(path), specifier));
    const same = target.root === own.root && target.layer === own.layer;
    const allowed = target.root === "lib" && (allows(layer.folders, target.layer) ||
      typesOnly && allows(layer.types, target.layer));
    if (own.root === "tasks" && target.root === "tasks") {
      faults.push(`an entry point may not import another (${specifier})`);
    }
    if (same) faults.push(...orderFaults(path, posix.join(posix.dirname(path), specifier), layer));
    if (!same && !allowed) {
      faults.push(
        `${own.layer} may not import ${target.layer}` +
          (allows(layer.types, target.layer) ? " but its types" : "") + ` (${specifier})`,
      );
    }
  }
  return faults;
}

/** Whether a file of a layer that has an order imports from a folder above its own. */
function orderFaults(path: string, target: string, { order }: Layer): string[] {
  if (order === undefined) return [];
  const [from, to] = [path, target].map((each) => each.split("/").slice(2, -1)[0]);
  if (from === undefined || to === undefined || from === to) return [];
  const [at, below] = [order.indexOf(from), order.indexOf(to)];
  if (at < 0) return [`folder "${from}" has no place in the order of its layer`];
  return at < below ? [] : [`${from} may not import ${to}, which is above it`];
}

function textFaults({ path, text }: SourceFile): string[] {
  const faults: string[] = [];
  const lines = text.split("\n").length - 1;
  if (lines > LINE_LIMIT) faults.push(`has ${lines} lines, more than ${LINE_LIMIT}`);
  if (path.startsWith("tasks/") && lines > ENTRY_LINE_LIMIT) {
    faults.push(
      `has ${lines} lines, more than ${ENTRY_LINE_LIMIT}; ` +
        "what is more than an entry point belongs to lib",
    );
  }
  if (/(?:^|\/)(?:utils?|helpers?|common|misc)\.ts$/.test(path)) {
    faults.push("is named after no concept");
  }
  const code = withoutStrings(text);
  if (/\bMath\s*\.\s*random\b/.test(code)) faults.push("uses Math.random; use a named stream");
  if (path.startsWith("lib/") && /\bconsole\s*\./.test(code)) {
    faults.push("writes to the console; only tasks may");
  }
  const word = BANNED_WORDS.exec(text)?.[0];
  if (word) faults.push(`contains the word ${word}`);
  return faults;
}

/** `lib/optim/box.ts` is of the root `lib` and the layer `optim`; `lib/mod.ts` of the layer `mod.ts`. */
function folderOf(path: string): { readonly root: string; readonly layer: string } {
  const [root = "", ...rest] = path.split("/");
  return { root, layer: root === "lib" ? rest[0] ?? "" : root };
}

function allows(list: readonly string[] | undefined, name: string): boolean {
  return list?.some((item) => item === "*" || item === name || name.startsWith(`${item}/`)) ??
    false;
}

function importsOf(text: string): { readonly specifier: string; readonly typesOnly: boolean }[] {
  const statement =
    /(?<!["'`])\b(?:(?:import|export)\s+(type\s)?[^;"'`()]*?from\s*|import\s*\(?\s*)["']([^"']+)["']/g;
  return [...withoutComments(text).matchAll(statement)].map(([, type, specifier]) => ({
    specifier: specifier!,
    typesOnly: type !== undefined,
  }));
}
