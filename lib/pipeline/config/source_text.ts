import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from "yaml";
import { joinStudies, type StudyFile } from "./joined_text.ts";

/** Keys and indices from the root of the YAML to one of its nodes. */
export type YamlPath = readonly (string | number)[];

/** A stretch of the text. */
export interface Range {
  /** First character, counted from the start of the text. */
  readonly offset: number;
  /** Number of characters. */
  readonly length: number;
}

/** The text of a study, its YAML document, and the way from a node back to line and column. */
export interface SourceText {
  /** The file's name as messages show it. */
  readonly name: string;
  /** The whole text, that of studies in files of their own included. */
  readonly text: string;
  /** The parsed document, with all errors of the parser in it. */
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
  mainText: string,
  studies: readonly StudyFile[] = [],
): SourceText {
  const { text, originOf } = joinStudies(name, mainText, studies);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    const start = offset - (col - 1);
    const end = text.indexOf("\n", start);
    const whole = text.slice(start, end < 0 ? undefined : end).trimEnd();
    const origin = originOf(Math.max(1, line));
    return {
      name: origin.name,
      line: origin.line,
      column: Math.max(1, col - origin.indent),
      text: whole.slice(origin.indent),
    };
  };
  return {
    name,
    text,
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

function rangeAt(document: Document, path: YamlPath, part: "key" | "value"): Range {
  let node: unknown = document.contents;
  let best: Range = rangeOf(node) ?? { offset: 0, length: 1 };
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const isLast = depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(isNode(key) ? key.toJSON() : key) === step);
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
