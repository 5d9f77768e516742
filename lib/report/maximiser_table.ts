import { describedTable } from "./described_table.ts";
import { groupBy, sourcesOf } from "./groups.ts";
import { sharpnessNote } from "./notes.ts";
import type { ReportTable } from "./report_table.ts";
import type { SharpnessRecord } from "./results.ts";
import { showNumber } from "./summary.ts";

/** One minimum at one ε, measured by both maximisers. */
interface Comparison {
  /** By the protocol `converged`. */
  readonly converged: SharpnessRecord;
  /** By L-BFGS-B with more iterations than the paper's. */
  readonly longer: SharpnessRecord;
  /** φ of the first over φ of the second. */
  readonly ratio: number;
  /** Their evaluations of f and ∇f, the first one's over the second one's. */
  readonly share: number;
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
        heading: "ten iterations",
        text: ({ converged: { budget } }) => budget ? showNumber(budget.percent) : "–",
        numbers: ({ converged: { budget } }) => ({ budgetPercent: budget?.percent ?? null }),
      },
      {
        heading: "converged",
        text: ({ converged }) => showNumber(converged.percent),
        numbers: ({ converged: { percent } }) => ({ percent }),
      },
      {
        heading: "evaluations",
        text: ({ converged }) => costOf(converged).toFixed(1),
        numbers: ({ converged }) => ({ evaluations: costOf(converged) }),
      },
      {
        heading: "L-BFGS-B",
        text: ({ longer }) => showNumber(longer.percent),
        numbers: ({ longer }) => ({ longerPercent: longer.percent }),
      },
      {
        heading: "its evaluations",
        text: ({ longer }) => `${longer.evaluations}`,
        numbers: ({ longer }) => ({ longerEvaluations: longer.evaluations }),
      },
      {
        heading: "ratio of φ",
        text: ({ ratio }) => ratio.toFixed(3),
        numbers: ({ ratio }) => ({ ratio }),
      },
      {
        heading: "of evaluations",
        text: ({ share }) => share.toFixed(2),
        numbers: ({ share }) => ({ share }),
      },
    ],
    sourcesOf: ({ converged, longer }) => sourcesOf([converged, longer]),
    notes: comparisons.length > 0
      ? [
        "Ten iterations: what the paper's budget of L-BFGS-B finds. Converged: the maximum of the " +
        "power method; its evaluations are those of the search, by the share of the examples, and of " +
        "the climb from there, and all where there was no search. Each row is one minimum, and so " +
        "is the ratio of φ, converged over L-BFGS-B.",
        outcomeOf(comparisons),
        sharpnessNote(comparisons.flatMap(({ converged, longer }) => [converged, longer])),
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
  return [{
    converged,
    longer,
    ratio: converged.percent / longer.percent,
    share: costOf(converged) / longer.evaluations,
  }];
}

/** Evaluations of f and ∇f that lead to the maximum of the protocol `converged`. */
function costOf({ search, restarts, evaluations }: SharpnessRecord): number {
  const climb = restarts.find(({ start }) => start === "samples");
  return search && climb?.evaluations !== undefined
    ? search.inEvaluations + climb.evaluations
    : evaluations;
}

/** `φ is more than 1 % higher at 17 of 20 minima, …`. */
function outcomeOf(comparisons: readonly Comparison[]): string {
  const ratios = comparisons.map(({ ratio }) => ratio);
  const shares = comparisons.map(({ share }) => 100 * share);
  const higher = ratios.filter((ratio) => ratio > 1.01).length;
  const lower = ratios.filter((ratio) => ratio < 0.99).length;
  const range = (values: readonly number[], digits: number) =>
    [Math.min(...values), Math.max(...values)].map((x) => x.toFixed(digits)).join(" to ");
  return `φ is more than 1 % higher than L-BFGS-B's in ${higher} of ${ratios.length} rows, and more ` +
    `than 1 % lower in ${lower}: the ratio is ${range(ratios, 3)}, for ${range(shares, 0)} % of ` +
    "its evaluations.";
}
