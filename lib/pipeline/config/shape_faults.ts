/** Faults that need no knowledge of what names refer to: YAML syntax, kinds, unknown keys, numbers. */
import { isAlias, isNode, isScalar, visit } from "yaml";
import type { z } from "zod";
import type { FaultList } from "./fault.ts";
import { kindOf, wantedBy } from "./issue_text.ts";
import { type ParsedFile, writtenAnchor } from "./joined_document.ts";
import { knownKeys, StudySchema } from "./schema.ts";
import { didYouMean, nearest } from "./suggest.ts";

/** Adds the parser's errors. Where there are any but duplicate keys, the rest means nothing. */
export function addSyntaxFaults(faults: FaultList): void {
  for (const file of faults.source.files) addFileFaults(file, faults);
}

function addFileFaults({ text, start, document }: ParsedFile, faults: FaultList): void {
  // What is missing at the end of the text is shown at its last character, not on a blank line.
  const last = start + Math.max(0, text.trimEnd().length - 1);
  for (const { code, message, pos } of document.errors) {
    const at = { offset: Math.min(pos[0], last), length: Math.max(1, pos[1] - pos[0]) };
    const [first] = message.split("\n");
    if (code === "DUPLICATE_KEY") {
      faults.add(at, "this key is in the map already; remove one of the two");
    } else if (code === "TAB_AS_INDENT") {
      faults.add(at, "a tab indents this line; YAML wants spaces");
    } else if (code === "MULTIPLE_DOCS") {
      faults.add(at, "a second YAML document begins here; a file has one, so remove the others");
    } else if (/call stack/.test(message)) {
      faults.add(at, "maps and lists lie too deep within each other here; write it flatter");
      return;
    } else {
      faults.add(at, `not YAML: ${first!.replace(/^./, (letter) => letter.toLowerCase())}`);
      return; // The parser has lost its way; what it says next would only confuse.
    }
  }
}

/** Adds numbers that no key can hold: NaN, infinities, and integers that lose digits. */
export function addNumberFaults(faults: FaultList): void {
  visit(faults.source.document, {
    Scalar(_, node) {
      const { value, source, range } = node;
      if (typeof value !== "number" || !range) return;
      const at = { offset: range[0], length: range[1] - range[0] };
      if (!Number.isFinite(value)) {
        faults.add(at, `${source} is not a finite number; write it as text if you mean a word`);
      } else if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        faults.add(at, `${source} loses digits: integers go to 2^53 - 1; write it as text`);
      }
    },
  });
}

/** Adds keys that are two for YAML and one for a study, such as `1` and `"1"`. */
export function addTwinFaults(faults: FaultList): void {
  visit(faults.source.document, {
    Map(_, { items }) {
      const keys = new Map<string, unknown>();
      for (const { key } of items) {
        if (!isScalar(key) || key.value === null || !key.range) continue;
        const name = String(key.value);
        const isTwin = keys.has(name) && keys.get(name) !== key.value; // equal ones the parser finds
        keys.set(name, key.value);
        if (!isTwin) continue;
        const at = { offset: key.range[0], length: key.range[1] - key.range[0] };
        faults.add(
          at,
          `\`${name}\` is in the map already, written otherwise; remove one of the two`,
        );
      }
    },
  });
}

/**
 * Adds what YAML can say and a study cannot mean: an alias of nothing or within what it stands for, a
 * key that is no plain word, a tag that nobody reads, and a profile that is there twice.
 */
export function addMeaningFaults(faults: FaultList): void {
  const { document, files } = faults.source;
  for (const { code, message, pos } of files.flatMap(({ document }) => document.warnings)) {
    const at = { offset: pos[0], length: Math.max(1, pos[1] - pos[0]) };
    const isTag = code === "TAG_RESOLVE_FAILED";
    faults.add(
      at,
      isTag ? "this tag means nothing in a study; remove it" : message.split("\n")[0]!,
    );
  }
  visit(document, {
    Alias(_, node, path) {
      const target = node.resolve(document);
      if (!node.range) return;
      const at = { offset: node.range[0], length: node.range[1] - node.range[0] };
      const name = writtenAnchor(node.source);
      if (!target) {
        faults.add(at, `*${name} stands for nothing: there is no &${name} before it`);
      } else if (path.includes(target as (typeof path)[number])) {
        faults.add(at, `*${name} stands within what it stands for; write out what is meant`);
      }
    },
    Pair(_, { key }) {
      if (isScalar(key) && key.value !== null) return;
      const range = isNode(key) ? key.range : undefined;
      const at = {
        offset: range?.[0] ?? 0,
        length: Math.max(1, (range?.[1] ?? 1) - (range?.[0] ?? 0)),
      };
      if (isAlias(key)) return;
      faults.add(at, "a key is a word or a number here, not a map, a list or nothing");
    },
  });
  for (const { profile, start } of files) {
    if (profile === undefined || !document.hasIn(["profiles", profile])) continue;
    if (faults.source.keyAt(["profiles", profile]).offset === start) continue;
    const at = { offset: start, length: 1 };
    faults.add(
      at,
      `the profile \`${profile}\` is in ${faults.source.name} too; remove one of the two`,
    );
  }
}

/** Adds unknown keys and values of the wrong kind. */
export function addShapeFaults(faults: FaultList, raw: unknown): void {
  const { source } = faults;
  const { files } = source;
  if (raw === null || raw === undefined) {
    faults.add({ offset: 0, length: 1 }, "the study is empty; it needs `version` and `stages`");
    return;
  }
  const issues = StudySchema.safeParse(raw).error?.issues ?? [];
  const misspelt = new Set<string>(); // keys that are there under another name
  for (const issue of issues) {
    for (const key of issue.code === "unrecognized_keys" ? issue.keys : []) {
      const meant = nearest(key, knownKeys(issue.path));
      if (meant !== undefined) misspelt.add([...issue.path, meant].join("/"));
    }
  }
  for (const issue of issues) {
    const path = issue.path.map((step) => typeof step === "number" ? step : String(step));
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) {
        const hint = didYouMean(key, knownKeys(issue.path));
        faults.add(source.keyAt([...path, key]), `unknown key \`${key}\`${hint}`);
      }
      continue;
    }
    const value = valueAt(raw, path);
    if (typeof value === "number" && !Number.isFinite(value)) continue; // reported already
    if (value === undefined) {
      if (misspelt.has(path.join("/"))) continue;
      const parent = path.slice(0, -1);
      faults.add(
        source.keyAt(parent),
        `${nameOf(parent, files)} has no \`${path.at(-1)}\`; it needs one`,
      );
    } else {
      faults.add(source.valueAt(path), `${nameOf(path, files)} ${wanted(issue, value)}`);
    }
  }
}

/** As it is called in the file that has it: a study's own file has no `profiles`. */
function nameOf(path: readonly (string | number)[], files: readonly ParsedFile[]): string {
  const [top, name, ...own] = path;
  const isOfFile = top === "profiles" && files.some(({ profile }) => profile === name);
  const within = isOfFile ? own : path;
  return within.length === 0 ? "the study" : `\`${within.join(".")}\``;
}

function wanted(issue: z.core.$ZodIssue, value: unknown): string {
  const isOfParams = issue.code === "invalid_union" && issue.path.at(-2) === "params";
  const kind = isOfParams ? "a name or a map of values" : wantedBy(issue);
  return kind === undefined
    ? `cannot be used: ${issue.message}`
    : `wants ${kind}, and this is ${kindOf(value)}`;
}

/** The value at a path; `undefined` if there is none. */
export function valueAt(raw: unknown, path: readonly (string | number)[]): unknown {
  let value = raw;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
