/** All measures: what each computes, what it costs, and how it reads in a line. */
import { adaptiveSharpness } from "../sharpness/adaptive_sharpness.ts";
import { ballSharpness } from "../sharpness/ball_sharpness.ts";
import { bitsNeeded } from "../sharpness/bits_needed.ts";
import { expectedSharpness, type NoiseScale } from "../sharpness/expected_sharpness.ts";
import { type Sharpness, sharpness } from "../sharpness/metric.ts";
import { pacBayesSigma } from "../sharpness/pac_bayes_sigma.ts";
import { evaluationsOf, protocolOf } from "../sharpness/protocol.ts";
import type { ClimbPoint, WorstCase } from "../sharpness/worst_case.ts";
import { errorOfBits, errorOfMaximum, errorOfMean, errorOfSigma } from "./amount_error.ts";
import { CURVATURE_MEASURES } from "./curvature_measures.ts";
import {
  digits,
  type Measure,
  type Measured,
  type MeasureInput,
  spread,
  standardErrorOf,
  withUnit,
} from "./measure.ts";
import type { MeasureBudget } from "./scales.ts";

/** Evaluations of a climb: one to two an iteration, from two starts. */
const climbCost = ({ maxIterations }: MeasureBudget) => ({
  gradients: 1 + 2 * 1.5 * maxIterations,
});

const noteClimb = (note: MeasureInput["note"]) => ({ run, runs, iteration, rise }: ClimbPoint) =>
  note(`start ${run + 1} of ${runs}, iteration ${iteration}, rise ${digits(rise)}`);

function climbed(result: WorstCase, scale: string, unit: string): Measured {
  const { rise, start, iterations, stopReason, evaluations } = result;
  return {
    amount: rise,
    error: errorOfMaximum(rise, 1, result),
    value: withUnit(digits(rise), unit),
    scale,
    how: `from the ${start} start, ${iterations} iterations, ${stopReason}; ` +
      `${evaluations} evaluations${marked(result.warnings)}`,
    record: result,
  };
}

const marked = (warnings: readonly string[]): string =>
  warnings.length > 0 ? `; ${warnings.join("; ")}` : "";

function metricCost({ protocol, sampleShares = [] }: MeasureBudget, inSubspace: boolean) {
  const plan = protocolOf({ protocol, inSubspace, hasSamples: sampleShares.length > 0 });
  return { gradients: 1 + evaluationsOf(plan, sampleShares) };
}

async function metric(
  { objective, x, options, note }: MeasureInput,
  dimension?: number,
): Promise<Measured> {
  const { eps: epsilon, protocol, seed } = options;
  const subspace = dimension && { dimension, distribution: "gaussian" as const, seed };
  const result = await sharpness(objective, x, {
    epsilon,
    protocol,
    seed,
    ...(subspace && { subspace }),
    onIteration: ({ start, iteration, percent }) =>
      note(`from the ${start}, iteration ${iteration}, φ ${digits(percent)} %`),
    onSample: (done, samples) => note(`sample ${done} of ${samples}`),
  });
  const { percent, start, iterations, stopReason, warnings } = result;
  return {
    amount: percent,
    error: subspace
      ? { unknown: "one draw" }
      : errorOfMaximum(percent, 100 / (1 + result.lossAtMinimiser), result),
    value: `${digits(percent)} %`,
    scale: `ε ${epsilon}${dimension ? `, p ${dimension}` : ""}`,
    how: `from the ${start}, ${iterations} iterations, ${stopReason}; ` +
      `${spentOn(result)}${marked(warnings)}`,
    record: { epsilon, ...result },
  };
}

/** What a measurement cost, and how clear the choice of its start was. */
function spentOn({ evaluations, search }: Sharpness): string {
  if (!search) return `${evaluations} evaluations`;
  const { inEvaluations, apart } = search;
  const all = `${Math.round(evaluations + inEvaluations)} evaluations, the search's included`;
  return apart !== null && apart > 0.01
    ? `${all}; the next best start led ${Number((100 * apart).toPrecision(2))} % less far`
    : all;
}

async function expected(input: MeasureInput, noise: NoiseScale): Promise<Measured> {
  const { sigma, pairs, seed } = input.options;
  const result = await expectedSharpness(input.objective, input.x, {
    sigma,
    pairs,
    seed,
    noise,
    onPair: (done, total) => input.note(`pair ${done} of ${total}`),
  });
  return {
    amount: result.rise,
    ...standardErrorOf(result.standardError),
    error: errorOfMean(result.rise, result.standardError, result.pairs, "pair"),
    value: withUnit(spread(result.rise, result.standardError), input.unit),
    scale: `σ ${sigma}`,
    how: `${result.pairs} pairs, ${result.stopReason}; ${result.evaluations} evaluations`,
    record: result,
  };
}

const expectedCost = ({ pairs }: MeasureBudget) => ({ losses: 1 + 2 * pairs });

async function pacBayes(input: MeasureInput, noise: NoiseScale): Promise<Measured> {
  const { rise: allowedRise, pairs, seed } = input.options;
  const result = await pacBayesSigma(input.objective, input.x, {
    allowedRise,
    pairs,
    seed,
    noise,
    onProbe: ({ sigma, rise }, tried) =>
      input.note(`σ number ${tried}, ${digits(sigma)}: rise ${digits(rise)}`),
  });
  return {
    amount: result.sigma,
    error: errorOfSigma(result),
    value: `σ ${digits(result.sigma)}`,
    scale: `rise ${allowedRise}`,
    how: `${result.probes.length} σ of ${pairs} pairs, ${result.stopReason}; ` +
      `${result.evaluations} evaluations`,
    record: result,
  };
}

/** Some twelve values of σ. */
const pacBayesCost = ({ pairs }: MeasureBudget) => ({ losses: 2 * pairs * 12 });

/** By name, in the order in which they run. */
const ALL = {
  sharpness: {
    title: "sharpness (Metric 2.1), full space",
    unit: "%",
    sharper: "larger",
    cost: (budget) => metricCost(budget, false),
    measure: (input) => metric(input),
  },
  subspace: {
    title: "sharpness (Metric 2.1), random subspace",
    unit: "%",
    sharper: "larger",
    cost: (budget) => metricCost(budget, true),
    measure: (input) => metric(input, Math.min(input.options.dimension, input.x.length)),
  },
  ...CURVATURE_MEASURES,
  ball: {
    title: "sharpness in the ℓ₂ ball",
    unit: "nats",
    sharper: "larger",
    cost: climbCost,
    async measure({ objective, x, options: { radius, maxIterations, seed }, unit, note }) {
      const result = await ballSharpness(objective, x, {
        rho: radius,
        maxIterations,
        seed,
        onIteration: noteClimb(note),
      });
      return { ...climbed(result, `ρ ${radius}`, unit), record: { rho: radius, ...result } };
    },
  },
  "adaptive-box": {
    title: "adaptive sharpness, box",
    unit: "nats",
    sharper: "larger",
    cost: climbCost,
    measure: (input) => adaptive(input, "box", input.options.rho),
  },
  "adaptive-ellipsoid": {
    title: "adaptive sharpness, ellipsoid",
    unit: "nats",
    sharper: "larger",
    cost: climbCost,
    measure: (input) => adaptive(input, "ellipsoid", input.options.rho * Math.sqrt(input.x.length)),
  },
  "adaptive-average": {
    title: "adaptive sharpness on average",
    unit: "nats",
    sharper: "larger",
    cost: expectedCost,
    measure: (input) => expected(input, "relative"),
  },
  expected: {
    title: "expected sharpness",
    unit: "nats",
    sharper: "larger",
    cost: expectedCost,
    measure: (input) => expected(input, "absolute"),
  },
  "pac-bayes": {
    title: "PAC-Bayes σ",
    sharper: "smaller",
    cost: pacBayesCost,
    measure: (input) => pacBayes(input, "absolute"),
  },
  "pac-bayes-relative": {
    title: "PAC-Bayes σ, relative",
    sharper: "smaller",
    cost: pacBayesCost,
    measure: (input) => pacBayes(input, "relative"),
  },
  bits: {
    title: "bits needed for each weight",
    unit: "bits",
    sharper: "larger",
    cost: () => ({ losses: 14 }),
    async measure({ objective, x, groups, options: { rise: allowedRise }, note }) {
      const result = await bitsNeeded(objective, x, {
        allowedRise,
        groups,
        onBits: ({ bits, rise }) => note(`${bits} bits: rise ${digits(rise)}`),
      });
      const most = result.probes[0]!;
      const isEnough = result.stopReason !== "most-bits-insufficient";
      return {
        amount: result.bits,
        error: errorOfBits(result),
        value: isEnough ? `${result.bits} bits` : `more than ${most.bits} bits`,
        scale: `rise ${allowedRise}`,
        how:
          (isEnough
            ? `rise ${digits(result.rise)} there, ${digits(result.descriptionBits / 8e6)} MB in all`
            : `rise ${digits(most.rise)} at ${most.bits} bits`) +
          `, ${result.stopReason}; ${result.evaluations} evaluations`,
        record: result,
      };
    },
  },
} satisfies Readonly<Record<string, Measure>>;

/** A measure by its name on the command line. */
export type MeasureName = keyof typeof ALL;

/** All measures by name. */
export const MEASURES: Readonly<Record<MeasureName, Measure>> = ALL;

/** Their names, in the order in which they run. */
export const MEASURE_NAMES = Object.keys(ALL) as readonly MeasureName[];

async function adaptive(
  { objective, x, options: { maxIterations, seed }, unit, note }: MeasureInput,
  neighbourhood: "box" | "ellipsoid",
  rho: number,
): Promise<Measured> {
  const result = await adaptiveSharpness(objective, x, {
    rho,
    neighbourhood,
    maxIterations,
    seed,
    onIteration: noteClimb(note),
  });
  return {
    ...climbed(result, `ρ ${digits(rho)}`, unit),
    record: { rho, neighbourhood, ...result },
  };
}
