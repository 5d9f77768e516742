import type { Loss } from "../losses/loss.ts";

/** f at the point, and what goes with it. */
export interface Place {
  readonly loss?: number;
  /** Where outputs are right or wrong. */
  readonly accuracy?: number;
  /** R², where they are numbers. */
  readonly determination?: number;
  readonly gradientNorm?: number;
}

/** f with its unit, and how often or how well the outputs are right, where the loss knows it. */
export function placeText(
  { unit }: Pick<Loss, "unit">,
  { loss = NaN, accuracy, determination }: Place,
): string {
  return [
    `${Number(loss.toPrecision(6))}${unit && ` ${unit}`}`,
    ...(accuracy === undefined ? [] : [`accuracy ${(100 * accuracy).toFixed(2)} %`]),
    ...(determination === undefined ? [] : [`R² ${Number(determination.toPrecision(6))}`]),
  ].join(", ");
}
