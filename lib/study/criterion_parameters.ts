/** The parameter that says what a training step descends. */
import { z } from "zod";
import { adversarial } from "../training/criteria/adversarial.ts";
import { asam } from "../training/criteria/asam.ts";
import { plain } from "../training/criteria/plain.ts";
import { sam } from "../training/criteria/sam.ts";
import { stability } from "../training/criteria/stability.ts";
import type { Criterion } from "../training/criterion.ts";

const positive = z.number().positive().optional();

/** The constants of each criterion; those left out are its authors'. */
const CONSTANTS = {
  adversarial: z.strictObject({
    epsilon: positive,
    share: z.number().positive().max(1).optional(),
  }),
  stability: z.strictObject({ deviation: positive, weight: positive }),
  sam: z.strictObject({ rho: positive }),
  asam: z.strictObject({ rho: positive, eta: z.number().nonnegative().optional() }),
};

const NAMES = "plain, adversarial, stability, sam, asam";

/** A criterion by name, with its authors' constants, or as `{ sam: { rho: 0.1 } }` with others. */
export const CRITERION_FIELD = z.union([
  z.enum(["plain", "adversarial", "stability", "sam", "asam"]),
  z.strictObject(CONSTANTS).partial().refine((given) => Object.keys(given).length === 1, {
    error: `wanted one criterion of ${NAMES}`,
  }),
], { error: `wanted one of ${NAMES}, or one with constants such as { sam: { rho: 0.05 } }` });

/** A checked value of {@link CRITERION_FIELD}. */
export type CriterionParameter = z.infer<typeof CRITERION_FIELD>;

/** The criterion that the parameter names. */
export function criterionOf(parameter: CriterionParameter): Criterion {
  const given: Partial<CriterionConstants> = typeof parameter === "string"
    ? { [parameter]: {} }
    : parameter;
  if (given.adversarial) return adversarial(given.adversarial);
  if (given.stability) return stability(given.stability);
  if (given.sam) return sam(given.sam);
  if (given.asam) return asam(given.asam);
  return plain();
}

type CriterionConstants = Exclude<CriterionParameter, string>;
