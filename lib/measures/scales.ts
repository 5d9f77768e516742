import type { ProtocolName } from "../sharpness/protocol.ts";

/** At which scale and how thoroughly is measured. */
export interface MeasureScales {
  /** ε of Metric 2.1, its protocol, and p of its random subspace. */
  readonly eps: number;
  readonly protocol: ProtocolName;
  readonly dimension: number;
  /** ρ of adaptive sharpness in the box; the ellipsoid has ρ√n. */
  readonly rho: number;
  /** ρ of the ball. */
  readonly radius: number;
  /** Of L-BFGS-B in ball, box and ellipsoid, from each start. */
  readonly maxIterations: number;
  /** σ of expected sharpness, and pairs of noise at each σ. */
  readonly sigma: number;
  readonly pairs: number;
  /** Rise of f in nats that is allowed to noise and rounding. */
  readonly rise: number;
  /** Products with the Hessian for its eigenvalues, and for its trace. */
  readonly lanczosSteps: number;
  readonly probes: number;
  readonly seed: number;
}

/** Those of the options that say how thoroughly, and what there is to measure on. */
export interface MeasureBudget extends
  Pick<
    MeasureScales,
    "protocol" | "maxIterations" | "pairs" | "lanczosSteps" | "probes"
  > {
  /** Of the samples of f, as shares of the examples; none where the examples are few. */
  readonly sampleShares?: readonly number[];
}
