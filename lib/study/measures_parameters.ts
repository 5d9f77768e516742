import { z } from "zod";
import { MEASURE_NAMES } from "../measures/measures.ts";
import { PROTOCOLS } from "../sharpness/protocol.ts";

const positive = z.number().positive();
const count = z.int().positive();

/** Which measures the stage `measures` takes, at which scale and how thoroughly. */
export const MEASURES_FIELDS = {
  /** Which, by their names in `basin measure`. */
  measures: z.array(z.enum(MEASURE_NAMES)).min(1),
  /** ε of Metric 2.1, its protocol, and p of its random subspace. */
  eps: positive.default(1e-3),
  protocol: z.enum(PROTOCOLS).default("paper"),
  dimension: count.default(100),
  /** ρ of adaptive sharpness in the box, dimensionless; the ellipsoid has ρ√n. */
  rho: positive.default(1e-3),
  /** ρ of the ball, in units of the parameters. */
  radius: positive.default(0.05),
  /** Iterations of L-BFGS-B in ball, box and ellipsoid, from each of two starts. */
  maxIterations: count.default(20),
  /** σ of expected sharpness, and the pairs of noise at each σ. */
  sigma: positive.default(0.01),
  pairs: count.default(10),
  /** Rise of f in nats that noise and rounding are allowed. */
  rise: positive.default(0.1),
  /** Products for the largest eigenvalue, and for the trace. */
  lanczosSteps: count.default(10),
  probes: count.default(10),
};
