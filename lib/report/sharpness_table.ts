import { coversZero } from "./interval.ts";
import { sourcesOf, trialCounts } from "./groups.ts";
import { divergedNote, repeatedNote, sharpnessNote } from "./notes.ts";
import {
  PAPER_SHARPNESS_FULL,
  PAPER_SHARPNESS_SUBSPACE,
  PAPER_SUBSPACE_DIMENSION,
  type PublishedSharpness,
} from "./paper.ts";
import type { ReportTable } from "./report_table.ts";
import type { SharpnessRecord } from "./results.ts";
import { compareSharpness, type SharpnessComparison } from "./sharpness_comparison.ts";
import { distinguishingWay, numbersOfWay } from "./sharpness_way.ts";
import { showNumber, showPublished, showSummary } from "./summary.ts";

/** Table 3: sharpness in full space. */
export function fullSharpnessTable(records: readonly SharpnessRecord[]): ReportTable {
  const chosen = records.filter(({ space }) => space === "full");
  return sharpnessTable(chosen, PAPER_SHARPNESS_FULL, {
    name: "table3",
    title: "Table 3: sharpness φ in percent in full space, mean ± sd over trials",
  });
}

/** Table 4: sharpness in random subspaces; only those of dimension 100 have the paper's beside. */
export function subspaceSharpnessTable(records: readonly SharpnessRecord[]): ReportTable {
  const chosen = records.filter(({ space }) => space !== "full");
  return sharpnessTable(chosen, PAPER_SHARPNESS_SUBSPACE, {
    name: "table4",
    title: "Table 4: sharpness φ in percent in a random subspace, mean ± sd over trials",
  });
}

/** A row for each network, ε and way of measuring. */
function sharpnessTable(
  records: readonly SharpnessRecord[],
  paper: readonly PublishedSharpness[],
  { name, title }: { name: string; title: string },
): ReportTable {
  const rows: string[][] = [];
  const sources: string[][] = [];
  const data: Record<string, string | number | null>[] = [];
  const comparisons = compareSharpness(records);
  const hasBudget = records.some(({ budget }) => budget);
  for (const comparison of comparisons) {
    const { network, epsilon, SB, LB, budgetSB, budgetLB, pairs, sharperPairs } = comparison;
    const [first] = comparison.records as [SharpnessRecord];
    const { space } = first;
    const isComparable = space === "full" || space.dimension === PAPER_SUBSPACE_DIMENSION;
    const published = isComparable
      ? paper.find((row) => row.network === network && row.epsilon === epsilon)
      : undefined;
    rows.push([
      [network, ...distinguishingWay(first, records)].join(", ") +
      (comparison.records.some(({ diverged }) => diverged) ? " †" : ""),
      epsilon.toExponential(),
      trialCounts(SB, LB),
      ...(hasBudget ? [showSummary(budgetSB), showSummary(budgetLB)] : []),
      showSummary(SB),
      showSummary(LB),
      SB && LB ? showNumber(LB.mean / SB.mean) : "–",
      showPublished(published?.SB),
      showPublished(published?.LB),
      directionOf(comparison, published),
    ]);
    sources.push(sourcesOf(comparison.records));
    data.push({
      network,
      epsilon,
      ...numbersOfWay(first),
      meanSB: SB?.mean ?? null,
      sdSB: SB?.sd ?? null,
      nSB: SB?.n ?? 0,
      meanLB: LB?.mean ?? null,
      sdLB: LB?.sd ?? null,
      nLB: LB?.n ?? 0,
      ...(hasBudget && {
        budgetMeanSB: budgetSB?.mean ?? null,
        budgetSdSB: budgetSB?.sd ?? null,
        budgetMeanLB: budgetLB?.mean ?? null,
        budgetSdLB: budgetLB?.sd ?? null,
      }),
      ratio: SB && LB ? LB.mean / SB.mean : null,
      pairs,
      sharperPairs,
      paperMeanSB: published?.SB.mean ?? null,
      paperSdSB: published?.SB.sd ?? null,
      paperMeanLB: published?.LB.mean ?? null,
      paperSdLB: published?.LB.sd ?? null,
    });
  }
  return {
    name,
    title,
    columns: [
      "",
      "ε",
      "n",
      ...(hasBudget ? ["SB, ten", "LB, ten"] : []),
      "SB",
      "LB",
      "LB/SB",
      "paper SB",
      "paper LB",
      "LB > SB",
    ],
    inputs: ["sharpness"],
    rows,
    sources,
    notes: records.length > 0
      ? [
        LEGEND + (hasBudget ? BUDGET_LEGEND : ""),
        sharpnessNote(records),
        ...divergedNote(records),
        ...repeatedNote(comparisons.map(({ records }) => records)),
      ]
      : ["Nothing was measured."],
    data,
  };
}

/** Explains {@link directionOf}. */
const LEGEND =
  "LB > SB: in how many trials. Of the means: ✓ as in the paper, ✗ unlike it; ≈ over pairs of one " +
  "trial, the mean of ln(LB/SB) has a 95 % interval that includes 0.";

const BUDGET_LEGEND =
  " SB, ten and LB, ten: what ten iterations find, after which the paper stopped its maximiser. SB and " +
  "LB: the converged maximum, of which LB/SB and LB > SB are.";

/** Whether LB is the sharper one, as in every row of the paper. */
function directionOf(
  { SB, LB, pairs, sharperPairs, logRatio }: SharpnessComparison,
  published: PublishedSharpness | undefined,
): string {
  if (!SB || !LB) return "–";
  const isSharper = LB.mean > SB.mean;
  const mark = published ? (isSharper ? " ✓" : " ✗") : "";
  return `${sharperPairs}/${pairs}${mark}${logRatio && coversZero(logRatio) ? " ≈" : ""}`;
}
