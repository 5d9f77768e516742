import type { Shape } from "./shape.ts";

/** How far a window slides: `same` pads so that there are ⌈extent/stride⌉ positions. */
export type Padding = "same" | "valid";

/** How a convolution's kernel slides, along height and width alike. */
export type Convolution = { readonly stride: number; readonly padding: Padding };

/** A square pooling window. */
export type Pool = Convolution & { readonly window: number };

/** Where a window falls along one axis. */
export interface WindowAxis {
  /** Number of positions. */
  readonly positions: number;
  /** Padding before the first entry, and after the last. */
  readonly before: number;
  readonly after: number;
}

/**
 * Positions of a window along an axis, as TensorFlow has them.
 *
 * `same`: ⌈extent/stride⌉ positions and padding max((positions − 1)·stride + window − extent, 0),
 * the smaller half of it before; `valid`: ⌊(extent − window)/stride⌋ + 1 positions, no padding.
 */
export function slide(
  extent: number,
  window: number,
  stride: number,
  padding: Padding,
): WindowAxis {
  if (padding === "valid") {
    return { positions: Math.floor((extent - window) / stride) + 1, before: 0, after: 0 };
  }
  const positions = Math.ceil(extent / stride);
  const total = Math.max((positions - 1) * stride + window - extent, 0);
  return { positions, before: total >> 1, after: total - (total >> 1) };
}

/** Extents [batch, height, width, channels] of an image tensor. */
export function imageExtents(shape: Shape) {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  return { batch, height, width, channels };
}
