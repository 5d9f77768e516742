import { maxPool } from "../../graph/ops/max_pool.ts";
import type { Pool } from "../../graph/window.ts";
import type { Layer } from "../layer.ts";

/**
 * Max pooling of images with square windows, which may overlap.
 *
 * @param options Stride, default the window, and padding, default `same`.
 * @throws {RangeError} If window or stride is not a positive integer.
 */
export function pool(
  window: number,
  { stride = window, padding = "same" }: Partial<Omit<Pool, "window">> = {},
): Layer {
  if (![window, stride].every((extent) => Number.isInteger(extent) && extent > 0)) {
    throw new RangeError(
      `Cannot pool with a window of ${window} and stride ${stride}; want positive integers`,
    );
  }
  return { kind: "pool", build: (input) => maxPool(input, { window, stride, padding }) };
}
