import type { Command } from "commander";
import { UsageError } from "../pipeline/verbs/verb.ts";

/** Verbs that send cells to a cluster. */
const DETACHING: readonly string[] = ["run", "stage"];

/** Verbs that read no study. */
const WITHOUT_STUDY: readonly string[] = ["measure", "schema"];

/** Options that say which study, and where its cells are computed. */
export const OF_STUDY = ["file", "profile", "artifacts", "executor"] as const;

/** Verbs that print what has no form as JSON, and what that is. */
const PLAIN: ReadonlyMap<string, string> = new Map([
  ["graph", "a chart in Mermaid or SVG"],
  ["logs", "what the cell printed"],
]);

/**
 * Refuses options of every verb that this verb would pass over.
 *
 * @param isGiven Whether the command line has the option of this name.
 * @throws {UsageError} If there is one.
 */
export function refuseUnread(
  verb: string,
  { detach = false, json = false }: { readonly detach?: boolean; readonly json?: boolean },
  isGiven: (name: string) => boolean,
): void {
  if (detach && !DETACHING.includes(verb)) {
    throw new UsageError(
      `Cannot use --detach with \`${verb}\`: it sends nothing to a cluster; ` +
        `leave --detach to ${DETACHING.map((name) => `\`${name}\``).join(" and ")}`,
    );
  }
  const idle = WITHOUT_STUDY.includes(verb) ? OF_STUDY.filter(isGiven) : [];
  if (idle.length > 0) {
    throw new UsageError(
      `Cannot use ${idle.map((name) => `--${name}`).join(" and ")} with \`${verb}\`: it reads no ` +
        `study; leave ${idle.length === 1 ? "it" : "them"} out`,
    );
  }
  const text = PLAIN.get(verb);
  if (json && text !== undefined) {
    throw new UsageError(
      `Cannot use --json with \`${verb}\`: it prints ${text}; leave --json out`,
    );
  }
}

/**
 * Refuses options of the verb's own that are given twice, where the last value would count alone:
 * `check --twice A --twice B` would check B, and say that all is well.
 *
 * @param args What the person typed.
 * @throws {UsageError} If there is one.
 */
export function refuseRepeats(verb: Command, args: readonly string[]): void {
  for (const { long, required, variadic } of verb.options) {
    if (!required || variadic) continue;
    const count = args.filter((arg) => arg === long || arg.startsWith(`${long}=`)).length;
    if (count < 2) continue;
    throw new UsageError(
      `Cannot use ${long} ${count} times with \`${verb.name()}\`: only the last one would count; ` +
        "give it once",
    );
  }
}
