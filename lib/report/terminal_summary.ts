import type { Claim } from "./claims.ts";
import { fold } from "./fold.ts";
import { VERDICTS } from "./verdict.ts";

/**
 * What a study found, for a terminal: each claim of the paper with ours beside it, in a few lines of
 * at most 100 characters, and where the tables are.
 *
 * @example
 * ```ts
 * import { terminalSummary } from "./terminal_summary.ts";
 * import assert from "node:assert/strict";
 *
 * const statement = "Large-batch minima are sharper";
 * const claim = { network: "F1", statement, paper: "by 167", ours: "by 3", verdict: "agrees", table: "" } as const;
 * const [first] = terminalSummary([claim], "").split("\n");
 * assert.equal(
 *   first,
 *   "✓ F1: large-batch minima are sharper? By 3. The paper: by 167. As in the paper.",
 * );
 * ```
 *
 * @param headline What else is to be said, one paragraph.
 */
export function terminalSummary(claims: readonly Claim[], headline: string): string {
  const isToy = claims.length > 0 && claims.every(({ verdict }) => verdict === "toy");
  const lines = isToy ? [headline] : claims.flatMap(linesOf);
  return [
    ...lines,
    "",
    "All tables: deno task basin show tables, with the same --profile; or run with --verbose.",
    "",
  ].join("\n");
}

function linesOf({ network, statement, paper, ours, verdict }: Claim): string[] {
  const [mark, words] = VERDICTS[verdict];
  const [first, ...rest] = fold(
    `${mark} ${network}: ${lowered(statement)}? ${raised(ours)}. The paper: ${paper}. ` +
      `${raised(words)}.`,
  );
  return [first!, ...rest.map(indented)];
}

function indented(line: string): string {
  return `  ${line}`;
}

function raised(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}

function lowered(text: string): string {
  return `${text[0]!.toLowerCase()}${text.slice(1)}`;
}
