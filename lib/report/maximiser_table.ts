import { describedTable } from "./described_table.ts";
import { groupBy, sourcesOf } from "./groups.ts";
import { sharpnessNote } from "./notes.ts";
import { PAPER_ITERATIONS } from "./paper.ts";
import type { ReportTable } from "./report_table.ts";
import type { SharpnessRecord } from "./results.ts";
import { showNumber } from "./summary.ts";

/** One minimum at one ε, measured by both maximisers. */
interface Comparison {
  /** By the protocol `converged`. */
  readonly converged: SharpnessRecord;
  readonly power: Maximum;
  /** By L-BFGS-B with more iterations than the paper's. */
  readonly longer: SharpnessRecord;
  readonly lbfgsb: Maximum;
}

/** φ in percent, and the evaluations of f and ∇f that it took. */
interface Maximum {
  readonly percent: number;
  readonly evaluations: number;
}

/**
 * The power method, from where a search on samples has led, beside a long run of L-BFGS-B, minimum by
 * minimum; without rows where no minimum was measured by both.
 */
export function maximiserTable(records: readonly SharpnessRecord[]): ReportTable {
  const comparisons = [...groupBy(records.filter(({ diverged }) => !diverged), minimumOf).values()]
    .flatMap(comparisonOf)
    .sort((a, b) =>
      b.converged.epsilon - a.converged.epsilon ||
      b.converged.regime.localeCompare(a.converged.regime) ||
      a.converged.trial - b.converged.trial
    );
  const budgets = [...new Set(comparisons.map(({ converged }) => converged.maxIterations))];
  const isPaper = budgets.every((most) => most === PAPER_ITERATIONS);
  const few = isPaper ? "ten iterations" : `${budgets.join(" or ")} iterations`;
  return describedTable(comparisons, {
    name: "maximisers",
    title: "Maximisers: φ in percent of each minimum, and the evaluations of f and ∇f that it took",
    inputs: ["sharpness"],
    columns: [
      {
        heading: "minimum",
        text: ({ converged: { network, regime, trial } }) =>
          `${network}, ${regime}, trial ${trial}`,
        numbers: ({ converged: { network, regime, trial } }) => ({ network, regime, trial }),
      },
      {
        heading: "ε",
        text: ({ converged }) => converged.epsilon.toExponential(),
        numbers: ({ converged: { epsilon } }) => ({ epsilon }),
      },
      {
        heading: few,
        text: ({ converged: { budget } }) => budget ? showNumber(budget.percent) : "–",
        numbers: ({ converged: { budget } }) => ({ budgetPercent: budget?.percent ?? null }),
      },
      {
        heading: "power method",
        text: ({ power }) => showNumber(power.percent),
        numbers: ({ power: { percent } }) => ({ percent }),
      },
      {
        heading: "evaluations",
        text: ({ power }) => power.evaluations.toFixed(1),
        numbers: ({ power: { evaluations } }) => ({ evaluations }),
      },
      {
        heading: "L-BFGS-B",
        text: ({ lbfgsb }) => showNumber(lbfgsb.percent),
        numbers: ({ lbfgsb }) => ({ longerPercent: lbfgsb.percent }),
      },
      {
        heading: "its evaluations",
        text: ({ lbfgsb }) => `${lbfgsb.evaluations}`,
        numbers: ({ lbfgsb }) => ({ longerEvaluations: lbfgsb.evaluations }),
      },
      {
        heading: "ratio of φ",
        text: (row) => shown(ratioOf(row), 3),
        numbers: (row) => ({ ratio: finite(ratioOf(row)) }),
      },
      {
        heading: "of evaluations",
        text: (row) => shown(shareOf(row), 2),
        numbers: (row) => ({ share: finite(shareOf(row)) }),
      },
    ],
    sourcesOf: ({ converged, longer }) => sourcesOf([converged, longer]),
    notes: comparisons.length > 0
      ? [
        `A row is one minimum at one ε. ${
          isPaper
            ? "Ten iterations: what the paper's budget of L-BFGS-B finds"
            : `${few}: what L-BFGS-B finds by then`
        }. ` +
        "Power method: what its climb from the search finds; its evaluations are the search's, by its " +
        "share of the examples, and the climb's. Where there was no search, both are of all climbs of " +
        "the protocol. Ratio of φ: power method over L-BFGS-B.",
        ...outcomeOf(comparisons),
        sharpnessNote(comparisons.map(({ converged }) => converged)),
        sharpnessNote(comparisons.map(({ longer }) => longer)),
      ]
      : [],
  });
}

function minimumOf(
  { network, regime, trial, epsilon, space, dataset, batchNorm, evaluationBatch }: SharpnessRecord,
): string {
  const place = [network, regime, trial, epsilon, space, dataset, batchNorm, evaluationBatch];
  return JSON.stringify(place);
}

function comparisonOf(records: readonly SharpnessRecord[]): Comparison[] {
  const converged = records.find(({ protocol }) => protocol === "converged");
  if (!converged) return [];
  const [longer] = records
    .filter((other) => other.protocol === "paper" && other.maxIterations > converged.maxIterations)
    .sort((a, b) => b.maxIterations - a.maxIterations);
  if (!longer) return [];
  const [climb] = longer.restarts;
  return [{
    converged,
    power: powerOf(converged),
    longer,
    lbfgsb: { percent: longer.percent, evaluations: climb?.evaluations ?? longer.evaluations },
  }];
}

function powerOf({ search, restarts, percent, evaluations }: SharpnessRecord): Maximum {
  const climb = restarts.find(({ start }) => start === "samples");
  return search && climb?.evaluations !== undefined
    ? { percent: climb.percent, evaluations: search.inEvaluations + climb.evaluations }
    : { percent, evaluations };
}

/** Not finite where L-BFGS-B found 0. */
function ratioOf({ power, lbfgsb }: Comparison): number {
  return power.percent / lbfgsb.percent;
}

function shareOf({ power, lbfgsb }: Comparison): number {
  return power.evaluations / lbfgsb.evaluations;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function shown(value: number, digits: number): string {
  return finite(value)?.toFixed(digits) ?? "–";
}

/** `φ is more than 1 % higher than L-BFGS-B's in 17 of 20 rows, …`; nothing if there is no ratio. */
function outcomeOf(comparisons: readonly Comparison[]): string[] {
  const ratios = comparisons.map(ratioOf);
  const finiteRatios = ratios.filter(Number.isFinite);
  if (finiteRatios.length === 0) return [];
  const where = finiteRatios.length < ratios.length ? " where there is one" : "";
  const shares = comparisons.map((row) => 100 * shareOf(row));
  const higher = ratios.filter((ratio) => ratio > 1.01).length;
  const lower = ratios.filter((ratio) => ratio < 0.99).length;
  const range = (values: readonly number[], digits: number) =>
    [Math.min(...values), Math.max(...values)].map((x) => x.toFixed(digits)).join(" to ");
  return [
    `φ is more than 1 % higher than L-BFGS-B's in ${higher} of ${ratios.length} rows, and more ` +
    `than 1 % lower in ${lower}: the ratio is ${range(finiteRatios, 3)}${where}, for ` +
    `${range(shares, 0)} % of its evaluations.`,
  ];
}
