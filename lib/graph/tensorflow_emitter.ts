import type { DType } from "./type.ts";
import type { Shape } from "./shape.ts";

/** Element types of TensorFlow that occur within an op's own nodes. */
export type TensorFlowType = DType | "float64" | "bool" | "int64" | "uint64";

/** An attribute of a TensorFlow node, tagged with its kind in the AttrValue message. */
export type TensorFlowAttribute =
  | { readonly type: TensorFlowType }
  | { readonly int: number }
  | { readonly float: number }
  | { readonly bool: boolean }
  | { readonly string: string }
  | { readonly ints: readonly number[] }
  | { readonly shape: Shape };

/** What an op needs in order to write itself into a TensorFlow GraphDef. */
export interface TensorFlowEmitter {
  /**
   * Adds a node and returns its name, which stands for its first output; output k is
   * `${name}:${k}`. The attribute `T` is float32 unless given. An engine that computes in double
   * precision takes float64 wherever float32 is said.
   */
  node(
    op: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, TensorFlowAttribute>>,
  ): string;
  /** A constant int32 vector, such as a shape or a list of axes. */
  int32(values: readonly number[]): string;
  /** A constant int32 scalar. */
  int32Scalar(value: number): string;
  /** A constant float32 scalar. */
  float32(value: number): string;
  /** Makes a node once for each key, for ops that share one TensorFlow node. */
  once(key: string, make: () => string): string;
}
