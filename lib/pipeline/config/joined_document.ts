/** Reads the files of a study, each by itself, and makes one document of them. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  LineCounter,
  Pair,
  parseDocument,
  Scalar,
  visit,
  YAMLMap,
} from "yaml";

/** A file that holds one profile: what else would stand under its name. */
export interface StudyFile {
  /** The file's name as messages show it. */
  readonly name: string;
  /** The profile, which is the file's name without `.yaml`. */
  readonly profile: string;
  readonly text: string;
}

/** One file of a study. */
export interface ParsedFile {
  /** The file's name as messages show it. */
  readonly name: string;
  /** The profile that the file holds; `undefined` of the main file. */
  readonly profile: string | undefined;
  readonly text: string;
  /** Where the text starts if the characters of all files are counted in one row. */
  readonly start: number;
  /** Its line starts. */
  readonly lines: LineCounter;
  /** What it says, with the parser's errors; offsets in it are counted from the first file on. */
  readonly document: Document;
}

/**
 * Parses the main file and its studies, and puts each study under `profiles` of the main document.
 *
 * A file's errors are its own, as no other's text is around it. What reads the study sees one
 * document. An alias means the last anchor before it in its own file, else in the files before that
 * one. If the main file is no map, or has something else at `profiles`, it stays as it is and says so
 * where it is read.
 *
 * @returns The files, the main one first; its document is the joined one.
 */
export function joinStudies(
  name: string,
  text: string,
  studies: readonly StudyFile[],
): readonly [ParsedFile, ...ParsedFile[]] {
  const main = parseFile(name, undefined, text, 0);
  let start = text.length + 1; // so that also an empty file has a place of its own
  const others = studies.map((study) => {
    const file = parseFile(study.name, study.profile, study.text, start);
    start += study.text.length + 1;
    return file;
  });
  renameAnchors(others);
  if (others.length > 0) addProfiles(main.document, others);
  return [main, ...others];
}

function parseFile(
  name: string,
  profile: string | undefined,
  text: string,
  start: number,
): ParsedFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  visit(document, {
    Node(_, node) {
      if (node.range) node.range = node.range.map((at) => at + start) as typeof node.range;
    },
  });
  for (const issue of [...document.errors, ...document.warnings]) {
    issue.pos = [issue.pos[0] + start, issue.pos[1] + start];
  }
  return { name, profile, text, start, lines, document };
}

/** Between an anchor's name and the number of its file; no anchor of a text has it. */
const FILE_MARK = "\0";

/** The name of an anchor as its file writes it. */
export function writtenAnchor(name: string): string {
  return name.split(FILE_MARK)[0]!;
}

/**
 * Gives the anchors of each study names of their own, and their aliases with them: `profiles` may
 * stand before what else the main file says, and there its own anchor is meant.
 */
function renameAnchors(studies: readonly ParsedFile[]): void {
  const names = new Map<string, string>();
  for (const [i, { document }] of studies.entries()) {
    visit(document, {
      Alias(_, node) {
        node.source = names.get(node.source) ?? node.source;
      },
      Value(_, node) {
        if (node.anchor === undefined) return;
        const name = `${node.anchor}${FILE_MARK}${i}`;
        names.set(node.anchor, name);
        node.anchor = name;
      },
    });
  }
}

function addProfiles(main: Document, studies: readonly ParsedFile[]): void {
  const { contents } = main;
  if (!isMap(contents)) return;
  const pair = contents.items.find(({ key }) => isScalar(key) && key.value === "profiles");
  const known = isAlias(pair?.value) ? pair.value.resolve(main) : pair?.value;
  if (pair && !isMap(known)) return;
  const profiles = isMap(pair?.value) ? pair.value : new YAMLMap();
  if (isMap(known) && known !== profiles) profiles.items = [...known.items];
  for (const { profile, start, document } of studies) {
    const value = document.contents ?? placed(null, start);
    profiles.items.push(new Pair(placed(profile, start), value));
  }
  if (pair) pair.value = profiles;
  else contents.items.push(new Pair(new Scalar("profiles"), profiles));
}

/** A value that no file writes, at the start of the one that stands for it. */
function placed(value: unknown, start: number): Scalar {
  const scalar = new Scalar(value);
  scalar.range = [start, start, start];
  return scalar;
}
