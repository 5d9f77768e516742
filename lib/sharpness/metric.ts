import { asBasis, type SubspaceBasis } from "../linalg/basis.ts";
import { indexOfNonFinite } from "../linalg/vector.ts";
import type { Objective } from "../optim/objective.ts";
import { type SampledObjective, samplesOf } from "../optim/sample.ts";
import { sharpnessBox } from "./box.ts";
import { readDone, type SharpnessCheckpoint, writeDone } from "./checkpoint.ts";
import { displaced } from "./displaced.ts";
import {
  type Ascent,
  type AscentEnd,
  type AscentResult,
  type AscentState,
  runMaximiser,
} from "./maximiser_run.ts";
import { type PowerAscentState, runPowerMaximiser } from "./power_run.ts";
import { type FirstStart, type ProtocolName, protocolOf } from "./protocol.ts";
import type {
  CurvePoint,
  MaximiserRun,
  MeasuredSubspace,
  RunningPoint,
  Sharpness,
} from "./result.ts";
import { type BegunClimb, type SampleSearch, searchOnSamples } from "./sample_search.ts";
import { startingPoint } from "./starting_point.ts";
import {
  gramCondition,
  pseudoInverse,
  randomSubspace,
  type SubspaceDistribution,
} from "./subspace.ts";
import { warningsOf } from "./warnings.ts";

export type {
  CurvePoint,
  MaximiserRun,
  MeasuredSubspace,
  RunningPoint,
  Sharpness,
  SharpnessCheckpoint,
};

/** There is no φ where f(x) is not finite, as where training diverged, or not above −1. */
export class UnmeasurableLossError extends RangeError {
  /** f(x); NaN where x itself is not finite. */
  readonly loss: number;

  /** The error for a loss f(x). */
  constructor(loss: number) {
    super(`Cannot measure the sharpness where f(x) = ${loss}; give a finite loss above −1`);
    this.loss = loss;
  }
}

/** How {@link sharpness} measures. */
export interface SharpnessOptions {
  /** ε of the box C_ε, dimensionless. The paper uses 1e-3 and 5e-4. */
  readonly epsilon: number;
  /** A: random columns, or the caller's own; absent for the full space, A = I. */
  readonly subspace?:
    | {
      readonly dimension: number;
      readonly distribution: SubspaceDistribution;
      readonly seed: number;
    }
    | { readonly basis: readonly Float64Array[] | SubspaceBasis };
  /** Starts and budget by name, default `paper`. */
  readonly protocol?: ProtocolName;
  /** One kind of start instead of the protocol's. */
  readonly start?: FirstStart;
  /** Most iterations from each start instead of the protocol's. */
  readonly maxIterations?: number;
  /** Random starts of each kind that the protocol or `start` has; see {@link protocolOf}. */
  readonly restarts?: number;
  /** Seed of the random starts, default 0. */
  readonly seed?: number;
  /** Called at each start and after each iteration. */
  readonly onIteration?: (point: RunningPoint) => void;
  /** Called after the climb on each sample, in the protocols that search on samples. */
  readonly onSample?: (done: number, samples: number) => void;
  /**
   * Where to keep the state between iterations. With it, the measurement goes on from the last state
   * saved, bit by bit as if it had never ended; all other arguments must be the same. L-BFGS-B on an
   * accelerator goes on to rounding.
   */
  readonly checkpoint?: SharpnessCheckpoint;
}

/**
 * Metric 2.1, the (C_ε, A)-sharpness of f at x, in percent:
 *
 *     φ = 100 · (max_{y ∈ C_ε} f(x + Ay) − f(x)) / (1 + f(x)),
 *     C_ε = { y ∈ Rᵖ : |y_i| ≤ ε (|(A⁺x)_i| + 1) }.
 *
 * The maximum is sought by L-BFGS-B with tolerances 0, and with `converged` by the power method
 * too, from where a search on samples of the examples has led (`searchOnSamples`). What is reported is
 * the largest loss among all points evaluated, y = 0 included. So φ ≥ 0, and it is a lower bound of
 * the exact value. It depends on the starts and the budget, which are therefore part of the result.
 *
 * - Source: Keskar et al. 2017, §2.2.1, metric 2.1 and eq. (3)–(4).
 * - Cost: 1 + runs · 1 to 2 · `maxIterations` evaluations of f and ∇f; protocol `paper` is one run of
 *   10 iterations, about 12 evaluations, and `converged` some 17 more: a climb of 8, and a search that
 *   costs as much as 9 on 8 000 examples, and less on more. Without samples it is 20 to 40 more, in
 *   a subspace some 1 to 5; there each costs two products with A, too.
 * - Choose ε as in the paper, 1e-3 and 5e-4, to compare with it; `converged` where the number itself
 *   matters, `paper` for the paper's budget. Read the curve: if φ still rises at its end, the budget
 *   decided.
 * - It does not tell apart points that compute the same function: the 1 in |x_i| + 1 is a length, and
 *   rescaled ReLU layers change φ up to any value (Dinh et al. 2017; see `rescaleLayer`, and
 *   `adaptiveSharpness` for a measure without that defect). φ in a subspace depends on the lengths of
 *   A's columns, and is no estimate of φ in the full space.
 *
 * @example A linear function has its maximum at a vertex of the box
 * ```ts
 * import { sharpness } from "./metric.ts";
 * import assert from "node:assert/strict";
 *
 * const slope = Float64Array.of(1, -2, 3);
 * const x = Float64Array.of(0, 1, -4);
 * const linear = {
 *   dimension: 3,
 *   evaluate: (y: Float64Array) =>
 *     Promise.resolve({
 *       value: 0.5 + slope.reduce((sum, g, i) => sum + g * (y[i]! - x[i]!), 0),
 *       gradient: slope.slice(),
 *     }),
 * };
 * const { percent, moved } = await sharpness(linear, x, { epsilon: 1e-3 });
 * // 100 Σ |g_i| ε (|x_i| + 1) / (1 + f(x))
 * assert.ok(moved && Math.abs(percent - 100 * 1e-3 * (1 + 4 + 15) / 1.5) < 1e-9);
 * ```
 *
 * @param objective f and ∇f; of a network, over the whole training set. A {@link SampledObjective}
 *   lets the protocols `converged` and `power` search on samples first.
 * @param x The minimiser, shape [n]; left unchanged.
 * @throws {TypeError} If x or the basis has not the objective's dimension.
 * @throws {UnmeasurableLossError} If x or f(x) is not finite, or f(x) ≤ −1.
 * @throws {RangeError} If an option is out of range, or A's columns are dependent.
 */
export async function sharpness(
  objective: Objective | SampledObjective,
  x: Float64Array,
  options: SharpnessOptions,
): Promise<Sharpness> {
  const { epsilon, protocol = "paper", seed = 0, onIteration, onSample, checkpoint } = options;
  if (x.length !== objective.dimension) {
    throw new TypeError(
      `Cannot measure the sharpness at a point of ${x.length} coordinates; ` +
        `the objective has ${objective.dimension}`,
    );
  }
  const samples = samplesOf(objective);
  const { climbs, maxIterations } = protocolOf({
    ...options,
    protocol,
    inSubspace: options.subspace !== undefined,
    hasSamples: samples.length > 0,
  });
  if (indexOfNonFinite(x) >= 0) throw new UnmeasurableLossError(NaN);
  const basis = basisOf(options, x.length);
  const box = sharpnessBox(basis ? pseudoInverse(basis, x) : x, epsilon);
  const { lossAtMinimiser, slope } = await minimiserOf(objective, x, basis);
  if (!(lossAtMinimiser > -1 && lossAtMinimiser < Infinity)) {
    throw new UnmeasurableLossError(lossAtMinimiser);
  }
  const percentOf = (loss: number) => 100 * (loss - lossAtMinimiser) / (1 + lossAtMinimiser);
  await using within = basis?.factors && await objective.within?.(x, basis.factors);
  const loss = within ??
    (basis ? lossInSubspace(objective, x, basis) : displaced(objective, x));
  const saved = checkpoint?.load();
  const from = saved && { ...readDone(saved.done!), ascent: saved };
  const restarts: MaximiserRun[] = from?.restarts ?? [];
  const ascents: Omit<AscentResult, "end">[] = from?.ascents ?? [];
  let end: AscentEnd | undefined;
  let search: SampleSearch | undefined;
  for (const [run, { maximiser, start, maxIterations }] of climbs.entries()) {
    if (run < ascents.length) continue;
    const isGoingOn = from !== undefined && run === from.run;
    const repeat = climbs.slice(0, run).filter((earlier) => earlier.start === start).length;
    if (start === "samples") {
      search = await searchOnSamples(loss, samples, x, lossAtMinimiser, box, { onSample });
    }
    // Where a climb goes on from a state of its own, the end before it is not there any more.
    const y0 = start === "end"
      ? end?.y ?? new Float64Array(slope.length)
      : start === "samples"
      ? search!.begun?.y ?? startingPoint("vertex", box, slope, seed, repeat)
      : startingPoint(start, box, slope, seed, repeat);
    const atOrigin = { value: lossAtMinimiser, gradient: slope };
    const atStart = start === "end" ? end : start === "origin" ? atOrigin : undefined;
    const curve: CurvePoint[] = isGoingOn ? from.curve : [];
    const options = {
      maxIterations,
      ...(atStart && { atStart }),
      keepsEnd: climbs[run + 1]?.start === "end",
      // The other protocols are SciPy's climbs to the end.
      ...(protocol === "converged" && { resolution: roundingOf }),
      onIteration({ largestLoss, ...counts }: Ascent) {
        const point = { ...counts, percent: percentOf(largestLoss) };
        curve.push(point);
        onIteration?.({ ...point, run, runs: climbs.length, start, maximiser });
      },
      async onState(
        state: () => AscentState | PowerAscentState | Promise<AscentState | PowerAscentState>,
      ) {
        if (!checkpoint?.isDue()) return;
        const done = writeDone({ run, curve, restarts, ascents });
        await checkpoint.save({ ...await state(), done });
      },
    };
    const begun = start === "samples" && !isGoingOn ? search!.begun : undefined;
    for (const { value, ...counts } of begun?.state ? begun.way : []) {
      options.onIteration({ ...counts, largestLoss: value });
    }
    // A state goes back to the climb that it is of.
    const going = isGoingOn ? from.ascent as unknown : begun && goingOn(begun);
    const { end: last, ...ascent } = maximiser === "power method"
      ? await runPowerMaximiser(loss, lossAtMinimiser, y0, box, {
        ...options,
        from: going as PowerAscentState | undefined,
      })
      : await runMaximiser(loss, lossAtMinimiser, y0, box, {
        ...options,
        from: going as AscentState | undefined,
      });
    end = last;
    ascents.push(ascent);
    restarts.push({
      maximiser,
      start,
      percent: percentOf(ascent.largestLoss),
      iterations: ascent.iterations,
      evaluations: ascent.evaluations,
      stopReason: ascent.stopReason,
      activeShare: ascent.activeShare,
      curve,
    });
  }
  const best = restarts.reduce((a, b) => (b.percent > a.percent ? b : a));
  const largestLoss = Math.max(...ascents.map((ascent) => ascent.largestLoss));
  const subspace = basis && { subspace: measured(basis, options) };
  return {
    ...best,
    evaluations: restarts.reduce((sum, { evaluations }) => sum + evaluations, 1),
    lossAtMinimiser,
    largestLoss,
    moved: largestLoss > lossAtMinimiser,
    protocol,
    ...(protocol === "converged" && { budget: restarts[0]! }),
    ...(search && { search: search.summary }),
    maxIterations,
    ...subspace,
    warnings: warningsOf(
      climbs.map(({ start }) => start),
      ascents,
      slope,
      lossAtMinimiser,
      subspace?.subspace,
    ),
    restarts,
  };
}

/** float32's rounding of 1 + |f|, for the losses of examples are float32: 6 · 10⁻⁶ points of φ. */
function roundingOf(loss: number): number {
  return 2 ** -24 * (1 + Math.abs(loss));
}

/** The state of a climb that a search has begun. */
function goingOn({ state, way }: BegunClimb): PowerAscentState | undefined {
  return state && { ...state, ascent: Float64Array.of(way.at(-1)!.value, 0) };
}

/** f(x) and Aᵀ∇f(x). Apart, so that ∇f itself is held no longer than it takes. */
async function minimiserOf(objective: Objective, x: Float64Array, basis?: SubspaceBasis) {
  const { value, gradient } = await objective.evaluate(x);
  return {
    lossAtMinimiser: value,
    slope: basis ? basis.restrict(gradient) : gradient.slice(),
  };
}

/** y ↦ f(x + Ay), with gradient Aᵀ∇f. */
function lossInSubspace(objective: Objective, x: Float64Array, basis: SubspaceBasis): Objective {
  return {
    dimension: basis.dimension,
    async evaluate(y) {
      const point = basis.expand(y);
      for (let i = 0; i < point.length; i++) point[i]! += x[i]!;
      const { value, gradient } = await objective.evaluate(point);
      return { value, gradient: basis.restrict(gradient) };
    },
  };
}

function basisOf({ subspace }: SharpnessOptions, n: number): SubspaceBasis | undefined {
  if (!subspace) return undefined;
  if (!("basis" in subspace)) return randomSubspace({ ambient: n, ...subspace });
  const basis = asBasis(subspace.basis);
  if (basis.ambient === n) return basis;
  throw new TypeError(`Cannot use a basis of R^${basis.ambient} at a point of R^${n}`);
}

function measured(basis: SubspaceBasis, { subspace }: SharpnessOptions): MeasuredSubspace {
  const drawn = subspace && !("basis" in subspace)
    ? { distribution: subspace.distribution, seed: subspace.seed }
    : {};
  return { dimension: basis.dimension, ...drawn, gramCondition: gramCondition(basis) };
}
