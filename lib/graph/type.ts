import type { Shape } from "./shape.ts";

/** Element type. Real numbers are float32 on the engines and float64 on the reference engine. */
export type DType = "float32" | "int32";

/** What an op is told beside its inputs: plain data, so that nodes can be compared and emitted. */
export type Attributes = Readonly<
  Record<string, number | boolean | string | readonly number[]>
>;

/** Shape and element type. */
export interface Type {
  /** Extents, the outermost first; none for a scalar. */
  readonly shape: Shape;
  /** Type of the entries. */
  readonly dtype: DType;
}
