/** Quadratic forms vᵀHv as a function of the session that holds v and Hv. */
import { concat } from "../graph/ops/concat.ts";
import { mul } from "../graph/ops/mul.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { sum } from "../graph/ops/sum.ts";
import type { Program } from "../graph/program.ts";
import type { Value } from "../graph/value.ts";
import { foldingOf, total } from "./folding.ts";
import type { NumericArray } from "../engine/engine.ts";

/** Name of the function of so many forms. */
export const formsName = (count: number) => `quadratic forms of ${count}`;

/**
 * The function that multiplies vectors with their products: the output `forms` has the row sums of each.
 *
 * @param tangents Of each v, its parts by parameter.
 * @param sums Of each Hv.
 */
export function quadraticFormsProgram(
  tangents: readonly (readonly Value[])[],
  sums: readonly (readonly Value[])[],
): Program {
  const { fold, shape: [rows] } = foldingOf(tangents[0]!.map(({ shape }) => shape));
  const forms = tangents.map((parts, k) =>
    reshape(sum(mul(fold(parts), fold(sums[k]!)), [1]), [1, rows])
  );
  return { [formsName(tangents.length)]: { outputs: { forms: concat(forms, 0) } } };
}

/** The forms, from the output: added up in float64. */
export function formsOf(output: NumericArray, count: number): number[] {
  const rows = output.length / count;
  return Array.from({ length: count }, (_, k) => total(output.subarray(k * rows, (k + 1) * rows)));
}
