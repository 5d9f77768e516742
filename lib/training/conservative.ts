import { add } from "../graph/ops/add.ts";
import { broadcastTo } from "../graph/ops/sum.ts";
import { constant } from "../graph/ops/constant.ts";
import { leafName } from "../graph/ops/leaf.ts";
import { scale } from "../graph/ops/mul.ts";
import { sub } from "../graph/ops/sub.ts";
import type { GraphFunction, Update } from "../graph/program.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Value } from "../graph/value.ts";
import { type Optimiser, positive, slotOf, slotsOf } from "./optimiser.ts";

/** Constants of conservative training; the defaults are the paper's where it states them. */
export interface Conservative {
  /** λ, dimensionless; 1e-3. */
  readonly lambda: number;
  /** Optimiser steps on each batch; 3. */
  readonly iterations: number;
  /**
   * What the optimiser remembers from batch to batch: all of it (`kept`), as an optimiser does that
   * is told of no outer iteration, or nothing (`fresh`). The paper does not say which; `kept`.
   */
  readonly memory: "kept" | "fresh";
}

/**
 * Conservative (proximal) training: each batch is gone through several times, held back by a spring
 * at the point x_k where it began,
 *
 *     x_{k+1} ≈ argmin_x 1/|B_k| Σ_{i ∈ B_k} f_i(x) + ½λ‖x − x_k‖².
 *
 * It costs `iterations` gradients a batch.
 *
 * Source: Keskar et al. 2017, appendix E.2, after Li et al. 2014, "Efficient mini-batch training for
 * stochastic optimization": three steps of ADAM, λ = 1e-3.
 *
 * @throws {RangeError} If λ is negative or not finite, or iterations are no positive integer.
 */
export function conservative(options: Partial<Conservative> = {}): Conservative {
  const { lambda = 1e-3, iterations = 3, memory = "kept" } = options;
  if (lambda !== 0) positive("conservative training", "lambda", lambda);
  if (!(Number.isInteger(iterations) && iterations > 0)) {
    throw new RangeError(
      `Cannot train conservatively with ${iterations} iterations; want a positive integer`,
    );
  }
  return { lambda, iterations, memory };
}

const anchorOf = (variable: Value): Value => slotOf(variable, "conservative/anchor");

/** x_k before the first batch, which sets it: zeros. */
export function initialAnchors(variables: readonly Value[]): Record<string, Float32Array> {
  return Object.fromEntries(
    variables.map((x) => [leafName(anchorOf(x)), new Float32Array(sizeOf(x.shape))]),
  );
}

/** Sets x_k to the present point, and lets the optimiser forget if it is to. */
export function anchorFunction(
  { memory }: Conservative,
  optimiser: Optimiser,
  variables: readonly Value[],
): GraphFunction {
  const anchored = variables.map((x): Update => ({
    kind: "assign",
    variable: anchorOf(x),
    value: x,
  }));
  const forgotten = memory === "kept" ? [] : slotsOf(optimiser, variables).map((slot): Update => ({
    kind: "assign",
    variable: slot,
    value: broadcastTo(constant(0), slot.shape),
  }));
  return { outputs: {}, updates: [...anchored, ...forgotten] };
}

/** g + λ(x − x_k). */
export function heldBack(
  { lambda }: Conservative,
  variables: readonly Value[],
  gradients: readonly Value[],
): Value[] {
  return variables.map((x, i) => add(gradients[i]!, scale(sub(x, anchorOf(x)), lambda)));
}
