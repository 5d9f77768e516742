import type { Dataset } from "../data/dataset.ts";
import type { Engine, Session } from "../engine/engine.ts";
import type { Program } from "../graph/program.ts";
import type { BasisFactors } from "../linalg/basis.ts";
import type { LinearOperator } from "../linalg/operator.ts";
import type { Network } from "../networks/network.ts";
import type { SampledObjective } from "../optim/sample.ts";
import { checkFit, checkPoint } from "./check_fit.ts";
import { GRADIENT, productsWith } from "./chunk_sums.ts";
import { boxProgram } from "./box_program.ts";
import { ChunkedObjective, TANGENTS_AT_ONCE } from "./chunked_objective.ts";
import { chunksOfTables, tablesOf } from "./chunks.ts";
import {
  batchOf,
  chunkOf,
  gradientProgram,
  hessianProgram,
  lossProgram,
  tangentsFor,
} from "./classifier_program.ts";
import { foldingOf } from "./folding.ts";
import { hessianSessions } from "./hessian_sessions.ts";
import { hostSums } from "./host_sums.ts";
import { checkMoments, momentValues, momentVariables, type NormMoments } from "./norm_moments.ts";
import type { Performance } from "./performance.ts";
import { quadraticFormsProgram } from "./quadratic_forms.ts";
import { sampleChunksOf } from "./sample_chunks.ts";
import { sessionSums } from "./session_sums.ts";
import { subspaceObjective } from "./subspace_objective.ts";
import { subspaceProgram } from "./subspace_program.ts";
import { vertexProgram } from "./vertex_program.ts";

/** f, ∇f and Hv of a network over a data set, and f over samples of it. */
export interface ClassifierObjective extends SampledObjective, AsyncDisposable {
  /** H = ∇²f(x), through exact products Hv. `x` is copied. */
  hessian(x: Float64Array): LinearOperator;
  /** f and the accuracy at x, or R², without the gradient. */
  performance(x: Float64Array): Promise<Performance>;
}

/** How {@link objectiveOf} computes. */
export interface ObjectiveOptions {
  /** Who computes. */
  readonly engine: Engine;
  /**
   * Examples per chunk, default 5000. With batch statistics each chunk is normalised by itself,
   * so the chunk decides f: the paper's own code evaluates in batches of 5000.
   */
  readonly evaluationBatch?: number;
  /**
   * Normalise with these moments instead of each chunk's own, such as running averages from
   * training or `recomputedMoments()`. They are held fixed: no derivative sees them.
   */
  readonly moments?: NormMoments;
}

/**
 * The training objective f(x) = (1/M) Σ_i f_i(x): the mean of the network's loss, cross-entropy in
 * nats unless it has another, over the whole data set, with its gradient and exact Hessian-vector
 * products (JVP of the VJP). With weights in the data set f(x) = Σ_i w_i f_i(x) / Σ_i w_i.
 *
 * The data are taken in fixed chunks. Losses are summed in float64 over examples, and gradients
 * and products over chunks; within a chunk the engine computes in float32. An engine with a memory of
 * its own sums gradients and products there, in float32, and holds the vectors of `vertexSearch` and
 * those of a Hessian's `krylovBasis` and `projection`.
 * Calls made while another is under way wait for their turn.
 *
 * Source: Keskar et al. 2017, eq. (1).
 *
 * @throws {TypeError} If the data set or the moments do not fit the network; from the methods, if
 *   a vector has not n entries.
 * @throws {RangeError} If `evaluationBatch` is not a positive integer, the data set is empty or
 *   holds what is no number, label, target or weight, or moments or a vector are not finite.
 */
export async function objectiveOf(
  network: Network,
  dataset: Dataset,
  { engine, evaluationBatch = 5000, moments }: ObjectiveOptions,
): Promise<ClassifierObjective> {
  checkFit(network, dataset, evaluationBatch);
  const tables = tablesOf(network, dataset);
  const chunks = chunksOfTables(tables, evaluationBatch);
  if (moments) checkMoments(network, moments);
  const samples = sampleChunksOf(network, tables, evaluationBatch);
  const variables = network.variables();
  const inSession = engine.ownMemory ? sessionSums(network) : undefined;
  const sums = inSession ?? hostSums(network);
  const tangents = Array.from(
    { length: TANGENTS_AT_ONCE },
    (_, k) => tangentsFor(variables, k, sums.leaf),
  );
  const isWeighted = dataset.weights !== undefined;
  const pass = moments ? { moments: momentVariables(network) } : {};
  const sizes = new Set(chunks.map(({ size }) => size));
  const sampleSizes = samples.flatMap(({ chunks }) => chunks.map(({ size }) => size));
  const allSizes = [...sizes.union(new Set(sampleSizes))];
  const graphs = new Map(
    allSizes.map((size) =>
      [size, chunkOf(network, variables, batchOf(network, size, isWeighted), pass)] as const
    ),
  );
  const programs = allSizes.map((size) => {
    const chunk = graphs.get(size)!;
    const ofSamples = {
      ...lossProgram(chunk, size),
      ...gradientProgram(chunk, variables, size),
    };
    if (!sizes.has(size)) return ofSamples;
    return {
      ...ofSamples,
      ...hessianProgram(chunk, variables, tangents.slice(0, 1), size),
      ...hessianProgram(chunk, variables, tangents, size),
    };
  });
  const program: Program = Object.assign({}, ...programs);
  const open = async (program: Program): Promise<Session> => {
    const session = await engine.load(program);
    if (moments) await session.assign(momentValues(moments));
    const fixed = network.fixed?.() ?? [];
    if (fixed.length > 0) {
      await session.assign(Object.fromEntries(fixed.map(({ name, values }) => [name, values])));
    }
    return session;
  };
  const kinds = [GRADIENT, productsWith(1), productsWith(TANGENTS_AT_ONCE)];
  const session = await open({
    ...sums.prepared(program, kinds, allSizes),
    ...(inSession && {
      ...vertexProgram(variables, inSession.variablesOf(GRADIENT)),
      ...boxProgram(
        foldingOf(variables.map(({ shape }) => shape)),
        variables,
        inSession.variablesOf(GRADIENT),
      ),
    }),
    ...(inSession && Object.assign(
      {},
      ...[tangents.slice(0, 1), tangents].map((several) => {
        const kind = productsWith(several.length);
        return quadraticFormsProgram(
          several,
          several.map((_, k) => inSession.variablesOf(kind, k)),
        );
      }),
    ) as Program),
  });
  const within = async (x: Float64Array, factors: BasisFactors) => {
    checkPoint(network, x);
    // A session of its own: its program is known only now.
    const sums = sessionSums(network);
    const names = [...sizes].map(GRADIENT.nameFor);
    const gradients = Object.fromEntries(names.map((name) => [name, program[name]!]));
    const session = await open({
      ...sums.prepared(gradients, [GRADIENT], [...sizes]),
      ...subspaceProgram(variables, sums.variablesOf(GRADIENT), factors.matrix.columns),
    });
    return await subspaceObjective({ network, chunks, session, sums, x, factors });
  };
  return new ChunkedObjective({
    network,
    chunks,
    samples,
    session,
    sums,
    ...(inSession && {
      inSession,
      within,
      hessianSessions: hessianSessions({ network, variables, chunks, graphs, open }),
    }),
  });
}
