import { divergedNote, sharpnessNote } from "./notes.ts";
import {
  PAPER_SHARPNESS_FULL,
  PAPER_SHARPNESS_SUBSPACE,
  type PublishedSharpness,
  type Regime,
} from "./paper.ts";
import type { ReportTable } from "./report_table.ts";
import type { SharpnessRecord } from "./results.ts";
import { showNumber, showPublished, showSummary, summarise } from "./summary.ts";

/** Table 3: sharpness in full space. */
export function fullSharpnessTable(records: readonly SharpnessRecord[]): ReportTable {
  const chosen = records.filter(({ space }) => space === "full");
  return sharpnessTable(chosen, PAPER_SHARPNESS_FULL, {
    name: "table3",
    title: "Table 3: sharpness φ in percent in full space, mean ± sd over trials",
  });
}

/** Table 4: sharpness in random subspaces. The paper's are of dimension 100. */
export function subspaceSharpnessTable(records: readonly SharpnessRecord[]): ReportTable {
  const chosen = records.filter(({ space }) => space !== "full");
  return sharpnessTable(chosen, PAPER_SHARPNESS_SUBSPACE, {
    name: "table4",
    title: "Table 4: sharpness φ in percent in a random subspace, mean ± sd over trials",
  });
}

function sharpnessTable(
  records: readonly SharpnessRecord[],
  paper: readonly PublishedSharpness[],
  { name, title }: { name: string; title: string },
): ReportTable {
  const rows: string[][] = [];
  const data: Record<string, string | number | null>[] = [];
  const keys = new Map(records.map((record) => [`${record.network} ${record.epsilon}`, record]));
  for (const { network, epsilon } of [...keys.values()].sort(byNetworkThenEpsilon)) {
    const of = (regime: Regime) =>
      summarise(
        records.filter((record) =>
          record.network === network && record.epsilon === epsilon &&
          record.regime === regime && !record.diverged
        ),
        ({ percent }) => percent,
      );
    const [SB, LB] = [of("SB"), of("LB")];
    const published = paper.find((row) => row.network === network && row.epsilon === epsilon);
    const ratio = SB && LB ? LB.mean / SB.mean : undefined;
    const lost = records.some((record) => record.network === network && record.diverged);
    rows.push([
      `${network}${lost ? " †" : ""}`,
      epsilon.toExponential(),
      `${SB?.n ?? 0}`,
      showSummary(SB),
      showSummary(LB),
      ratio === undefined ? "–" : showNumber(ratio),
      showPublished(published?.SB),
      showPublished(published?.LB),
      directionOf(ratio, published),
    ]);
    data.push({
      network,
      epsilon,
      meanSB: SB?.mean ?? null,
      sdSB: SB?.sd ?? null,
      nSB: SB?.n ?? 0,
      meanLB: LB?.mean ?? null,
      sdLB: LB?.sd ?? null,
      nLB: LB?.n ?? 0,
      ratio: ratio ?? null,
      paperMeanSB: published?.SB.mean ?? null,
      paperSdSB: published?.SB.sd ?? null,
      paperMeanLB: published?.LB.mean ?? null,
      paperSdLB: published?.LB.sd ?? null,
    });
  }
  return {
    name,
    title,
    columns: ["", "ε", "n", "SB", "LB", "LB/SB", "paper SB", "paper LB", "LB > SB"],
    rows,
    notes: records.length > 0
      ? [sharpnessNote(records), ...divergedNote(records)]
      : ["Nothing was measured."],
    data,
  };
}

function byNetworkThenEpsilon(a: SharpnessRecord, b: SharpnessRecord): number {
  return a.network < b.network ? -1 : a.network > b.network ? 1 : b.epsilon - a.epsilon;
}

/** Whether LB is the sharper one, as in every row of the paper. */
function directionOf(ratio: number | undefined, published: PublishedSharpness | undefined): string {
  if (ratio === undefined) return "–";
  const agreed = ratio > 1;
  return published ? (agreed ? "✓ as paper" : "✗ unlike paper") : (agreed ? "yes" : "no");
}
