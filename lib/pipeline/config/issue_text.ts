/** What a schema says of a value, in words for people who write YAML and flags. */
import type { z } from "zod";

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
  null: "nothing",
};

/** What a value is, in words: `a list`, `the number 3`. */
export function kindOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "string") return `the text ${JSON.stringify(value.slice(0, 60))}`;
  return typeof value === "number" ? `the number ${value}` : String(value);
}

/**
 * What an issue wants: `a number of at least 0`; `undefined` if only its own message says it.
 *
 * @example
 * ```ts
 * import { wantedBy } from "./issue_text.ts";
 * import assert from "node:assert/strict";
 * import { z } from "zod";
 *
 * const { error } = z.union([z.number(), z.literal("all")]).safeParse("some");
 * assert.equal(wantedBy(error!.issues[0]!), 'a number or "all"');
 * ```
 */
export function wantedBy(issue: z.core.$ZodIssue): string | undefined {
  if (!/^(Invalid|Too) /.test(issue.message ?? "Invalid ")) return undefined; // the schema's own words
  switch (issue.code) {
    case "invalid_type":
      return KINDS[issue.expected] ?? issue.expected;
    case "invalid_value":
      return issue.values.map((value) => JSON.stringify(value)).join(" or ");
    case "too_small":
      return bound(issue.origin, issue.inclusive, issue.minimum, "at least", "above");
    case "too_big":
      return bound(issue.origin, issue.inclusive, issue.maximum, "at most", "below");
    case "invalid_union": {
      const options = issue.errors.flatMap(([first]) => {
        const wanted = first?.path.length === 0 ? wantedBy(first) : "a map of another kind";
        return wanted === undefined ? [] : [wanted];
      });
      return options.length === 0 ? undefined : [...new Set(options)].join(" or ");
    }
    default:
      return undefined;
  }
}

function bound(
  origin: string,
  inclusive: boolean | undefined,
  limit: number | bigint,
  within: string,
  beyond: string,
): string {
  const isAny = within === "at least" && Number(limit) === 1;
  if (origin === "string" && isAny) return "a text that is not empty";
  if (origin === "array" && isAny) return "a list that is not empty";
  if (origin === "string") return `a text of ${within} ${limit} characters`;
  if (origin === "array") return `a list of ${within} ${limit} entries`;
  if (inclusive === false) return `a number ${beyond} ${limit}`;
  return `a number of ${within} ${limit}`;
}
