import { sizeOf } from "../../graph/shape.ts";
import { topologicalOrder, type Value } from "../../graph/value.ts";

/** A look-up of rows of a table by the examples. */
export interface Lookup {
  /** Which rows, int32. */
  readonly indices: Value;
  /** Number of rows of the table. */
  readonly rows: number;
}

/**
 * For each entry of an example, in row-major order, the numbers of rows of the tables that it looks up.
 *
 * @param examples The leaf that the indices come from.
 */
export function tablesByEntry(
  lookups: readonly Lookup[],
  examples: Value,
): readonly (readonly number[])[] {
  const size = sizeOf(examples.shape.slice(1));
  const tables = Array.from({ length: size }, () => new Set<number>());
  for (const { indices, rows } of lookups) {
    for (const entry of sourcesOf(indices, examples) ?? tables.keys()) {
      tables[entry % size]!.add(rows);
    }
  }
  return tables.map((each) => [...each]);
}

/** Which entry of the examples each entry of a value is; `undefined` if an op does not only move them. */
function sourcesOf(value: Value, examples: Value): Iterable<number> | undefined {
  const places = new Map<Value, Float64Array>();
  for (const each of topologicalOrder([value])) {
    if (each === examples) {
      places.set(each, Float64Array.from({ length: sizeOf(each.shape) }, (_, i) => i));
      continue;
    }
    if (each.inputs.length === 0 || each.op.reference === undefined) return undefined;
    const inputs = each.inputs.map((input) => ({ ...input, data: places.get(input)! }));
    places.set(each, each.op.reference(inputs, each));
  }
  return places.get(value);
}
