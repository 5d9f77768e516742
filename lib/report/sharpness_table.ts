import { groupBy, soundOf, trialCounts } from "./groups.ts";
import { divergedNote, repeatedNote, sharpnessNote } from "./notes.ts";
import {
  PAPER_SHARPNESS_FULL,
  PAPER_SHARPNESS_SUBSPACE,
  PAPER_SUBSPACE_DIMENSION,
  type PublishedSharpness,
} from "./paper.ts";
import type { ReportTable } from "./report_table.ts";
import type { SharpnessRecord } from "./results.ts";
import { distinguishingWay, keyOfWay, numbersOfWay } from "./sharpness_way.ts";
import {
  isWithinSpread,
  showNumber,
  showPublished,
  showSummary,
  summarise,
  type Summary,
} from "./summary.ts";

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
  const data: Record<string, string | number | null>[] = [];
  const groups = sortedGroups(records);
  for (const group of groups) {
    const [first] = group as [SharpnessRecord];
    const { network, epsilon, space } = first;
    const [SB, LB] = (["SB", "LB"] as const).map((regime) =>
      summarise(soundOf(group, regime), ({ percent }) => percent)
    );
    const isComparable = space === "full" || space.dimension === PAPER_SUBSPACE_DIMENSION;
    const published = isComparable
      ? paper.find((row) => row.network === network && row.epsilon === epsilon)
      : undefined;
    const lost = group.some(({ diverged }) => diverged) ? " †" : "";
    rows.push([
      [network, ...distinguishingWay(first, records)].join(", ") + lost,
      epsilon.toExponential(),
      trialCounts(SB, LB),
      showSummary(SB),
      showSummary(LB),
      SB && LB ? showNumber(LB.mean / SB.mean) : "–",
      showPublished(published?.SB),
      showPublished(published?.LB),
      directionOf(SB, LB, published),
    ]);
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
      ratio: SB && LB ? LB.mean / SB.mean : null,
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
      ? [LEGEND, sharpnessNote(records), ...divergedNote(records), ...repeatedNote(groups)]
      : ["Nothing was measured."],
    data,
  };
}

/** Networks in the order in which they come, the paper's larger ε first. */
function sortedGroups(records: readonly SharpnessRecord[]): (readonly SharpnessRecord[])[] {
  return [...groupBy(records, ({ network }) => network).values()].flatMap((own) =>
    [...groupBy(own, (record) => `${record.epsilon} ${keyOfWay(record)}`).values()]
      .sort((a, b) => b[0]!.epsilon - a[0]!.epsilon)
  );
}

/** Explains {@link directionOf}. */
const LEGEND = "LB > SB: ✓ as in the paper, ✗ unlike it; ≈ the means differ by no more than one " +
  "standard deviation.";

/** Whether LB is the sharper one, as in every row of the paper. */
function directionOf(
  SB: Summary | undefined,
  LB: Summary | undefined,
  published: PublishedSharpness | undefined,
): string {
  if (!SB || !LB) return "–";
  const isSharper = LB.mean > SB.mean;
  const mark = published ? (isSharper ? " ✓" : " ✗") : "";
  return `${isSharper ? "yes" : "no"}${mark}${isWithinSpread(SB, LB) ? " ≈" : ""}`;
}
