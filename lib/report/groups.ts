/** Which records are averaged into one cell of a table. */
import type { Regime } from "./paper.ts";
import type { RunLabels } from "./run_labels.ts";

/** Records by key, in the order in which the keys first occur. */
export function groupBy<T>(
  records: readonly T[],
  keyOf: (record: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const record of records) {
    const key = keyOf(record);
    const group = groups.get(key);
    if (group) group.push(record);
    else groups.set(key, [record]);
  }
  return groups;
}

/** Records of one regime that did not diverge. */
export function soundOf<T extends RunLabels>(records: readonly T[], regime: Regime): T[] {
  return records.filter((record) => record.regime === regime && !record.diverged);
}

/** Where records were read from. */
export function sourcesOf(records: readonly { readonly source: string }[]): string[] {
  return records.map(({ source }) => source);
}

/** `5`, or `5 SB, 4 LB` where SB and LB have means over unlike numbers of trials. */
export function trialCounts(SB: { n: number } | undefined, LB: { n: number } | undefined): string {
  const [small, large] = [SB?.n ?? 0, LB?.n ?? 0];
  return small === large ? `${small}` : `${small} SB, ${large} LB`;
}
