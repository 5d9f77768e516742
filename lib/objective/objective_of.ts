import type { Dataset } from "../data/dataset.ts";
import type { Engine, Session } from "../engine/engine.ts";
import type { LinearOperator } from "../linalg/operator.ts";
import { addParameters, splitParameters } from "../networks/flat.ts";
import type { Network } from "../networks/network.ts";
import type { Evaluation, Objective } from "../optim/objective.ts";
import type { Sample, SampledObjective } from "../optim/sample.ts";
import { checkFit, checkPoint } from "./check_fit.ts";
import { type ChunkFeeds, chunksOfTables, tablesOf } from "./chunks.ts";
import {
  batchOf,
  chunkOf,
  gradientProgram,
  hessianName,
  hessianProgram,
  lossProgram,
  tangentName,
  tangentsFor,
} from "./classifier_program.ts";
import { checkMoments, momentValues, momentVariables, type NormMoments } from "./norm_moments.ts";
import { addLosses, type Performance, performanceOf, totalWeight } from "./performance.ts";
import { type SampleChunks, sampleChunksOf } from "./sample_chunks.ts";

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

/** Tangents per call where many products at one point are wanted: they share the gradient. */
const TANGENTS_AT_ONCE = 4;

/**
 * The training objective f(x) = (1/M) Σ_i f_i(x): the mean of the network's loss, cross-entropy in
 * nats unless it has another, over the whole data set, with its gradient and exact Hessian-vector
 * products (JVP of the VJP). With weights in the data set f(x) = Σ_i w_i f_i(x) / Σ_i w_i.
 *
 * The data are taken in fixed chunks. Losses are summed in float64 over examples, and gradients
 * and products over chunks; within a chunk the engine computes in float32. Calls made while
 * another is under way wait for their turn.
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
  const tangents = Array.from({ length: TANGENTS_AT_ONCE }, (_, k) => tangentsFor(variables, k));
  const isWeighted = dataset.weights !== undefined;
  const pass = moments ? { moments: momentVariables(network) } : {};
  const sizes = new Set(chunks.map(({ size }) => size));
  const sampleSizes = samples.flatMap(({ chunks }) => chunks.map(({ size }) => size));
  const programs = [...sizes.union(new Set(sampleSizes))].map((size) => {
    const chunk = chunkOf(network, variables, batchOf(network, size, isWeighted), pass);
    const gradient = gradientProgram(chunk, variables, size);
    if (!sizes.has(size)) return gradient;
    return {
      ...lossProgram(chunk, size),
      ...gradient,
      ...hessianProgram(chunk, variables, tangents.slice(0, 1), size),
      ...hessianProgram(chunk, variables, tangents, size),
    };
  });
  const session = await engine.load(Object.assign({}, ...programs));
  if (moments) await session.assign(momentValues(moments));
  const fixed = network.fixed?.() ?? [];
  if (fixed.length > 0) {
    await session.assign(Object.fromEntries(fixed.map(({ name, values }) => [name, values])));
  }
  return new ChunkedObjective(network, chunks, samples, session);
}

class ChunkedObjective implements ClassifierObjective {
  readonly dimension: number;
  readonly samples: readonly Sample[];
  readonly #network: Network;
  /** Of all rows; their number where all count alike. */
  readonly #totalWeight: number;
  readonly #chunks: readonly ChunkFeeds[];
  readonly #session: Session;
  /** The last call; the next one waits for it, since they share the session's variables. */
  #turn: Promise<unknown> = Promise.resolve();
  /** The Hessian whose point the session's variables hold, if it is one's. */
  #pointOf: symbol | undefined;

  constructor(
    network: Network,
    chunks: readonly ChunkFeeds[],
    samples: readonly SampleChunks[],
    session: Session,
  ) {
    this.dimension = network.dimension;
    this.#network = network;
    this.#totalWeight = weightOf(network, chunks);
    this.#chunks = chunks;
    this.#session = session;
    this.samples = samples.map(({ chunks: sampled, mislabelled }) => ({
      share: examplesOf(sampled) / examplesOf(chunks),
      ...this.#over(sampled),
      ...(mislabelled && { mislabelled: this.#over(mislabelled) }),
    }));
  }

  evaluate(x: Float64Array): Promise<Evaluation> {
    return this.#evaluate(x, this.#chunks, this.#totalWeight);
  }

  /** f over some chunks alone. */
  #over(chunks: readonly ChunkFeeds[]): Objective {
    const weight = weightOf(this.#network, chunks);
    return {
      dimension: this.dimension,
      evaluate: (x) => this.#evaluate(x, chunks, weight),
    };
  }

  async #evaluate(
    x: Float64Array,
    chunks: readonly ChunkFeeds[],
    totalWeight: number,
  ): Promise<Evaluation> {
    const point = this.#split(x);
    return await this.#inTurn(async () => {
      await this.#moveTo(point);
      const gradient = new Float64Array(this.dimension);
      let total = 0;
      for (const { size, feeds, weights } of chunks) {
        const { losses, ...parts } = await this.#session.run(`gradient ${size}`, feeds);
        total = addLosses(losses!, weights, total);
        addParameters(this.#network, parts, gradient);
      }
      return { value: total / totalWeight, gradient: scaled(gradient, 1 / totalWeight) };
    });
  }

  async performance(x: Float64Array): Promise<Performance> {
    const point = this.#split(x);
    return await this.#inTurn(async () => {
      await this.#moveTo(point);
      return await performanceOf(this.#network, this.#session, this.#chunks);
    });
  }

  hessian(x: Float64Array): LinearOperator {
    const point = this.#split(x);
    const identity = Symbol("Hessian");
    const products = (vectors: readonly Float64Array[]) => {
      const tangents = vectors.flatMap((v, k) =>
        Object.entries(this.#split(v, "a tangent")).map(([name, part]) => [
          tangentName(name, k),
          part,
        ])
      );
      return this.#inTurn(async () => {
        if (this.#pointOf !== identity) await this.#moveTo(point, identity);
        return await this.#products(vectors.length, Object.fromEntries(tangents));
      });
    };
    return {
      dimension: this.dimension,
      apply: async (v) => (await products([v]))[0]!,
      async applyAll(vectors) {
        const results: Float64Array[] = [];
        while (results.length < vectors.length) {
          const rest = vectors.length - results.length;
          const count = rest < TANGENTS_AT_ONCE ? 1 : TANGENTS_AT_ONCE;
          results.push(...await products(vectors.slice(results.length, results.length + count)));
        }
        return results;
      },
    };
  }

  /** Hv of the vectors in the feeds, at the point that the session holds. */
  async #products(
    count: number,
    tangents: Readonly<Record<string, Float64Array>>,
  ): Promise<Float64Array[]> {
    const results = Array.from({ length: count }, () => new Float64Array(this.dimension));
    for (const { size, feeds } of this.#chunks) {
      const parts = await this.#session.run(hessianName(size, count), { ...feeds, ...tangents });
      results.forEach((product, k) => {
        addParameters(this.#network, parts, product, (name) => tangentName(name, k));
      });
    }
    return results.map((product) => scaled(product, 1 / this.#totalWeight));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inTurn(() => this.#session[Symbol.asyncDispose]());
  }

  #split(x: Float64Array, what?: string): Record<string, Float64Array> {
    checkPoint(this.#network, x, what);
    return splitParameters(this.#network, x);
  }

  async #moveTo(point: Record<string, Float64Array>, owner?: symbol): Promise<void> {
    this.#pointOf = owner;
    await this.#session.assign(point);
  }

  #inTurn<T>(body: () => PromiseLike<T>): Promise<T> {
    const result = this.#turn.then(body);
    this.#turn = result.catch(() => {});
    return result;
  }
}

function weightOf(network: Network, chunks: readonly ChunkFeeds[]): number {
  return chunks.reduce((sum, chunk) => sum + totalWeight(network, chunk), 0);
}

function examplesOf(chunks: readonly ChunkFeeds[]): number {
  return chunks.reduce((sum, { size }) => sum + size, 0);
}

function scaled(vector: Float64Array, factor: number): Float64Array {
  for (let i = 0; i < vector.length; i++) vector[i]! *= factor;
  return vector;
}
