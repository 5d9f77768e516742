/** Records of published results: the index of the store. */
import { z } from "zod";
import type { Layout } from "./layout.ts";
import { seal, unseal } from "./sealed.ts";

const digest = z.string().regex(/^(blob|tree):[0-9a-f]{64}$/);

const recordSchema = z.strictObject({
  schema: z.literal(1),
  key: z.string(),
  status: z.enum(["ok", "diverged"]),
  /** Why it diverged. */
  reason: z.string().optional(),
  outputs: z.record(z.string(), z.strictObject({ digest, bytes: z.int().nonnegative() })),
  /** The attempt's folder below `attempts/`; nothing else, for a bundle may hold any record. */
  attempt: z.string().regex(/^[\w-]+\/[\w-]+$/),
  /** Time that the stage took; older versions took it by a clock that may be set meanwhile. */
  seconds: z.number().transform((seconds) => Math.max(0, seconds)),
});

/** A published result: what each output is, and which attempt made it. */
export type ResultRecord = z.infer<typeof recordSchema>;

/** One output of a published result. */
export type OutputRecord = ResultRecord["outputs"][string];

/** The text of a record's file. */
export function recordText(record: ResultRecord): string {
  return seal(record);
}

/** Reads the record of a key: `undefined` if there is none, `"damaged"` if it cannot be read. */
export function readRecord(layout: Layout, key: string): ResultRecord | undefined | "damaged" {
  let text: string;
  try {
    text = layout.disk.readFileSync(layout.record(key), "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    return "damaged";
  }
  return parseRecord(text, key) ?? "damaged";
}

/** The key of which a text is the record; `undefined` if it is damaged. */
export function keyInRecord(text: string): string | undefined {
  return recordSchema.safeParse(unseal(text)).data?.key;
}

/** The record in a text; `undefined` if it is damaged, or another key's. */
export function parseRecord(text: string, key: string): ResultRecord | undefined {
  const { data } = recordSchema.safeParse(unseal(text));
  return data?.key === key ? data : undefined;
}
