import { distinct } from "./notes.ts";
import type { ReportTable } from "./report_table.ts";
import type { RitzRecord } from "./results.ts";
import { showSummary, summarise } from "./summary.ts";

/** Curvature at the trained points: the largest Ritz value on col(A), and Lanczos' largest. */
export function ritzTable(records: readonly RitzRecord[]): ReportTable {
  const rows: string[][] = [];
  const data: Record<string, string | number | null>[] = [];
  const groups = new Map(records.map((r) => [`${r.network} ${r.regime}`, r]));
  for (const { network, regime } of groups.values()) {
    const own = records.filter((record) =>
      record.network === network && record.regime === regime && !record.diverged
    );
    const ritz = summarise(own, ({ ritz }) => ritz.values.at(-1)!);
    const ritzResidual = summarise(own, ({ ritz }) => ritz.residuals.at(-1)!);
    const top = summarise(own, ({ lanczos }) => lanczos.values.at(-1)!);
    const residual = summarise(own, ({ lanczos }) => lanczos.residuals.at(-1)!);
    const largest = summarise(own, ({ lanczos }) => lanczos.residuals.at(-1)!);
    rows.push([
      `${network} ${regime}`,
      `${own.length}`,
      ...[ritz, ritzResidual, top, residual].map(showSummary),
    ]);
    data.push({
      network,
      regime,
      n: own.length,
      ritzMean: ritz?.mean ?? null,
      ritzSd: ritz?.sd ?? null,
      ritzResidualMean: ritzResidual?.mean ?? null,
      eigenvalueMean: top?.mean ?? null,
      eigenvalueSd: top?.sd ?? null,
      eigenvalueResidualMean: largest?.mean ?? null,
    });
  }
  const of = (pick: (record: RitzRecord) => string | number) => distinct(records.map(pick));
  return {
    name: "ritz",
    title: "Curvature of f: mean ± sd over trials",
    columns: ["", "n", "θ_max on col(A)", "‖HAu − θAu‖/‖Au‖", "λ_max (Lanczos)", "‖Hv − λv‖"],
    rows,
    notes: [
      `Exact Hessian products on the whole training set. A drawn ${
        of(({ basis }) => basis.distribution)
      }, p = ${of(({ basis }) => basis.dimension)}, seeds ${
        of(({ basis }) => basis.seed)
      }; Lanczos with ${of(({ lanczos }) => lanczos.steps)} steps.`,
    ],
    data,
  };
}
