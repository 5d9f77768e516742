/** Puts the studies of `studies/*.yaml` under `profiles` of the main file, and keeps their places. */
import { isMap, type Pair, parseDocument, type Scalar } from "yaml";

/** A file that holds one profile: what else would stand under its name. */
export interface StudyFile {
  /** The file's name as messages show it. */
  readonly name: string;
  /** The profile, which is the file's name without `.yaml`. */
  readonly profile: string;
  readonly text: string;
}

/** Where a line of the joined text comes from. */
export interface LineOrigin {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  /** Characters that joining put before it. */
  readonly indent: number;
}

/** The whole study as one text. */
export interface JoinedText {
  readonly text: string;
  /** The origin of a line of the text, from 1. */
  originOf(line: number): LineOrigin;
}

/**
 * Joins the main file and its studies into one text of YAML.
 *
 * Each study becomes an entry under `profiles`, its lines indented. So all that reads a study sees
 * one document, and anchors of one file may be used in another. If the main file is no YAML, or
 * cannot take entries at its end, it stays as it is and says so where it is read.
 */
export function joinStudies(name: string, text: string, studies: readonly StudyFile[]): JoinedText {
  const main = text.split("\n");
  const lines = main.map((line, i) => ({ line, origin: { name, line: i + 1, indent: 0 } }));
  const place = studies.length > 0 ? placeOfProfiles(text) : undefined;
  if (place) {
    const margin = " ".repeat(place.indent);
    const added = studies.flatMap((study) => [
      {
        line: `${margin}${keyOf(study.profile)}:`,
        origin: { name: study.name, line: 1, indent: 0 },
      },
      ...study.text.split("\n").map((line, i) => ({
        line: line.trim() === "" ? "" : `${margin}  ${line}`,
        origin: { name: study.name, line: i + 1, indent: place.indent + 2 },
      })),
    ]);
    const head = place.isNew
      ? [{ line: "profiles:", origin: { name, line: main.length, indent: 0 } }]
      : [];
    lines.splice(place.line, 0, ...head, ...added);
  }
  return {
    text: lines.map(({ line }) => line).join("\n"),
    originOf: (line) => lines[Math.min(line, lines.length) - 1]!.origin,
  };
}

/** The profile as a key of YAML; whether it is a name at all is checked where names are. */
function keyOf(profile: string): string {
  return /^[A-Za-z][\w-]*$/.test(profile) ? profile : JSON.stringify(profile);
}

/** After which line entries of `profiles` may be added, and how far they are indented. */
function placeOfProfiles(
  text: string,
): { readonly line: number; readonly indent: number; readonly isNew: boolean } | undefined {
  const { contents, errors } = parseDocument(text, { prettyErrors: false });
  if (errors.length > 0 || !isMap(contents) || contents.flow) return undefined;
  const lineOf = (offset: number) => text.slice(0, offset).split("\n").length;
  const pair = contents.items.find(({ key }) => (key as Scalar).value === "profiles");
  const end = text.split("\n").length;
  if (!pair) return { line: end, indent: 2, isNew: true };
  const { value } = pair as Pair<Scalar>;
  const [first] = isMap(value) && !value.flow ? value.items : [];
  if (!isMap(value) || !first) return undefined;
  const start = (first.key as Scalar).range![0];
  const indent = start - (text.lastIndexOf("\n", start - 1) + 1);
  const after = text.slice(0, value.range![2]);
  return { line: after.endsWith("\n") ? lineOf(after.length) - 1 : end, indent, isNew: false };
}
