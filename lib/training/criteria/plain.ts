import { type Criterion, meanGradient } from "../criterion.ts";

/** The gradient of the batch's mean loss, g = ∇f_B(x): what the paper's SB and LB descend. */
export function plain(): Criterion {
  return {
    name: "plain",
    gradient: ({ plain, variables }) => meanGradient(plain.losses, variables),
  };
}
