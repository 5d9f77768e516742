import { median } from "./statistics.ts";

/** What a step spends on one kind of oneDNN's primitives. */
export interface PrimitiveTime {
  /** For instance `batch_normalization backward`. */
  readonly kind: string;
  /** A step. */
  readonly calls: number;
  /** A step: for each shape, the calls times the median call. */
  readonly milliseconds: number;
}

/**
 * Reads what oneDNN prints with `ONEDNN_VERBOSE=1`, by kind of primitive, the longest first:
 * `onednn_verbose,v1,primitive,exec,cpu,KIND,KERNEL,PROPAGATION,MEMORY,ATTRIBUTES,AUXILIARY,SHAPE,MS`.
 *
 * @param steps How many steps printed it.
 * @param ignored Shapes that are no part of the steps.
 */
export function primitiveTimes(
  text: string,
  steps: number,
  ignored: ReadonlySet<string> = new Set(),
): PrimitiveTime[] {
  const calls = new Map<string, { kind: string; times: number[] }>();
  for (const line of text.split("\n")) {
    const fields = line.split(",");
    if (fields[0] !== "onednn_verbose" || fields[3] !== "exec") continue;
    if (ignored.has(fields.at(-2)!)) continue;
    const kind = fields[7] === "undef" ? fields[5]! : `${fields[5]} ${fields[7]}`;
    // Memory formats are part of the key: a transposed factor makes a product slower.
    const key = [kind, fields[8], fields.at(-2)].join();
    calls.set(key, { kind, times: [...calls.get(key)?.times ?? [], Number(fields.at(-1))] });
  }
  return Array.from(Map.groupBy(calls.values(), ({ kind }) => kind), ([kind, shapes]) => ({
    kind,
    calls: shapes.reduce((total, { times }) => total + times.length / steps, 0),
    milliseconds: shapes.reduce(
      (total, { times }) => total + median(times) * times.length / steps,
      0,
    ),
  })).sort((a, b) => b.milliseconds - a.milliseconds);
}
