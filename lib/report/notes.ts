/** Sentences under the tables that say how their numbers came about. */
import { groupBy } from "./groups.ts";
import { meanOf } from "./interval.ts";
import { PAPER_ITERATIONS } from "./paper.ts";
import type { SharpnessRecord, TrainRecord } from "./results.ts";
import type { RunLabels } from "./run_labels.ts";
import type { Summary } from "./summary.ts";

/** `max-iterations 10/10, line-search-failed 2/10`: each value with how often it occurred. */
export function tally(values: readonly (string | number)[]): string {
  const counts = new Map<string | number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const all = values.length;
  return [...counts].map(([value, count]) => `${value} ${count}/${all}`).join(", ");
}

/** The values that occur, in order, without repetition. */
export function distinct(values: readonly (string | number)[], separator = ", "): string {
  return [...new Set(values)].join(separator);
}

/** A trained point of any regime. */
type TrainedPoint = Omit<TrainRecord, "regime"> & { readonly regime?: string };

/** Which iterate of a run is its result, in words. */
const ITERATES: Readonly<Record<string, string>> = {
  least: "least training loss",
  last: "the last",
};

/** Data, sizes and rules behind the trained points. */
export function trainingNote(records: readonly TrainedPoint[]): string {
  if (records.length === 0) return "Nothing was trained.";
  const of = <K extends keyof TrainedPoint>(key: K) =>
    distinct(records.map((record) => record[key] as string | number));
  return `Data ${of("dataset")}: ${of("trainCount")} for training, ${
    of("testCount")
  } for testing. ` +
    `${of("optimiser")}, learning rate ${rates(records)}, batches of ${batches(records)}; ` +
    `stopped by: ${tally(records.map(({ stopReason, epochs }) => `${stopReason} (${epochs})`))}; ` +
    `iterate: ${distinct(records.map(({ iterate }) => ITERATES[iterate] ?? iterate))}. ` +
    `Batch norm with ${of("batchNorm")} statistics, f in chunks of ${of("evaluationBatch")}.`;
}

/** Three digits: a rate that follows the batch has no end of them. */
function rates(records: readonly TrainedPoint[]): string {
  return distinct(records.map(({ learningRate }) => Number(learningRate.toPrecision(3))));
}

/** `256 (SB), 800 (LB)`, or `64, 128` of runs without a regime. */
function batches(records: readonly TrainedPoint[]): string {
  const named = records.map(({ batchSize, regime }) => ({ batchSize, regime }))
    .sort((a, b) => a.batchSize - b.batchSize);
  return distinct(
    named.map(({ batchSize, regime }) => regime ? `${batchSize} (${regime})` : batchSize),
  );
}

/** Protocol, starts, budgets and stop reasons behind the sharpness values that count in means. */
export function sharpnessNote(all: readonly SharpnessRecord[]): string {
  const records = all.filter(({ diverged }) => !diverged);
  if (records.length === 0) return "All runs diverged.";
  const of = <K extends keyof SharpnessRecord>(key: K) =>
    distinct(records.map((record) => record[key] as string | number));
  const bases = records.flatMap(({ space }) => space === "full" ? [] : [space]);
  const drawn = bases.length === 0
    ? "A = I"
    : `A drawn ${distinct(bases.map(({ distribution }) => distribution))}, p = ${
      distinct(bases.map(({ dimension }) => dimension))
    }, seeds ${distinct(bases.map(({ seed }) => seed))}`;
  const still = records.filter(({ moved }) => !moved).length;
  const rising = records.filter(isRising).length;
  const ways = [...groupBy(records, ({ protocol }) => protocol)]
    .map(([protocol, own]) => `Protocol ${protocol}: ${wayOf(protocol, own)}`).join(". ");
  return `Data ${of("dataset")}. ${drawn}. ${ways}; stopped by ${
    tally(records.map(({ stopReason }) => stopReason))
  }; ${showMean(records.map(({ evaluations }) => evaluations))} evaluations and ` +
    `${
      showMean(records.map(({ activeShare }) => 100 * activeShare))
    } % active bounds on average. ` +
    `Batch norm with ${of("batchNorm")} statistics, f in chunks of ${of("evaluationBatch")}.` +
    (rising > 0
      ? ` φ was still rising by over 1 % an iteration in ${rising} of ${records.length} runs: ` +
        "more iterations would find more."
      : "") +
    (still > 0 ? ` In ${still} of ${records.length} runs the maximiser could not move.` : "");
}

/** How records of one protocol were measured. */
function wayOf(protocol: string, records: readonly SharpnessRecord[]): string {
  const most = distinct(records.map(({ maxIterations }) => maxIterations));
  const starts = distinct(records.map(({ start }) => start));
  const isPapers = records.every(({ maxIterations }) => maxIterations === PAPER_ITERATIONS);
  switch (protocol) {
    case "converged":
      return `L-BFGS-B for at most ${most} iterations${isPapers ? ", the paper's budget," : ""} ` +
        `and then the power method${
          searchOf(records)
        } until three steps together gain no more than 1 % of φ. ` +
        choiceOf(records) +
        `What counts was found by ${tally(records.map(bestClimb))}`;
    case "power":
      return `the power method${searchOf(records) || ` from the ${starts}`} until three steps ` +
        `together gain no more than 1 % of φ, at most ${most} steps`;
    default:
      return `L-BFGS-B from the ${starts}, at most ${most} iterations`;
  }
}

/** Where the power method begins, if a search has found that, and what the search costs. */
function searchOf(records: readonly SharpnessRecord[]): string {
  const searches = records.flatMap(({ search }) => search ?? []);
  if (searches.length === 0) return "";
  const cost = searches.reduce((sum, { inEvaluations }) => sum + inEvaluations, 0) /
    searches.length;
  const samples = distinct(searches.map(({ samples }) => samples));
  const often = searches.length < records.length
    ? ` in ${searches.length} of ${records.length} runs`
    : "";
  return `,${often} from where a search on ${samples} samples of the examples has led, which costs ` +
    `as much as ${cost.toFixed(1)} evaluations,`;
}

/** How clear the choice between the two best ends of a search was. */
function choiceOf(records: readonly SharpnessRecord[]): string {
  const gaps = records.flatMap(({ search }) => search?.apart ?? []);
  if (gaps.length === 0) return "";
  const near = gaps.filter((apart) => apart <= 0.01).length;
  const within = "the two best ends of the search were within 1 % of each other";
  if (near === gaps.length) return `After one step on f, in all ${near} runs ${within}. `;
  const widest = Number((100 * Math.max(...gaps)).toPrecision(2));
  return `After one step on f, in ${near} of ${gaps.length} runs ${within}, ` +
    `in the others up to ${widest} % apart. `;
}

/** `power method from the vertex`: of the climb that found the most. */
function bestClimb({ restarts, percent }: SharpnessRecord): string {
  const best = restarts.find((run) => run.percent === percent);
  return best ? `${best.maximiser ?? "L-BFGS-B"} from the ${best.start}` : "no climb";
}

/** Whether the budget ended a climb: the last iteration still gained more than 1 % of φ. */
function isRising({ stopReason, curve }: SharpnessRecord): boolean {
  const [before, last] = curve.slice(-2);
  const isSpent = stopReason === "max-iterations" || stopReason === "max-evaluations";
  return isSpent && before !== undefined && last !== undefined &&
    last.percent > 1.01 * before.percent;
}

/** float32's rounding of a product Hv, as a share of the largest eigenvalue. */
const PRODUCT_ROUNDING = 1e-7;

/** What a residual of Lanczos' method says where it is smaller than products in float32 can show. */
export function residualNote(
  rows: readonly {
    readonly eigenvalue: Summary | undefined;
    readonly residual: Summary | undefined;
  }[],
): string[] {
  return rows.some(({ eigenvalue, residual }) =>
      eigenvalue && residual && residual.mean < PRODUCT_ROUNDING * Math.abs(eigenvalue.mean)
    )
    ? [
      "‖Hv − λv‖ is that of the Lanczos recurrence, |β s|. Products in float32 limit the true one to " +
      `about ${PRODUCT_ROUNDING} λ_max, so a smaller residual says “converged” and no more.`,
    ]
    : [];
}

/** What is missing from the means, or nothing. */
export function divergedNote(records: readonly RunLabels[]): string[] {
  return lostNote(records.map((record) => ({ ...record, name: record.regime })));
}

/** What is missing from the means of runs that have a name of another kind than SB and LB. */
export function lostNote(
  runs: readonly (Pick<RunLabels, "network" | "trial" | "diverged"> & { readonly name: string })[],
): string[] {
  const lost = runs.filter(({ diverged }) => diverged);
  if (lost.length === 0) return [];
  const names = lost.map(({ network, name, trial }) => `${network} ${name} trial ${trial}`);
  return [`† Diverged, and in no mean: ${distinct(names)}.`];
}

/**
 * Says that a mean was taken over more than one record of the same trial: an axis of the study
 * that the table does not know.
 */
export function repeatedNote(
  groups:
    readonly (readonly (Pick<RunLabels, "network" | "trial"> & { readonly regime: string })[])[],
): string[] {
  const isRepeated = groups.some((group) => {
    const runs = group.map(({ network, regime, trial }) => `${network} ${regime} ${trial}`);
    return new Set(runs).size < runs.length;
  });
  return isRepeated
    ? ["‡ n counts some trials more than once: the study varies what this table does not show."]
    : [];
}

function showMean(values: readonly number[]): string {
  return meanOf(values)!.toFixed(0);
}
