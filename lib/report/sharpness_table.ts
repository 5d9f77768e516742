import { type Column, describedTable, meanColumn } from "./described_table.ts";
import { sourcesOf, trialCounts } from "./groups.ts";
import { divergedNote, repeatedNote, sharpnessNote } from "./notes.ts";
import {
  PAPER_ITERATIONS,
  PAPER_SHARPNESS_FULL,
  PAPER_SHARPNESS_SUBSPACE,
  PAPER_SUBSPACE_DIMENSION,
  type PublishedSharpness,
} from "./paper.ts";
import type { ReportTable } from "./report_table.ts";
import type { SharpnessRecord } from "./results.ts";
import { compareSharpness, type SharpnessComparison } from "./sharpness_comparison.ts";
import { distinguishingWay, numbersOfWay } from "./sharpness_way.ts";
import { showNumber, showPublished } from "./summary.ts";

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
  const rows = compareSharpness(records).map((comparison) => ({
    ...comparison,
    ratio: comparison.SB && comparison.LB && comparison.SB.mean > 0
      ? comparison.LB.mean / comparison.SB.mean
      : undefined,
    published: publishedOf(comparison, paper),
  }));
  type Row = typeof rows[number];
  const budgets = [...new Set(records.flatMap((r) => r.budget ? [r.maxIterations] : []))];
  const hasBudget = budgets.length > 0;
  const few = budgets.every((most) => most === PAPER_ITERATIONS) ? "ten" : "budget";
  const paperColumn = (regime: "SB" | "LB"): Column<Row> => ({
    heading: `paper ${regime}`,
    text: ({ published }) => showPublished(published?.[regime]),
    numbers: ({ published }) => ({
      [`paperMean${regime}`]: published?.[regime].mean ?? null,
      [`paperSd${regime}`]: published?.[regime].sd ?? null,
    }),
  });
  return describedTable(rows, {
    name,
    title,
    inputs: ["sharpness"],
    columns: [
      {
        heading: "",
        text: (row) =>
          [row.network, ...distinguishingWay(row.records[0]!, records)].join(", ") +
          (row.records.some(({ diverged }) => diverged) ? " †" : ""),
        numbers: ({ network }) => ({ network }),
      },
      {
        heading: "ε",
        text: ({ epsilon }) => epsilon.toExponential(),
        numbers: (row) => ({ epsilon: row.epsilon, ...numbersOfWay(row.records[0]!) }),
      },
      {
        heading: "n",
        text: ({ SB, LB }) => trialCounts(SB, LB),
        numbers: ({ SB, LB }) => ({ nSB: SB?.n ?? 0, nLB: LB?.n ?? 0 }),
      },
      ...(hasBudget
        ? [
          meanColumn<Row>(`SB, ${few}`, "budget", ({ budgetSB }) => budgetSB, "SB"),
          meanColumn<Row>(`LB, ${few}`, "budget", ({ budgetLB }) => budgetLB, "LB"),
        ]
        : []),
      meanColumn("SB", "", ({ SB }) => SB, "SB"),
      meanColumn("LB", "", ({ LB }) => LB, "LB"),
      {
        heading: "LB/SB",
        text: ({ ratio }) => ratio === undefined ? "–" : showNumber(ratio),
        numbers: ({ ratio = null }) => ({ ratio }),
      },
      paperColumn("SB"),
      paperColumn("LB"),
      {
        heading: "LB > SB",
        text: directionOf,
        numbers: ({ pairs, sharperPairs }) => ({ pairs, sharperPairs }),
      },
    ],
    sourcesOf: (row) => sourcesOf(row.records),
    notes: records.length > 0
      ? [
        LEGEND + (hasBudget ? budgetLegend(budgets, records.every(({ budget }) => budget)) : ""),
        sharpnessNote(records),
        ...divergedNote(records),
        ...repeatedNote(rows.map((row) => row.records)),
      ]
      : ["Nothing was measured."],
  });
}

/** The paper's row of the same network and ε; of subspaces it has those of dimension 100 alone. */
function publishedOf(
  { network, epsilon, records }: SharpnessComparison,
  paper: readonly PublishedSharpness[],
): PublishedSharpness | undefined {
  const { space } = records[0]!;
  if (space !== "full" && space.dimension !== PAPER_SUBSPACE_DIMENSION) return undefined;
  return paper.find((row) => row.network === network && row.epsilon === epsilon);
}

/** Explains {@link directionOf}. */
const LEGEND =
  "LB > SB: in how many trials. Of the means: ✓ as in the paper, ✗ unlike it; ≈ the trials do not " +
  "settle it: the 95 % interval of the mean of ln(LB/SB) over pairs of one trial includes 0, or " +
  "contradicts the means, or there is one pair.";

/**
 * Explains the columns of a budget.
 *
 * @param isInAll Whether every row has one.
 */
function budgetLegend(budgets: readonly number[], isInAll: boolean): string {
  const isPaper = budgets.every((most) => most === PAPER_ITERATIONS);
  const found = isPaper
    ? "SB, ten and LB, ten: what ten iterations find, after which the paper stopped its maximiser."
    : `SB, budget and LB, budget: what ${budgets.join(" or ")} iterations of L-BFGS-B find.`;
  return ` ${found} SB and LB${
    isInAll ? "" : ", where a row has both"
  }: the converged maximum, of which LB/SB and LB > SB are.`;
}

/** Whether LB is the sharper one, as in every row of the paper. */
function directionOf(
  { SB, LB, pairs, sharperPairs, settled, published }: SharpnessComparison & {
    readonly published: PublishedSharpness | undefined;
  },
): string {
  if (!SB || !LB || pairs === 0) return "–";
  const order = Math.sign(LB.mean - SB.mean);
  const mark = published && order !== 0 ? (order > 0 ? " ✓" : " ✗") : "";
  return `${sharperPairs}/${pairs}${mark}${order === 0 || settled !== order ? " ≈" : ""}`;
}
