/** The parameters that say what f is: the network, and how its batch norm is evaluated. */
import { z } from "zod";
import type { Network } from "../networks/network.ts";
import { network, NETWORK_NAMES } from "../networks/zoo.ts";

/** Fields of a strict schema, to be spread into a stage's own. */
export const OBJECTIVE_FIELDS = {
  network: z.enum(NETWORK_NAMES),
  /** What hidden layers are standardised over: examples, units, or parts of a training batch. */
  normalisation: z.union([
    z.enum(["batch", "layer"]),
    z.strictObject({ ghost: z.int().positive() }),
  ]).default("batch"),
  /** Of C1 and C3: stride-2 convolutions, as in the paper's text. */
  strided: z.boolean().default(false),
  /** Of F1 and F2: features and classes of other data than the paper's. */
  sizes: z.strictObject({ inputs: z.int().positive(), classes: z.int().positive() }).optional(),
  /** Moments by which batch norm is evaluated: the chunk's, running averages, the training set's. */
  batchNorm: z.enum(["batch", "running", "recomputed"]).default("batch"),
  /** Examples per chunk when f is evaluated. */
  evaluationBatch: z.int().positive(),
};

/** What the fields come to. */
export type ObjectiveParameters = z.infer<z.ZodObject<typeof OBJECTIVE_FIELDS>>;

/** The network that the parameters describe. */
export function networkOf(
  { network: name, normalisation, strided, sizes }: ObjectiveParameters,
): Network {
  return network(name, { normalisation, strided, sizes });
}
