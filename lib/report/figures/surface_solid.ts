import type { SurfaceRecord } from "../surface_results.ts";
import type { SurfaceSolid } from "./figure.ts";
import { ownerOf } from "./surface_panel.ts";
import { rounded } from "./theme.ts";

/** The surface as a solid: heights are log₁₀ f, from 0 to 1 over the range that all share. */
export function solidOf(
  { as, bs, rows, marks, regime }: SurfaceRecord,
  [low, high]: readonly [number, number],
): SurfaceSolid {
  const span = Math.log10(high / low);
  const height = (loss: number): number | null =>
    Number.isFinite(loss) && loss > 0
      ? span > 0 ? rounded(Math.log10(loss / low) / span) : 0
      : null;
  const longer = Math.max(as.at(-1)! - as[0]!, bs.at(-1)! - bs[0]!);
  // From −½ to ½ along the longer side, the middle in the middle.
  const along = (axis: readonly number[], value: number) =>
    rounded((value - (axis[0]! + axis.at(-1)!) / 2) / longer);
  return {
    title: regime ?? "Three minima",
    xs: as.map((a) => along(as, a)),
    ys: bs.map((b) => along(bs, b)),
    heights: rows.map(({ trainLoss }) => trainLoss.map(height)),
    marks: marks.map(({ name, line, isMinimum, a, b }) => ({
      name,
      owner: ownerOf(line, regime),
      isMinimum,
      x: along(as, a),
      y: along(bs, b),
    })),
  };
}
