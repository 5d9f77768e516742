/** How a sharpness was measured: values that differ in this are not averaged. */
import type { SharpnessRecord } from "./results.ts";

/** What one way of measuring is told from another by, as a reader would say it. */
function partsOf(record: SharpnessRecord): string[] {
  const { space, protocol, maxIterations, ...f } = record;
  return [
    space === "full" ? "full space" : `p = ${space.dimension}`,
    space === "full" ? "A = I" : space.distribution,
    protocol,
    // Of several starts the record names the best one: a result, not a way of measuring.
    isOfSeveral(protocol) ? "several starts" : `from ${record.start}`,
    `${maxIterations} iterations`,
    f.dataset,
    `${f.batchNorm} statistics`,
    `chunks of ${f.evaluationBatch}`,
  ];
}

/** Whether the protocol has several starts, of which the best one counts. */
function isOfSeveral(protocol: string): boolean {
  return protocol === "robust" || protocol === "converged";
}

/** Where the first of several climbs began, which a study may choose. */
function firstStart({ restarts, start }: SharpnessRecord): string {
  return restarts[0]?.start ?? start;
}

/** Equal for records that were measured in the same way. */
export function keyOfWay(record: SharpnessRecord): string {
  const first = isOfSeveral(record.protocol) ? [firstStart(record)] : [];
  return [...partsOf(record), ...first].join("; ");
}

/** What this way differs in from others among the records; nothing if there is only one way. */
export function distinguishingWay(
  record: SharpnessRecord,
  records: readonly SharpnessRecord[],
): string[] {
  const others = records.map(partsOf);
  const parts = partsOf(record).filter((part, k) => others.some((parts) => parts[k] !== part));
  const first = firstStart(record);
  const isOneOfSeveral = isOfSeveral(record.protocol) &&
    records.some((other) => other.protocol === record.protocol && firstStart(other) !== first);
  return isOneOfSeveral ? [...parts, `first from ${first}`] : parts;
}

/** The way as columns of a table of numbers. */
export function numbersOfWay(record: SharpnessRecord): Record<string, string | number | null> {
  const { space, protocol, start, maxIterations } = record;
  return {
    dimension: space === "full" ? null : space.dimension,
    distribution: space === "full" ? null : space.distribution,
    protocol,
    start: isOfSeveral(protocol) ? firstStart(record) : start,
    maxIterations,
  };
}
