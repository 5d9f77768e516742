/** What `basin measure` found of one network, as its page shows it. */
export interface MeasuredModel {
  readonly name: string;
  /** n. */
  readonly dimension: number;
  /** f with its unit, and accuracy or R², as text. */
  readonly place: string;
  readonly gradientNorm: number;
  /** What was understood of model and data, a sentence each. */
  readonly understood: readonly string[];
  readonly rows: readonly MeasuredRow[];
  /** Why a measure is missing, by its title. */
  readonly failures: Readonly<Record<string, string>>;
  /** Metric 2.1 against the gradients of each climb. */
  readonly climbs: readonly {
    readonly name: string;
    readonly points: readonly { readonly evaluations: number; readonly percent: number }[];
  }[];
  /** Of the eigenvalues of the Hessian; its integral is 1. */
  readonly density?: {
    readonly grid: readonly number[];
    readonly density: readonly number[];
    readonly nodes: readonly number[];
  };
  /** Largest eigenvalue of each layer's block. */
  readonly layers: readonly {
    readonly layer: string;
    readonly value: number;
    readonly residual: number;
  }[];
}

/** A measure as text. */
export interface MeasuredRow {
  readonly title: string;
  readonly value: string;
  readonly scale: string;
  readonly how: string;
}
