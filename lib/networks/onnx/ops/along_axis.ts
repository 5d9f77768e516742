/** What mixes the entries along one axis by known factors: running sums, mirrored edges, resizing. */
import { matMul } from "../../../graph/ops/mat_mul.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import { transpose } from "../../../graph/ops/transpose.ts";
import { sizeOf } from "../../../graph/shape.ts";
import type { Value } from "../../../graph/value.ts";
import type { RuleContext } from "../rule.ts";
import { floats } from "../tensor.ts";

/** A factor for each entry that a result takes, by the entry's index. */
export type Taps = readonly (readonly [index: number, factor: number])[];

/**
 * y with y[…, o, …] = Σ factor · x[…, i, …] over the taps of o, as one product of matrices.
 *
 * @param taps Of each entry of the result along the axis.
 */
export function alongAxis(
  x: Value,
  axis: number,
  taps: readonly Taps[],
  context: RuleContext,
): Value {
  const extent = x.shape[axis]!;
  const matrix = new Float64Array(extent * taps.length);
  taps.forEach((own, o) => {
    for (const [i, factor] of own) matrix[i * taps.length + o]! += factor;
  });
  const last = x.shape.length - 1;
  const order = [...x.shape.keys()].filter((each) => each !== axis).concat(axis);
  const turned = axis === last ? x : transpose(x, order);
  const rows = reshape(turned, [sizeOf(x.shape) / extent, extent]);
  const mixed = matMul(rows, context.fixed(floats([extent, taps.length], matrix)));
  const result = reshape(mixed, turned.shape.with(last, taps.length));
  return axis === last ? result : transpose(result, order.map((_, each) => order.indexOf(each)));
}
