/** Vectors of n as rows of one tensor: what is summed row by row keeps its digits in float32. */
import type { NumericArray } from "../engine/engine.ts";
import { concat } from "../graph/ops/concat.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { slice } from "../graph/ops/slice.ts";
import { zeros } from "../graph/ops/sum.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import type { Value } from "../graph/value.ts";

/**
 * Most rows. A sum of n products by 256 sums of n/256 in float32, which the host adds up in float64, has
 * a rounding error of some 1e-7 of its largest summands together for n up to 10⁷, and is 1 KB to copy.
 */
const MOST_ROWS = 256;

/** Name of the variable of v where Hv is made of a folded vector. */
export const PRODUCT_VECTOR = "vector of products";

/** How vectors of n lie in rows, with zeros behind the last entry. */
export interface Folding {
  /** [rows, width]. */
  readonly shape: readonly [rows: number, width: number];
  /** The parts of a vector, in the order of the parameters, as rows. */
  fold(parts: readonly Value[]): Value;
  /** The parts of a folded vector, each of its parameter's shape. */
  unfold(folded: Value): Value[];
  /** A vector of n as the entries of a folded one. */
  entriesOf(vector: Float64Array | Float32Array): Float64Array | Float32Array;
}

/** How vectors lie in rows whose parts have these shapes. */
export function foldingOf(shapes: readonly Shape[]): Folding {
  const n = shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
  const rows = Math.min(MOST_ROWS, n);
  const width = Math.ceil(n / rows);
  return {
    shape: [rows, width],
    fold: (parts) =>
      reshape(
        concat([
          ...parts.map((part) => reshape(part, [sizeOf(part.shape)])),
          zeros([rows * width - n]),
        ], 0),
        [rows, width],
      ),
    unfold(folded) {
      const flat = reshape(folded, [rows * width]);
      let offset = 0;
      return shapes.map((shape) => {
        const size = sizeOf(shape);
        offset += size;
        return reshape(slice(flat, [offset - size], [size]), shape);
      });
    },
    entriesOf(vector) {
      const entries = new (vector.constructor as Float64ArrayConstructor)(rows * width);
      entries.set(vector);
      return entries;
    },
  };
}

/** The sum of all entries, in float64. */
export function total(entries: NumericArray): number {
  let sum = 0;
  for (const entry of entries) sum += entry;
  return sum;
}
