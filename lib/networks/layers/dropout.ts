import { keepMask } from "../../graph/ops/keep_mask.ts";
import { mul, scale } from "../../graph/ops/mul.ts";
import type { Layer } from "../layer.ts";

/**
 * Dropout: in training each unit is zeroed with probability `rate`, and the others are divided by
 * 1 − rate, so that the mean stays; in f nothing is dropped.
 *
 * The mask is fixed by the pass's key: the same key, the same mask. Source: Srivastava et al. 2014.
 *
 * @param rate In [0, 1).
 * @throws {RangeError} If the rate is out of range.
 */
export function dropout(rate: number): Layer {
  if (!(rate >= 0 && rate < 1)) {
    throw new RangeError(`Cannot drop units at the rate ${rate}; want a number in [0, 1)`);
  }
  return {
    kind: "dropout",
    build(input, { pass, index }) {
      if (pass.training === undefined || rate === 0) return input;
      const mask = keepMask(pass.training.maskKey, input.shape, 1 - rate, index);
      return mul(input, scale(mask, 1 / (1 - rate)));
    },
  };
}
