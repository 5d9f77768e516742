/** Holds the numbers of a run against accepted ones, where bytes may differ with the processor. */
import { compareCodeUnits } from "../key/canonical.ts";
import type { ResultRecord } from "../store/record.ts";
import type { LockedCells } from "./lock_file.ts";
import { type LockedNumbers, movedNumbers } from "./lock_numbers.ts";

/** One number of one stage, over all its cells. */
export interface MovedField {
  /** `sharpness.metrics.percent` */
  readonly field: string;
  /** Cells that have it, and in how many of them it moved. */
  readonly cells: number;
  readonly moved: number;
  /** The largest relative change, and where. */
  readonly most: number;
  readonly worst: string;
  readonly isWithin: boolean;
}

/** What came of a comparison. */
export interface Tolerated {
  /** In the order of their names; those that did not move are left out. */
  readonly fields: readonly MovedField[];
  /** Cells with other bytes whose numbers are all within the tolerance. */
  readonly tolerated: ReadonlySet<string>;
}

/**
 * Compares number by number: |now − before| ≤ tolerance · max(|now|, |before|).
 *
 * A cell that has no numbers, such as a training's weights, is tolerated: what it leads to has some.
 *
 * @param results Cell → its result.
 * @param numbersOf The numbers of each output of a result.
 */
export function compareNumbers(
  locked: LockedCells,
  results: ReadonlyMap<string, ResultRecord | undefined>,
  tolerance: number,
  numbersOf: (cell: string, record: ResultRecord) => Readonly<Record<string, LockedNumbers>>,
): Tolerated {
  const fields = new Map<string, MovedField>();
  const tolerated = new Set<string>();
  for (const [cell, record] of results) {
    const before = locked[cell];
    if (!before || !record || before.status !== record.status) continue;
    const stage = cell.split(/[[{]/)[0]!;
    const now = numbersOf(cell, record);
    let isWithin = true;
    for (const output of new Set([...Object.keys(before.numbers ?? {}), ...Object.keys(now)])) {
      const [old, own] = [before.numbers?.[output] ?? {}, now[output] ?? {}];
      const moved = new Map(movedNumbers(old, own).map((each) => [each.name, each]));
      for (const name of new Set([...Object.keys(old), ...Object.keys(own)])) {
        const field = `${stage}.${output}.${name}`;
        const share = moved.get(name)?.share ?? 0;
        const known = fields.get(field) ??
          { field, cells: 0, moved: 0, most: 0, worst: cell, isWithin: true };
        isWithin &&= share <= tolerance;
        fields.set(field, {
          field,
          cells: known.cells + 1,
          moved: known.moved + (share > 0 ? 1 : 0),
          most: Math.max(known.most, share),
          worst: share > known.most ? cell : known.worst,
          isWithin: known.isWithin && share <= tolerance,
        });
      }
    }
    if (isWithin) tolerated.add(cell);
  }
  return {
    fields: [...fields.values()].filter(({ moved }) => moved > 0)
      .sort((a, b) => compareCodeUnits(a.field, b.field)),
    tolerated,
  };
}
