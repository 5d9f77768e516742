/** f in a subspace as functions of a session that holds A: x + Az, and Aᵀ∇f. */
import { add } from "../graph/ops/add.ts";
import { concat } from "../graph/ops/concat.ts";
import { placeholder, variable } from "../graph/ops/leaf.ts";
import { matMul } from "../graph/ops/mat_mul.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { zeros } from "../graph/ops/sum.ts";
import type { Program, Update } from "../graph/program.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Value } from "../graph/value.ts";
import { namesOf } from "../networks/network.ts";

/** Name of the variable of A's rows that belong to a parameter, shape [its size, p]. */
export function rowsName(parameter: string): string {
  return `subspace rows of ${parameter}`;
}

/** Name of the variable of a parameter at z = 0. */
export function centreName(parameter: string): string {
  return `subspace centre of ${parameter}`;
}

/** Name of the placeholder of z, shape [p, 1]. */
export const COORDINATES = "subspace coordinates";

/** Names of the functions of {@link subspaceProgram}. */
export const SUBSPACE_FUNCTIONS = {
  /** Parameters ← x + Az; sums ← 0. */
  move: "subspace move",
  /** For each parameter Aᵢᵀ times its sum: the output `products`, shape [parameters, p]. */
  restrict: "subspace restrict",
} as const;

/**
 * The functions of a subspace of dimension p.
 *
 * @param variables The parameters.
 * @param sums The sums of the gradient.
 */
export function subspaceProgram(
  variables: readonly Value[],
  sums: readonly Value[],
  p: number,
): Program {
  const z = placeholder(COORDINATES, [p, 1]);
  const names = namesOf(variables);
  const rows = variables.map(({ shape }, i) => variable(rowsName(names[i]!), [sizeOf(shape), p]));
  const moved = variables.map((x, i): Update => ({
    kind: "assign",
    variable: x,
    value: add(variable(centreName(names[i]!), x.shape), reshape(matMul(rows[i]!, z), x.shape)),
  }));
  const cleared = sums.map((sum): Update => ({
    kind: "assign",
    variable: sum,
    value: zeros(sum.shape),
  }));
  const products = sums.map((sum, i) => matMul(reshape(sum, [1, sizeOf(sum.shape)]), rows[i]!));
  return {
    [SUBSPACE_FUNCTIONS.move]: { outputs: {}, updates: [...moved, ...cleared] },
    [SUBSPACE_FUNCTIONS.restrict]: { outputs: { products: concat(products, 0) } },
  };
}
