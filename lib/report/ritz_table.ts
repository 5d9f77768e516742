import {
  countColumn,
  describedTable,
  lostMark,
  meanColumn,
  over,
  recordGroup,
} from "./described_table.ts";
import { groupBy, sourcesOf } from "./groups.ts";
import { distinct, divergedNote, repeatedNote, residualNote, tally } from "./notes.ts";
import type { ReportTable } from "./report_table.ts";
import type { RitzRecord } from "./results.ts";

const EIGENVALUE = over<RitzRecord>(({ lanczos }) => lanczos.values.at(-1));
const RESIDUAL = over<RitzRecord>(({ lanczos }) => lanczos.residuals.at(-1));

/** Curvature at the trained points: the largest Ritz value on col(A), and Lanczos' largest. */
export function ritzTable(records: readonly RitzRecord[]): ReportTable {
  const groups = sortedGroups(records);
  const rows = groups.map((group) => recordGroup(group, isMeasured));
  const hasOneBasis = new Set(records.map(({ basis }) => basisName(basis))).size <= 1;
  return describedTable(rows, {
    name: "ritz",
    title: "Curvature of f: mean ± sd over trials",
    inputs: ["ritz"],
    columns: [
      {
        heading: "",
        text: (row) => {
          const { network, regime, basis } = row.first;
          const name = `${network} ${regime}${hasOneBasis ? "" : `, ${basisName(basis)}`}`;
          return name + lostMark(row);
        },
        numbers: ({ first: { network, regime, basis: { dimension, distribution } } }) => ({
          network,
          regime,
          dimension,
          distribution,
        }),
      },
      countColumn(),
      meanColumn("θ_max on col(A)", "ritz", over(({ ritz }) => ritz.values.at(-1))),
      meanColumn("‖HAu − θAu‖/‖Au‖", "ritzResidual", over(({ ritz }) => ritz.residuals.at(-1))),
      meanColumn("λ_max (Lanczos)", "eigenvalue", EIGENVALUE),
      meanColumn("‖Hv − λv‖", "eigenvalueResidual", RESIDUAL),
    ],
    sourcesOf: ({ all }) => sourcesOf(all),
    notes: records.length > 0
      ? [
        curvatureNote(records),
        ...residualNote(
          rows.map((row) => ({ eigenvalue: EIGENVALUE(row), residual: RESIDUAL(row) })),
        ),
        ...divergedNote(records.map((r) => ({ ...r, diverged: !isMeasured(r) }))),
        ...repeatedNote(groups),
      ]
      : ["Nothing was measured."],
  });
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
