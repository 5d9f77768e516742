/**
 * Numbers in the prose of a document, and what they rest on.
 *
 * Tables are written from results; a sentence about them is not, since a new number may need another
 * sentence. So each number of the prose must be one that stands, as exact or more so, in a table of its
 * section, of a section that it links to, in a study that its section names, or in one of four
 * comments of its section:
 *
 * - `<!-- quotes: #all-of-mnist, results.md#the-title -->`: as a link to these sections;
 * - `<!-- from view/tables/tables/ritz.json: 0.0455 -->`: these stand in a file of the artifacts;
 * - `<!-- derived: 2.5 = 50 / 20; 3.0 = 99.1 - 96.1 -->`: computed from such numbers;
 * - `<!-- stated: 12, 1.7 (of a run that was stopped), 157 (steps) -->`: no results of the store, and why;
 *   `<!-- stated: all (why) -->` says so of all the section's numbers.
 *
 * Integers of at most ten, years, and the names of tables, figures and versions are left out.
 */
import { posix } from "node:path";
import { documentSections } from "./document_sections.ts";
import { evaluate } from "./arithmetic.ts";
import { commandFor, numbersBlocks } from "./readme_blocks.ts";

/** A number, or a comment about numbers, that rests on nothing. */
export interface ProseFault {
  /** For people: 1 is the first line. */
  readonly line: number;
  readonly message: string;
}

/** The documents, and what their sections may refer to. */
export interface ProseSources {
  /** By their paths, from the repository's root. */
  readonly documents: ReadonlyMap<string, string>;
  /** Texts of studies by their names, for `--profile NAME`. */
  readonly studies: ReadonlyMap<string, string>;
  /** Files of the artifacts, by their paths in them; without these no `from` is checked. */
  readonly artifacts?: ReadonlyMap<string, string>;
}

const NUMBER =
  /(?<![\p{L}\p{N}_.]|\p{L}-)(?:\d{1,3}(?: \d{3})+|\d+)(?:\.\d+)?(?:e-?\d+)?(?![\p{L}\p{N}]|\.\d)/gu;
const NAMED = /(?:Metric|Table|[Ff]igures?|arXiv|Deno|Keras|Python)\s$/;
const COMMENT = /<!-- (quotes|derived|stated|from [^\s:]+): ([^]*?) -->/g;
const FILE = /<!-- from ([^\s:]+):/g;
const LINK = /\]\(([^)#\s]*#[^)\s]+)\)/g;
const BLOCK = /<!-- numbers: [^]*?<!-- end of numbers -->/g;
/** Integers up to this one are counts of a few things, which a sentence may have without a source. */
const FEW = 10;

/** The files of the artifacts that a document takes numbers of its prose from. */
export function artifactsNamed(document: string): string[] {
  return [...document.matchAll(FILE)].map(([, file]) => file!);
}

/**
 * All numbers in the prose of a document that rest on nothing, and comments that say what is not so.
 *
 * @param path One of the documents.
 */
export function proseFaults(path: string, sources: ProseSources): ProseFault[] {
  const document = sources.documents.get(path) ?? "";
  return documentSections(document).flatMap(({ text, line }) => {
    const faults: ProseFault[] = [];
    const lineAt = (index: number) => line + text.slice(0, index).split("\n").length - 1;
    const known = new Set(numbersOfSection(text, sources));
    for (const [, place] of text.matchAll(LINK)) quote(path, place!, sources, known);
    const comments = [...text.matchAll(COMMENT)].map(({ 1: kind, 2: body, index }) => ({
      kind: kind!,
      body: body!.replaceAll(/\s+/g, " "),
      at: (message: string) => faults.push({ line: lineAt(index), message }),
    }));
    let all = false;
    for (const { kind, body, at } of comments) {
      if (kind === "stated") all = state(body, known, at) || all;
      if (kind.startsWith("from ")) take(kind.slice(5), body, sources, known, at);
      for (const place of kind === "quotes" ? body.split(/,\s*/) : []) {
        if (!quote(path, place, sources, known)) {
          at(`quotes ${place}, which is no section; name FILE#anchor`);
        }
      }
    }
    for (const { kind, body, at } of comments) if (kind === "derived") derive(body, known, at);
    if (all) return faults;
    for (const { 0: number, index } of proseOf(text).matchAll(NUMBER)) {
      if (isLeftOut(number, text.slice(0, index)) || restsOn(number, known)) continue;
      faults.push({
        line: lineAt(index),
        message: `${number} stands in no table of its section; correct it, or say in a comment ` +
          "(quotes, derived or stated) where it comes from",
      });
    }
    return faults;
  });
}

/** The numbers of a section's tables, and of the studies that it names. */
function numbersOfSection(text: string, { studies }: ProseSources): string[] {
  const profiles = [...text.matchAll(/--profile ([\w-]+)/g)].map(([, name]) => name!);
  const shown = [...text.matchAll(/_profile\/([\w-]+)\//g)].map(([, name]) => name!);
  const texts = [
    ...numbersBlocks(text).map((block) => block.text),
    ...[...profiles, ...shown].map((name) => studies.get(name) ?? ""),
  ];
  return texts.flatMap((source) => source.match(NUMBER) ?? []);
}

/** The text with blanks in place of all that is no prose, so that every character keeps its place. */
function proseOf(text: string): string {
  const blank = (part: string) => part.replaceAll(/[^\n]/g, " ");
  return text.replaceAll(BLOCK, blank).replaceAll(/<!--[^]*?-->/g, blank)
    .replaceAll(/```[^]*?```/g, blank).replaceAll(/`[^`]*`/g, blank)
    .replaceAll(/\]\([^)]*\)/g, blank);
}

function isLeftOut(number: string, before: string): boolean {
  return (/^\d+$/.test(number) && Number(number) <= FEW) ||
    /^(?:19[5-9]|20[0-3])\d$/.test(number) ||
    NAMED.test(before);
}

/** Whether a number is one of these, rounded to its own last place; none of them may be less exact. */
function restsOn(number: string, known: Iterable<string>): boolean {
  const last = lastPlaceOf(number);
  const half = 0.5 * 10 ** last;
  // The quotient of two decimal numbers is exact to a few rounding errors of float64.
  const slack = 1e-12 * Number(plain(number));
  return [...known].some((other) =>
    lastPlaceOf(other) <= last &&
    Math.abs(Number(plain(other)) - Number(plain(number))) <= half + slack
  );
}

/** The power of ten of the last digit: −2 of 0.25 and of 1.5e-1. */
function lastPlaceOf(number: string): number {
  const [mantissa, exponent = "0"] = plain(number).split("e");
  return Number(exponent) - (mantissa!.split(".")[1]?.length ?? 0);
}

function plain(number: string): string {
  return number.replaceAll(" ", "");
}

type Report = (message: string) => void;

/** Adds the numbers of the section at a place, as a link in a document names it; false if there is none. */
function quote(from: string, place: string, sources: ProseSources, known: Set<string>): boolean {
  const [file, anchor] = place.split("#");
  const path = file === "" ? from : posix.join(posix.dirname(from), file!);
  const section = documentSections(sources.documents.get(path) ?? "")
    .find((section) => section.anchor === anchor);
  if (section === undefined) return false;
  for (const number of numbersOfSection(section.text, sources)) known.add(number);
  return true;
}

/** Adds numbers that stand in a file of the artifacts. */
function take(
  file: string,
  body: string,
  { artifacts }: ProseSources,
  known: Set<string>,
  at: Report,
): void {
  const text = artifacts?.get(file);
  if (artifacts && text === undefined) {
    at(`takes ${body} from ${file}, which is not there; \`${commandFor(file)}\` makes it`);
  }
  const there = text?.match(NUMBER) ?? [];
  for (const number of body.split(/,\s*/)) {
    if (text !== undefined && !restsOn(number, there)) {
      at(`takes ${number} from ${file}, which has no such number`);
    } else known.add(number);
  }
}

/** Returns whether the comment speaks of all the section's numbers. */
function state(body: string, known: Set<string>, at: Report): boolean {
  const groups = [...body.matchAll(/\s*,?\s*([^()]*[^()\s])\s*\(([^()]+)\)/g)];
  if (groups.map(([whole]) => whole).join("") !== body) {
    at(`states ${body}, not all of it with a reason; write NUMBERS (REASON), …`);
  }
  const numbers = groups.flatMap(([, list]) => list!.split(/,\s*/));
  for (const number of numbers) if (number !== "all") known.add(number);
  return numbers.includes("all");
}

function derive(body: string, known: Set<string>, at: Report): void {
  for (const equation of body.split(/;\s*/)) {
    const [number, expression] = equation.split("=").map((side) => side.trim());
    try {
      const { value, operands } = evaluate(expression ?? "");
      const unknown = operands.filter((operand) =>
        !isConstant(operand) && !restsOn(operand, known)
      );
      if (unknown.length > 0) at(`derives ${number} from ${unknown.join(", ")}, in no table here`);
      else if (!restsOn(number!, [value.toPrecision(15)])) {
        at(`derives ${number}, but ${expression} is ${value}`);
      } else known.add(number!);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      at(error.message);
    }
  }
}

/** Small integers and percent are arithmetic, not results. */
function isConstant(operand: string): boolean {
  return /^\d+$/.test(operand) && (Number(operand) <= FEW || Number(operand) === 100);
}
