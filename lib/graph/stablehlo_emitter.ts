import type { DType } from "./type.ts";
import type { Shape } from "./shape.ts";

/** Element types of StableHLO that occur within an op's own instructions. */
export type StableHloType = DType | "bool" | "uint32" | "uint64";

/** A value of the text being written: its name, and its type, which every use repeats. */
export interface StableHloTensor {
  /** `%12`. */
  readonly name: string;
  /** Its dimensions. */
  readonly shape: Shape;
  /** Of its entries. */
  readonly dtype: StableHloType;
}

/** How two tensors are compared. */
export type Comparison = "EQ" | "GT" | "GE" | "LT" | "LE" | "NE";

/** What an op needs in order to write itself as StableHLO: https://openxla.org/stablehlo/spec */
export interface StableHloEmitter {
  /**
   * Adds an instruction with one result.
   *
   * @param op Without its dialect: `add` for `stablehlo.add`.
   * @param type Of the result.
   * @param attributes In MLIR's text, by name.
   */
  instruction(
    op: string,
    inputs: readonly StableHloTensor[],
    type: { readonly shape: Shape; readonly dtype: StableHloType },
    attributes?: Readonly<Record<string, string>>,
  ): StableHloTensor;
  /** An instruction whose result has the type of its first operand: `add`, `exponential`. */
  elementwise(op: string, ...inputs: readonly StableHloTensor[]): StableHloTensor;
  /** A tensor of equal entries: of a float32 the nearest value, of an integer its low bits. */
  fill(value: number, shape: Shape, dtype?: StableHloType): StableHloTensor;
  /** The index along one axis, at every entry. */
  iota(axis: number, shape: Shape, dtype: StableHloType): StableHloTensor;
  /** The tensor repeated to another shape by NumPy's rule. */
  broadcast(x: StableHloTensor, shape: Shape): StableHloTensor;
  /** The same entries under another shape. */
  reshape(x: StableHloTensor, shape: Shape): StableHloTensor;
  /** Entries converted to another type. */
  convert(x: StableHloTensor, dtype: StableHloType): StableHloTensor;
  /** Tensor of bool. */
  compare(a: StableHloTensor, how: Comparison, b: StableHloTensor): StableHloTensor;
  /** `yes` where the condition holds, else `no`. */
  select(
    condition: StableHloTensor,
    yes: StableHloTensor,
    no: StableHloTensor,
  ): StableHloTensor;
  /** Reduction over axes, which vanish. */
  reduce(
    by: "add" | "maximum" | "minimum",
    x: StableHloTensor,
    axes: readonly number[],
  ): StableHloTensor;
  /** The part from `start` up to `limit`, every `strides` entries along each axis. */
  slice(
    x: StableHloTensor,
    start: readonly number[],
    limit: readonly number[],
    strides?: readonly number[],
  ): StableHloTensor;
  /** Entries put before, after and between those of x; what is negative is cut off. */
  pad(
    x: StableHloTensor,
    value: number,
    low: readonly number[],
    high: readonly number[],
    interior?: readonly number[],
  ): StableHloTensor;
  /** Largest entry of each window of images [N, H, W, C]. */
  windowMaximum(
    x: StableHloTensor,
    shape: Shape,
    options: {
      readonly window: number;
      readonly stride: number;
      readonly padding: readonly (readonly [number, number])[];
    },
  ): StableHloTensor;
  /** Makes a value once for each key, for ops that share instructions. */
  once(key: string, make: () => StableHloTensor): StableHloTensor;
  /** How products are computed, as the attribute `precision_config`. */
  readonly precision: string;
}

/** A list of integers as MLIR's attribute. */
export function integers(values: readonly number[]): string {
  return values.length === 0 ? "array<i64>" : `array<i64: ${values.join(", ")}>`;
}

/** Padding before and after along each axis, as MLIR's attribute. */
export function paddingAttribute(pairs: readonly (readonly [number, number])[]): string {
  return `dense<[${pairs.map(([low, high]) => `[${low}, ${high}]`).join(", ")}]> : ` +
    `tensor<${pairs.length}x2xi64>`;
}
