import type { RowBlocks } from "../linalg/row_blocks.ts";
import { stream } from "../random/stream.ts";

/** Law of a random matrix's independent entries: N(0, 1), U(−1, 1), or U(0, 1). */
export type EntryLaw = "gaussian" | "uniform" | "positive";

/** Rows made at a time: with a hundred columns 400 KiB, which the second cache holds for the visit. */
const BLOCK_ROWS = 1024;

/**
 * A random matrix of float32 entries, the one at (i, j) being number i·p + j of a named stream.
 *
 * It is kept in memory while it fits `byteBudget`, and else drawn anew, block by block, at every
 * pass: the same bits either way, and never n × p doubles.
 *
 * @param options.rows n.
 * @param options.columns p.
 * @param options.byteBudget Default 1 GiB.
 */
export function randomMatrix({ rows, columns, law, seed, byteBudget = 2 ** 30 }: {
  readonly rows: number;
  readonly columns: number;
  readonly law: EntryLaw;
  readonly seed: number;
  readonly byteBudget?: number;
}): RowBlocks {
  const draws = stream(seed, "random matrix", law);
  const draw = (target: Float32Array, firstIndex: number) => {
    if (law === "gaussian") return draws.fillSingleNormal(target, firstIndex);
    draws.fillUniform(target, firstIndex);
    if (law === "positive") return;
    for (let i = 0; i < target.length; i++) target[i] = 2 * target[i]! - 1;
  };
  let kept: Float32Array | undefined;
  let drawn = 0;
  return {
    rows,
    columns,
    forEachBlock(visit) {
      if (rows * columns * Float32Array.BYTES_PER_ELEMENT <= byteBudget) {
        kept ??= new Float32Array(rows * columns);
      }
      const buffer = kept ? undefined : new Float32Array(BLOCK_ROWS * columns);
      for (let first = 0; first < rows; first += BLOCK_ROWS) {
        const count = Math.min(BLOCK_ROWS, rows - first);
        const [start, end] = [first * columns, (first + count) * columns];
        const block = kept?.subarray(start, end) ?? buffer!.subarray(0, end - start);
        if (!kept || drawn < end) draw(block, start);
        if (kept) drawn = Math.max(drawn, end);
        visit(block, first, count);
      }
    },
  };
}
