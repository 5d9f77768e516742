import { sourcesOf } from "../groups.ts";
import { PAPER_SHARPNESS_SUBSPACE, PAPER_SUBSPACE_DIMENSION } from "../paper.ts";
import type { SharpnessRecord } from "../results.ts";
import { compareSharpness, type SharpnessComparison } from "../sharpness_comparison.ts";
import { showSummary } from "../summary.ts";
import type { Figure, MissingFigure, Panel } from "./figure.ts";
import { strip } from "./sharpness_strip.ts";
import { wayBeside } from "./way_beside.ts";

const NAME = "subspace";
const TITLE = "Sharpness in a random subspace, trial by trial";

/** Table 4 as a picture. */
export function subspaceFigure(records: readonly SharpnessRecord[]): Figure | MissingFigure {
  const own = records.filter(({ space, diverged }) => space !== "full" && !diverged);
  if (own.length === 0) {
    return { name: NAME, title: TITLE, missing: "No sharpness in a subspace was measured yet." };
  }
  const comparisons = compareSharpness(own);
  return {
    name: NAME,
    title: TITLE,
    caption:
      "See whether LB is the sharper one within a random subspace, too. As the picture above, with the box in the column space of a random matrix A. The " +
      `paper has p = ${PAPER_SUBSPACE_DIMENSION} and does not say how A was drawn.`,
    alternative: comparisons.map((each) =>
      `${titleOf(each, comparisons)}: φ is ${showSummary(each.SB)} % for small and ${
        showSummary(each.LB)
      } % ` +
      "for large batches."
    ).join(" "),
    panels: comparisons.map((each, k) => subspacePanel(each, k, titleOf(each, comparisons))),
    sources: sourcesOf(own),
  };
}

function dimensionOf({ records }: SharpnessComparison): number {
  const { space } = records[0]!;
  return space === "full" ? Infinity : space.dimension;
}

function nameOf(comparison: SharpnessComparison): string {
  const { network, epsilon } = comparison;
  return `${network}, ε = ${epsilon.toExponential()}, p = ${dimensionOf(comparison)}`;
}

/** The name, and the way of measuring where another comparison has the same name. */
function titleOf(
  comparison: SharpnessComparison,
  comparisons: readonly SharpnessComparison[],
): string {
  const name = nameOf(comparison);
  const alike = comparisons.filter((other) => nameOf(other) === name);
  return name + wayBeside(comparison.records[0]!, alike.flatMap(({ records }) => records));
}

function subspacePanel(comparison: SharpnessComparison, k: number, title: string): Panel {
  const { network, epsilon, records } = comparison;
  const isComparable = dimensionOf(comparison) === PAPER_SUBSPACE_DIMENSION;
  const values = records.map(({ regime, trial, percent }) => ({ regime, trial, value: percent }));
  return {
    name: `${NAME}-${k + 1}`,
    title,
    spec: strip(values, {
      axis: "φ in %",
      paper: isComparable
        ? PAPER_SHARPNESS_SUBSPACE.find((row) => row.network === network && row.epsilon === epsilon)
        : undefined,
      logarithmic: true,
    }),
  };
}
