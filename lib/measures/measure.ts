/** What a measure is, for the stage `measures` and for `basin measure`. */
import type { LinearOperator } from "../linalg/operator.ts";
import type { QuantisationGroup } from "../sharpness/quantise.ts";
import type { LossFunction } from "../sharpness/loss_at.ts";
import type { SampledObjective } from "../optim/sample.ts";
import type { AmountError } from "./amount_error.ts";
import type { MeasureBudget, MeasureScales } from "./scales.ts";

/** A tensor of the network, as entries of the flat vector. */
export interface Tensor extends QuantisationGroup {
  /** Layer and kind: `dense1/kernel`. */
  readonly name: string;
}

/** f around a point, its accuracy or R², and its Hessian. */
export interface MeasuredObjective extends LossFunction, SampledObjective {
  performance(x: Float64Array): Promise<{
    readonly loss: number;
    /** NaN of a loss by which no output is right or wrong. */
    readonly accuracy: number;
    /** R², of such a loss. */
    readonly determination?: number;
  }>;
  hessian(x: Float64Array): LinearOperator;
}

/** Where and how to measure. */
export interface MeasureInput {
  readonly objective: MeasuredObjective;
  readonly hessian: LinearOperator;
  /** The flat vector of parameters. */
  readonly x: Float64Array;
  /** The tensors within it. */
  readonly groups: readonly Tensor[];
  readonly options: MeasureScales;
  /** Of f: `nats`, or none. */
  readonly unit: string;
  /** Says how far the measure has come. */
  readonly note: (text: string) => void;
}

/** A result as a line of the table, and in full. */
export interface Measured {
  /** The result itself, and its standard error if it was sampled more than once. */
  readonly amount: number;
  readonly standardError?: number;
  /** What is known of how far another measurement of the same function may be from it. */
  readonly error: AmountError;
  readonly value: string;
  /** At which scale it was measured. */
  readonly scale: string;
  /** How it was found. */
  readonly how: string;
  /** Everything, for the file. */
  readonly record: unknown;
}

/** Calls that a measure makes; what is left out, it makes none of. */
export interface MeasureCost {
  /** Of f alone. */
  readonly losses?: number;
  /** Of f and ∇f. */
  readonly gradients?: number;
  /** Of the Hessian with a vector. */
  readonly products?: number;
}

/** One measure. */
export interface Measure {
  readonly title: string;
  /** Of the amount; none for a pure number. */
  readonly unit?: string;
  /** Which of two minima is the sharper one: that with the larger or the smaller amount. */
  readonly sharper: "larger" | "smaller";
  /** What it will cost, about. */
  cost(budget: MeasureBudget): MeasureCost;
  measure(input: MeasureInput): Promise<Measured>;
}

/** A number as a person reads it. */
export const digits = (value: number): string => String(Number(value.toPrecision(5)));
/** An amount, as text, with its unit, if it has one. */
export const withUnit = (amount: string, unit: string): string =>
  unit === "" ? amount : `${amount} ${unit}`;
/** A mean with its standard error, if that is known. */
export const spread = (value: number, standardError: number): string =>
  Number.isFinite(standardError)
    ? `${digits(value)} ± ${Number(standardError.toPrecision(2))}`
    : digits(value);
/** The standard error as a field, if it is known. */
export const standardErrorOf = (standardError: number): { readonly standardError?: number } =>
  Number.isFinite(standardError) ? { standardError } : {};
