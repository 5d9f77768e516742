import { type Shape, sizeOf } from "../graph/shape.ts";
import type { OutputRows } from "./loss.ts";

/**
 * One row an example, with all entries of its output.
 *
 * @param entry What an entry is called.
 */
export function valueRows(shape: Shape, entry: string): OutputRows {
  const width = sizeOf(shape);
  const understood = width === 1 ? `one ${entry}` : `${width} ${entry}s`;
  return { perExample: 1, width, understood };
}
