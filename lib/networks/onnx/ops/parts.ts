/** Cutting along an axis. */
import { slice } from "../../../graph/ops/slice.ts";
import { showShape } from "../../../graph/shape.ts";
import { gathered } from "../host.ts";
import { graphOperand, hostOperand, type Operand, plain } from "../operand.ts";

/**
 * The parts of a value along an axis, one after the other; of what is known they are known.
 *
 * @throws {RangeError} If they are not the whole.
 */
export function split(x: Operand, axis: number, sizes: readonly number[]): Operand[] {
  const extent = x.shape[axis]!;
  if (sizes.reduce((a, b) => a + b, 0) !== extent || sizes.some((size) => size < 0)) {
    throw new RangeError(
      `it cuts axis ${axis} of ${showShape(x.shape)} into parts of ${sizes.join(", ")}; ` +
        `want parts that add up to ${extent}: export the model again`,
    );
  }
  const value = x.host ? undefined : plain(x);
  let next = 0;
  return sizes.map((size) => {
    const start = next;
    next += size;
    const shape = x.shape.with(axis, size);
    return value
      ? graphOperand(slice(value, shape.map((_, each) => each === axis ? start : 0), shape))
      : hostOperand(
        gathered(x.host!, shape, (index) => index.with(axis, index[axis]! + start)),
      );
  });
}
