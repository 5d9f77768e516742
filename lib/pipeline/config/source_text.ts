import { type Document, isAlias, isMap, isNode, isSeq, type Node } from "yaml";
import { joinStudies, type ParsedFile, type StudyFile } from "./joined_document.ts";

/** Keys and indices from the root of the YAML to one of its nodes. */
export type YamlPath = readonly (string | number)[];

/** A stretch of a file. */
export interface Range {
  /** First character, counted from the start of the first file. */
  readonly offset: number;
  /** Number of characters. */
  readonly length: number;
}

/** The texts of a study, its YAML document, and the way from a node back to line and column. */
export interface SourceText {
  /** The main file's name as messages show it. */
  readonly name: string;
  /** The main file's text. */
  readonly text: string;
  /** Studies in files of their own. */
  readonly studies: readonly StudyFile[];
  /** All files, the main one first, with the errors that the parser found in each. */
  readonly files: readonly [ParsedFile, ...ParsedFile[]];
  /** What all files say together. */
  readonly document: Document;
  /** Where the value at `path` stands, or the nearest parent's key if there is no such value. */
  valueAt(path: YamlPath): Range;
  /** Where the key at the end of `path` stands, or the nearest parent's. */
  keyAt(path: YamlPath): Range;
  /** File, line and column, both from 1, and the text of the line. */
  lineAt(offset: number): { name: string; line: number; column: number; text: string };
  /** `pipeline.yaml:12:7`. */
  place(range: Range): string;
}

/** Parses YAML 1.2 (core schema) and keeps the place of every node. */
export function readSource(
  name: string,
  text: string,
  studies: readonly StudyFile[] = [],
): SourceText {
  const files = joinStudies(name, text, studies);
  const [{ document }] = files;
  const lineAt = (offset: number) => {
    const file = files.findLast(({ start }) => start <= offset) ?? files[0];
    const local = Math.min(offset - file.start, file.text.length);
    const { line, col } = file.lines.linePos(local);
    const start = local - (col - 1);
    const end = file.text.indexOf("\n", start);
    return {
      name: file.name,
      line: Math.max(1, line), // an empty text has no lines
      column: Math.max(1, col),
      text: file.text.slice(start, end < 0 ? undefined : end).trimEnd(),
    };
  };
  return {
    name,
    text,
    studies,
    files,
    document,
    lineAt,
    valueAt: (path) => rangeAt(document, path, "value"),
    keyAt: (path) => rangeAt(document, path, "key"),
    place(range) {
      const { name, line, column } = lineAt(range.offset);
      return `${name}:${line}:${column}`;
    },
  };
}

/** The names under `profiles`, also of a study that has faults. */
export function profileNames({ document }: SourceText): string[] {
  const named = isMap(document.contents) ? document.get("profiles") : undefined;
  const profiles = isAlias(named) ? named.resolve(document) : named;
  return isMap(profiles) ? profiles.items.map(({ key }) => nameOf(key)) : [];
}

function nameOf(key: unknown): string {
  return String(isNode(key) ? key.toJSON() : key);
}

function rangeAt(document: Document, path: YamlPath, part: "key" | "value"): Range {
  let node: unknown = document.contents;
  let best: Range = rangeOf(node) ?? { offset: 0, length: 1 };
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const isLast = depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => nameOf(key) === step);
      if (!pair) return best;
      best = rangeOf(pair.key) ?? best;
      if (isLast && part === "key") return best;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (node === undefined) return best;
    } else {
      return best;
    }
    if (isLast) return rangeOf(node) ?? best;
    // An inner node that spans many lines is worse than the key above it.
    if (!isMap(node) && !isSeq(node)) best = rangeOf(node) ?? best;
  }
  return best;
}

function rangeOf(node: unknown): Range | undefined {
  const range = isNode(node) ? (node as Node).range : undefined;
  if (!range) return undefined;
  return { offset: range[0], length: Math.max(1, range[1] - range[0]) };
}
