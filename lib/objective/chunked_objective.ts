import type { Session } from "../engine/engine.ts";
import type { LinearOperator } from "../linalg/operator.ts";
import { splitParameters } from "../networks/flat.ts";
import type { Network } from "../networks/network.ts";
import type { Box, Evaluation } from "../optim/objective.ts";
import type { VertexSearch } from "../optim/vertex_search.ts";
import { checkPoint } from "./check_fit.ts";
import { type ChunkSums, GRADIENT, type OnChunk, productsWith } from "./chunk_sums.ts";
import type { ChunkFeeds } from "./chunks.ts";
import { tangentName } from "./classifier_program.ts";
import { addLosses, type Performance, performanceOf, totalWeight } from "./performance.ts";
import { type SearchHost, type SessionOwners, sessionSearch } from "./session_search.ts";
import type { SessionSums } from "./session_sums.ts";

/** Tangents per call where many products at one point are wanted: they share the gradient. */
export const TANGENTS_AT_ONCE = 4;

/** What an objective is made of. */
export interface ObjectiveParts {
  readonly network: Network;
  readonly chunks: readonly ChunkFeeds[];
  readonly session: Session;
  readonly sums: ChunkSums;
  /** The sums, if the session holds them. */
  readonly inSession?: SessionSums | undefined;
}

/** f, ∇f and Hv over chunks of examples: see `objectiveOf()`. */
export class ChunkedObjective {
  readonly dimension: number;
  readonly vertexSearch?: (box: Box) => VertexSearch;
  readonly #network: Network;
  /** Of all rows; their number where all count alike. */
  readonly #totalWeight: number;
  readonly #chunks: readonly ChunkFeeds[];
  readonly #session: Session;
  readonly #sums: ChunkSums;
  /** The last call; the next one waits for it, since they share the session's variables. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #owners: SessionOwners = { search: undefined, point: undefined };

  constructor({ network, chunks, session, sums, inSession }: ObjectiveParts) {
    this.dimension = network.dimension;
    this.#network = network;
    this.#totalWeight = chunks.reduce((sum, chunk) => sum + totalWeight(network, chunk), 0);
    this.#chunks = chunks;
    this.#session = session;
    this.#sums = sums;
    if (inSession) {
      const host = this.#searchHost(inSession);
      this.vertexSearch = (box) => sessionSearch(host, box);
    }
  }

  /** See `Objective`. */
  async evaluate(x: Float64Array): Promise<Evaluation> {
    const point = this.#split(x);
    return await this.#inTurn(async () => {
      await this.#moveTo(point);
      const losses = summedLosses();
      const [gradient] = await this.#sums.over(
        this.#session,
        this.#chunks,
        GRADIENT,
        {},
        losses.add,
      );
      const value = losses.total() / this.#totalWeight;
      return { value, gradient: scaled(gradient!, 1 / this.#totalWeight) };
    });
  }

  /** See `ClassifierObjective`. */
  async performance(x: Float64Array): Promise<Performance> {
    const point = this.#split(x);
    return await this.#inTurn(async () => {
      await this.#moveTo(point);
      return await performanceOf(this.#network, this.#session, this.#chunks);
    });
  }

  /** See `ClassifierObjective`. */
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
        if (this.#owners.point !== identity) await this.#moveTo(point, identity);
        const kind = productsWith(vectors.length);
        const parts = Object.fromEntries(tangents);
        const products = await this.#sums.over(this.#session, this.#chunks, kind, parts);
        return products.map((product) => scaled(product, 1 / this.#totalWeight));
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

  /** Frees what the session holds. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inTurn(() => this.#session[Symbol.asyncDispose]());
  }

  #split(x: Float64Array, what?: string): Record<string, Float64Array> {
    checkPoint(this.#network, x, what);
    return splitParameters(this.#network, x);
  }

  async #moveTo(point: Record<string, Float64Array>, owner?: symbol): Promise<void> {
    this.#owners.point = owner;
    await this.#session.assign(point);
  }

  /** What a search shares with this objective. */
  #searchHost(sums: SessionSums): SearchHost {
    const session = this.#session;
    return {
      network: this.#network,
      session,
      totalWeight: this.#totalWeight,
      owners: this.#owners,
      alone: (body) => this.#inTurn(body),
      clear: () => sums.clear(session, GRADIENT),
      setSums: (vector) => sums.set(session, GRADIENT, vector),
      evaluate: async () => {
        const losses = summedLosses();
        await sums.add(session, this.#chunks, GRADIENT, losses.add);
        return losses.total() / this.#totalWeight;
      },
    };
  }

  #inTurn<T>(body: () => PromiseLike<T>): Promise<T> {
    const result = this.#turn.then(body);
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** Adds up the losses of chunks, in float64. */
function summedLosses(): { readonly add: OnChunk; total(): number } {
  let total = 0;
  return {
    add({ weights }, { losses }) {
      total = addLosses(losses!, weights, total);
    },
    total: () => total,
  };
}

function scaled(vector: Float64Array, factor: number): Float64Array {
  for (let i = 0; i < vector.length; i++) vector[i]! *= factor;
  return vector;
}
