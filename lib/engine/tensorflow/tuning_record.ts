/** What a measurement of kernels found on this kind of processor, kept in the cache folder. */
import { createHash } from "node:crypto";
import { DEFAULTS, type Tuning, tuningOf } from "./tuning.ts";

/** What was measured, and with what. */
export interface TuningRecord {
  /** As `processorKind()` tells it. */
  readonly processor: string;
  /** Digest of the engine's release. */
  readonly engine: string;
  /** Name of the choice that won; `off` for the defaults. */
  readonly choice: string;
  /** Time of each other choice as a multiple of the time of what it was compared with, by name. */
  readonly ratios: Readonly<Record<string, number>>;
}

/** A record that can be used, or why it cannot. */
export type FoundRecord =
  | { readonly kind: "found"; readonly record: TuningRecord; readonly tuning: Tuning }
  | { readonly kind: "none" }
  | { readonly kind: "damaged"; readonly path: string };

/** Where the record of an engine on a kind of processor lies: a cache may serve several machines. */
export function tuningRecordPath(
  cache: string,
  { processor, engine }: Pick<TuningRecord, "processor" | "engine">,
): string {
  const key = createHash("sha256").update(JSON.stringify([processor, engine])).digest("hex");
  return `${cache}/tuning-${key.slice(0, 12)}.json`;
}

/** Reads the record of an engine on a kind of processor. */
export function readTuningRecord(
  cache: string,
  place: Pick<TuningRecord, "processor" | "engine">,
): FoundRecord {
  const path = tuningRecordPath(cache, place);
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch {
    return { kind: "none" };
  }
  const record = parsed(text);
  const tuning = record && tuningOf(record.choice);
  const isOurs = record?.processor === place.processor && record.engine === place.engine;
  return record && tuning && isOurs ? { kind: "found", record, tuning } : { kind: "damaged", path };
}

/** Keeps a record in place of an earlier one; a reader sees the one or the other. */
export async function writeTuningRecord(cache: string, record: TuningRecord): Promise<void> {
  const path = tuningRecordPath(cache, record);
  const aside = await Deno.makeTempFile({ dir: cache, prefix: "staging-" });
  await Deno.writeTextFile(aside, `${JSON.stringify(record, undefined, 2)}\n`);
  await Deno.rename(aside, path);
}

/**
 * In words: what was chosen, and the times that say why.
 *
 * @example
 * ```ts
 * import { tuningRecordText } from "./tuning_record.ts";
 * import assert from "node:assert/strict";
 *
 * const place = { processor: "vendor_id GenuineIntel", engine: "ab12" };
 * assert.equal(
 *   tuningRecordText({ ...place, choice: "ymm", ratios: { ymm: 0.9, eigen: 1.31 } }),
 *   "256-bit vectors, by measurement (256-bit vectors 0.90, Eigen's kernels, not oneDNN's 1.31)",
 * );
 * ```
 */
export function tuningRecordText({ choice, ratios }: TuningRecord): string {
  const times = Object.entries(ratios).map(([name, ratio]) =>
    `${tuningOf(name)?.what ?? name} ${ratio.toFixed(2)}`
  );
  const what = (tuningOf(choice) ?? DEFAULTS).what;
  return `${what}, by measurement${times.length > 0 ? ` (${times.join(", ")})` : ""}`;
}

/** Checked by hand: a schema library costs more to load than all that reads this. */
function parsed(text: string): TuningRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { processor, engine, choice, ratios } = value as Partial<Record<string, unknown>>;
  if (typeof processor !== "string" || typeof engine !== "string") return undefined;
  if (typeof choice !== "string" || typeof ratios !== "object" || ratios === null) return undefined;
  const isTime = (ratio: unknown) => typeof ratio === "number" && ratio > 0;
  if (!Object.values(ratios).every(isTime)) return undefined;
  return { processor, engine, choice, ratios: ratios as Record<string, number> };
}
