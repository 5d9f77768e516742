/**
 * Reads what is there out of a YAML value of any kind.
 *
 * The schema reports wrong kinds; these let the checks of names go on behind them, so that one run
 * reports all faults.
 */

/** The entries of a map, or none. */
export function entriesOf(raw: unknown): [string, unknown][] {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return [];
  return Object.entries(raw);
}

/** The value of a key in a map, or nothing. */
export function fieldOf(raw: unknown, key: string): unknown {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return undefined;
  return Object.hasOwn(raw, key) ? (raw as Record<string, unknown>)[key] : undefined;
}

/** The items of a list, or none. */
export function itemsOf(raw: unknown): unknown[] {
  return Array.isArray(raw) ? raw : [];
}
