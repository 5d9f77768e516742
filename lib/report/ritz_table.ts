import { groupBy, sourcesOf } from "./groups.ts";
import { distinct, divergedNote, repeatedNote, tally } from "./notes.ts";
import type { ReportTable } from "./report_table.ts";
import type { RitzRecord } from "./results.ts";
import { showSummary, summarise, type Summary } from "./summary.ts";

/** Curvature at the trained points: the largest Ritz value on col(A), and Lanczos' largest. */
export function ritzTable(records: readonly RitzRecord[]): ReportTable {
  const rows: string[][] = [];
  const sources: string[][] = [];
  const data: Record<string, string | number | null>[] = [];
  const groups = sortedGroups(records);
  const bases = new Set(records.map(({ basis }) => basisName(basis)));
  for (const group of groups) {
    const { network, regime, basis } = group[0]!;
    const own = group.filter(isMeasured);
    const of = (pick: (record: RitzRecord) => number): Summary | undefined => summarise(own, pick);
    const ritz = of(({ ritz }) => ritz.values.at(-1)!);
    const ritzResidual = of(({ ritz }) => ritz.residuals.at(-1)!);
    const eigenvalue = of(({ lanczos }) => lanczos.values.at(-1)!);
    const residual = of(({ lanczos }) => lanczos.residuals.at(-1)!);
    const name = [`${network} ${regime}`, ...(bases.size > 1 ? [basisName(basis)] : [])].join(", ");
    rows.push([
      name + (own.length < group.length ? " †" : ""),
      `${own.length}`,
      ...[ritz, ritzResidual, eigenvalue, residual].map(showSummary),
    ]);
    sources.push(sourcesOf(group));
    data.push({
      network,
      regime,
      dimension: basis.dimension,
      distribution: basis.distribution,
      n: own.length,
      ritzMean: ritz?.mean ?? null,
      ritzSd: ritz?.sd ?? null,
      ritzResidualMean: ritzResidual?.mean ?? null,
      eigenvalueMean: eigenvalue?.mean ?? null,
      eigenvalueSd: eigenvalue?.sd ?? null,
      eigenvalueResidualMean: residual?.mean ?? null,
    });
  }
  return {
    name: "ritz",
    title: "Curvature of f: mean ± sd over trials",
    columns: ["", "n", "θ_max on col(A)", "‖HAu − θAu‖/‖Au‖", "λ_max (Lanczos)", "‖Hv − λv‖"],
    inputs: ["ritz"],
    rows,
    sources,
    notes: records.length > 0
      ? [
        curvatureNote(records),
        ...divergedNote(records.map((r) => ({ ...r, diverged: !isMeasured(r) }))),
        ...repeatedNote(groups),
      ]
      : ["Nothing was measured."],
    data,
  };
}

/** Networks and bases in the order in which they come, SB before LB. */
function sortedGroups(records: readonly RitzRecord[]): (readonly RitzRecord[])[] {
  const pairs = groupBy(records, ({ network, basis }) => `${network} ${basisName(basis)}`);
  return [...pairs.values()].flatMap((pair) =>
    (["SB", "LB"] as const)
      .map((regime) => pair.filter((record) => record.regime === regime))
      .filter((group) => group.length > 0)
  );
}

/** Lanczos stops at products that are not finite, then without any value. */
function isMeasured({ diverged, ritz, lanczos }: RitzRecord): boolean {
  return !diverged && Number.isFinite(ritz.values.at(-1)) && Number.isFinite(lanczos.values.at(-1));
}

function basisName({ dimension, distribution }: RitzRecord["basis"]): string {
  return `p = ${dimension} ${distribution}`;
}

function curvatureNote(records: readonly RitzRecord[]): string {
  const of = (pick: (record: RitzRecord) => string | number) => distinct(records.map(pick));
  return `Data ${
    of(({ dataset }) => dataset)
  }. Exact Hessian products on the whole training set. ` +
    `A drawn ${of(({ basis }) => basis.distribution)}, p = ${
      of(({ basis }) => basis.dimension)
    }, ` +
    `seeds ${of(({ basis }) => basis.seed)}; Lanczos with ${of(({ lanczos }) => lanczos.steps)} ` +
    `steps, stopped by ${tally(records.map(({ lanczos }) => lanczos.stopReason))}. ` +
    `Batch norm with ${of(({ batchNorm }) => batchNorm)} statistics, f in chunks of ` +
    `${of(({ evaluationBatch }) => evaluationBatch)}.`;
}
