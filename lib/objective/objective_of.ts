import type { Dataset } from "../data/dataset.ts";
import type { Engine, Session } from "../engine/engine.ts";
import type { LinearOperator } from "../linalg/operator.ts";
import { addParameters, splitParameters } from "../networks/flat.ts";
import type { Network } from "../networks/network.ts";
import type { Evaluation, Objective } from "../optim/objective.ts";
import { checkFit } from "./check_fit.ts";
import { type ChunkFeeds, chunksOf } from "./chunks.ts";
import {
  chunkOf,
  gradientProgram,
  hessianProgram,
  lossProgram,
  tangentName,
  tangentsFor,
} from "./classifier_program.ts";
import { type Performance, performanceOf } from "./performance.ts";

/** f, ∇f and Hv of a network over a data set. */
export interface ClassifierObjective extends Objective, AsyncDisposable {
  /** H = ∇²f(x), through exact products Hv. `x` is copied. */
  hessian(x: Float64Array): LinearOperator;
  /** f and the accuracy at x, without the gradient. */
  performance(x: Float64Array): Promise<Performance>;
}

/** How {@link objectiveOf} computes. */
export interface ObjectiveOptions {
  readonly engine: Engine;
  /**
   * Examples per chunk, default 5000. With batch statistics each chunk is normalised by itself,
   * so the chunk decides f: the paper's own code evaluates in batches of 5000.
   */
  readonly evaluationBatch?: number;
}

/**
 * The training objective f(x) = (1/M) Σ_i f_i(x): mean cross-entropy in nats over the whole data
 * set, with its gradient and exact Hessian-vector products (JVP of the VJP).
 *
 * The data are taken in fixed chunks. Losses are summed in float64 over examples, and gradients
 * and products over chunks; within a chunk the engine computes in float32. Calls made while
 * another is under way wait for their turn.
 *
 * Source: Keskar et al. 2017, eq. (1).
 *
 * @throws {TypeError} If the data set does not fit the network.
 * @throws {RangeError} If `evaluationBatch` is not a positive integer.
 */
export async function objectiveOf(
  network: Network,
  dataset: Dataset,
  { engine, evaluationBatch = 5000 }: ObjectiveOptions,
): Promise<ClassifierObjective> {
  checkFit(network, dataset, evaluationBatch);
  const chunks = chunksOf(dataset, evaluationBatch);
  const variables = network.variables();
  const tangents = tangentsFor(variables);
  const programs = [...new Set(chunks.map(({ size }) => size))].map((size) => {
    const chunk = chunkOf(network, variables, size);
    return {
      ...lossProgram(chunk, size),
      ...gradientProgram(chunk, variables, size),
      ...hessianProgram(chunk, variables, tangents, size),
    };
  });
  const session = await engine.load(Object.assign({}, ...programs));
  return new ChunkedObjective(network, dataset.count, chunks, session);
}

class ChunkedObjective implements ClassifierObjective {
  readonly dimension: number;
  readonly #network: Network;
  readonly #count: number;
  readonly #chunks: readonly ChunkFeeds[];
  readonly #session: Session;
  /** The last call; the next one waits for it, since they share the session's variables. */
  #turn: Promise<unknown> = Promise.resolve();
  /** The Hessian whose point the session's variables hold, if it is one's. */
  #pointOf: symbol | undefined;

  constructor(network: Network, count: number, chunks: readonly ChunkFeeds[], session: Session) {
    this.dimension = network.dimension;
    this.#network = network;
    this.#count = count;
    this.#chunks = chunks;
    this.#session = session;
  }

  async evaluate(x: Float64Array): Promise<Evaluation> {
    const point = splitParameters(this.#network, x);
    return await this.#inTurn(async () => {
      await this.#moveTo(point);
      const gradient = new Float64Array(this.dimension);
      let total = 0;
      for (const { size, feeds } of this.#chunks) {
        const { losses, ...parts } = await this.#session.run(`gradient ${size}`, feeds);
        for (const loss of losses!) total += loss;
        addParameters(this.#network, parts, gradient);
      }
      return { value: total / this.#count, gradient: scaled(gradient, 1 / this.#count) };
    });
  }

  async performance(x: Float64Array): Promise<Performance> {
    const point = splitParameters(this.#network, x);
    return await this.#inTurn(async () => {
      await this.#moveTo(point);
      return await performanceOf(this.#session, this.#chunks);
    });
  }

  hessian(x: Float64Array): LinearOperator {
    const point = splitParameters(this.#network, x);
    const identity = Symbol("Hessian");
    const apply = async (v: Float64Array) => {
      const tangents = Object.fromEntries(
        Object.entries(splitParameters(this.#network, v)).map((
          [name, part],
        ) => [tangentName(name), part]),
      );
      return await this.#inTurn(async () => {
        if (this.#pointOf !== identity) await this.#moveTo(point, identity);
        const product = new Float64Array(this.dimension);
        for (const { size, feeds } of this.#chunks) {
          const parts = await this.#session.run(`hessian ${size}`, { ...feeds, ...tangents });
          addParameters(this.#network, parts, product);
        }
        return scaled(product, 1 / this.#count);
      });
    };
    return { dimension: this.dimension, apply };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inTurn(() => this.#session[Symbol.asyncDispose]());
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

function scaled(vector: Float64Array, factor: number): Float64Array {
  for (let i = 0; i < vector.length; i++) vector[i]! *= factor;
  return vector;
}
