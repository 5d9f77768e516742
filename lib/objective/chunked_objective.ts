import type { Session } from "../engine/engine.ts";
import type { LinearOperator } from "../linalg/operator.ts";
import { splitParameters } from "../networks/flat.ts";
import type { Network } from "../networks/network.ts";
import type { Evaluation, Objective } from "../optim/objective.ts";
import type { Sample } from "../optim/sample.ts";
import { checkPoint } from "./check_fit.ts";
import { type ChunkSums, GRADIENT, productsWith, type Summands } from "./chunk_sums.ts";
import type { ChunkFeeds } from "./chunks.ts";
import { tangentName } from "./classifier_program.ts";
import { type Performance, performanceOf, summedLosses, weightOf } from "./performance.ts";
import { foldingOf } from "./folding.ts";
import type { HessianSessions } from "./hessian_sessions.ts";
import { formsName, formsOf } from "./quadratic_forms.ts";
import type { SampleChunks } from "./sample_chunks.ts";
import { type SearchHost, type SessionOwners, sessionSearch } from "./session_search.ts";
import { sessionBox } from "./session_box.ts";
import type { SessionSums } from "./session_sums.ts";

/** Tangents per call where many products at one point are wanted: they share the gradient. */
export const TANGENTS_AT_ONCE = 4;

/** What an objective is made of. */
export interface ObjectiveParts {
  readonly network: Network;
  readonly chunks: readonly ChunkFeeds[];
  readonly samples: readonly SampleChunks[];
  readonly session: Session;
  readonly sums: ChunkSums;
  /** The sums, if the session holds them. */
  readonly inSession?: SessionSums | undefined;
  /** f in a subspace, if a session is to hold A. */
  readonly within?: Objective["within"] | undefined;
  /** What a Hessian's vectors lie in, if sessions are to hold them. */
  readonly hessianSessions?: HessianSessions | undefined;
}

/** f, ∇f and Hv over chunks of examples: see `objectiveOf()`. */
export class ChunkedObjective {
  readonly dimension: number;
  readonly samples: readonly Sample[];
  /** See `Objective`. */
  readonly evaluate: Objective["evaluate"];
  readonly vertexSearch?: NonNullable<Objective["vertexSearch"]>;
  readonly boxSearch?: NonNullable<Objective["boxSearch"]>;
  readonly within?: NonNullable<Objective["within"]>;
  readonly #network: Network;
  /** Of all rows; their number where all count alike. */
  readonly #totalWeight: number;
  readonly #chunks: readonly ChunkFeeds[];
  readonly #session: Session;
  readonly #sums: ChunkSums;
  readonly #inSession: SessionSums | undefined;
  readonly #hessianSessions: HessianSessions | undefined;
  /** The last call; the next one waits for it, since they share the session's variables. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #owners: SessionOwners = {
    search: undefined,
    point: undefined,
    hasVertexVectors: false,
  };

  constructor(parts: ObjectiveParts) {
    const { network, chunks, samples, session, sums, inSession, within } = parts;
    this.dimension = network.dimension;
    this.#network = network;
    this.#totalWeight = weightOf(network, chunks);
    this.#chunks = chunks;
    this.#session = session;
    this.#sums = sums;
    this.#inSession = inSession;
    this.#hessianSessions = parts.hessianSessions;
    const { evaluate, vertexSearch, boxSearch } = this.#over(chunks);
    this.evaluate = evaluate;
    if (vertexSearch) this.vertexSearch = vertexSearch;
    if (boxSearch) this.boxSearch = boxSearch;
    if (within) this.within = within;
    this.samples = samples.map(({ chunks: sampled, mislabelled }) => ({
      share: examplesOf(sampled) / examplesOf(chunks),
      ...this.#over(sampled),
      loss: (x: Float64Array) => this.#performance(x, sampled).then(({ loss }) => loss),
      ...(mislabelled && { mislabelled: this.#over(mislabelled) }),
    }));
  }

  /** f over some chunks. */
  #over(chunks: readonly ChunkFeeds[]): Objective {
    const weight = weightOf(this.#network, chunks);
    const sums = this.#inSession;
    return {
      dimension: this.dimension,
      evaluate: (x) => this.#evaluate(x, chunks, weight),
      ...(sums && {
        vertexSearch: (box) => sessionSearch(this.#searchHost(sums, chunks, weight), box),
        boxSearch: (box, sign) =>
          sessionBox(
            this.#searchHost(sums, chunks, weight),
            foldingOf(this.#network.parameters.map(({ shape }) => shape)),
            box,
            sign,
          ),
      }),
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
      const losses = summedLosses();
      const [gradient] = await this.#sums.over(this.#session, chunks, GRADIENT, {}, losses.add);
      return {
        value: losses.total() / totalWeight,
        gradient: scaled(gradient!, 1 / totalWeight),
      };
    });
  }

  /** See `ClassifierObjective`. */
  performance(x: Float64Array): Promise<Performance> {
    return this.#performance(x, this.#chunks);
  }

  async #performance(x: Float64Array, chunks: readonly ChunkFeeds[]): Promise<Performance> {
    const point = this.#split(x);
    return await this.#inTurn(async () => {
      await this.#moveTo(point);
      return await performanceOf(this.#network, this.#session, chunks);
    });
  }

  /** See `ClassifierObjective`. */
  hessian(x: Float64Array): LinearOperator {
    const point = this.#split(x);
    const identity = Symbol("Hessian");
    /** Runs a body while the session is at the point and nothing else uses it. */
    const there = <Result>(
      vectors: readonly Float64Array[],
      body: (tangents: Record<string, Float64Array>, kind: Summands) => Promise<Result>,
    ) => {
      const tangents = vectors.flatMap((v, k) =>
        Object.entries(this.#split(v, "a tangent")).map(([name, part]) =>
          [tangentName(name, k), part] as const
        )
      );
      return this.#inTurn(async () => {
        if (this.#owners.point !== identity) await this.#moveTo(point, identity);
        return await body(Object.fromEntries(tangents), productsWith(vectors.length));
      });
    };
    const products = (vectors: readonly Float64Array[]) =>
      there(vectors, async (tangents, kind) => {
        const products = await this.#sums.over(this.#session, this.#chunks, kind, tangents);
        return products.map((product) => scaled(product, 1 / this.#totalWeight));
      });
    const sums = this.#inSession;
    const forms = (vectors: readonly Float64Array[]) =>
      there(vectors, async (tangents, kind) => {
        await sums!.clear(this.#session, kind);
        await this.#session.assign(tangents);
        await sums!.add(this.#session, this.#chunks, kind);
        const output = await this.#session.run(formsName(vectors.length));
        return formsOf(output.forms!, vectors.length).map((form) => form / this.#totalWeight);
      });
    const sessions = this.#hessianSessions;
    const copy = x.slice();
    return {
      dimension: this.dimension,
      apply: async (v) => (await products([v]))[0]!,
      applyAll: (vectors) => inGroups(vectors, products),
      ...(sums && { quadraticForms: (vectors) => inGroups(vectors, forms) }),
      ...(sessions && {
        krylovBasis: (most) => sessions.krylovBasis(copy, most),
        projection: (start) => sessions.projection(copy, start),
      }),
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

  /** What a search on some chunks shares with this objective. */
  #searchHost(sums: SessionSums, chunks: readonly ChunkFeeds[], totalWeight: number): SearchHost {
    const session = this.#session;
    return {
      network: this.#network,
      session,
      totalWeight,
      owners: this.#owners,
      alone: (body) => this.#inTurn(body),
      clear: () => sums.clear(session, GRADIENT),
      setSums: (vector) => sums.set(session, GRADIENT, vector),
      evaluate: async () => {
        const losses = summedLosses();
        await sums.add(session, chunks, GRADIENT, losses.add);
        return losses.total() / totalWeight;
      },
    };
  }

  #inTurn<T>(body: () => PromiseLike<T>): Promise<T> {
    const result = this.#turn.then(body);
    // Without the result itself, which holds a vector of n.
    this.#turn = result.then(() => {}, () => {});
    return result;
  }
}

/** What comes of all vectors, of as many at a time as there is a function for. */
async function inGroups<Result>(
  vectors: readonly Float64Array[],
  body: (vectors: readonly Float64Array[]) => Promise<readonly Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  while (results.length < vectors.length) {
    const rest = vectors.length - results.length;
    const count = rest < TANGENTS_AT_ONCE ? 1 : TANGENTS_AT_ONCE;
    results.push(...await body(vectors.slice(results.length, results.length + count)));
  }
  return results;
}

function examplesOf(chunks: readonly ChunkFeeds[]): number {
  return chunks.reduce((sum, { size }) => sum + size, 0);
}

function scaled(vector: Float64Array, factor: number): Float64Array {
  for (let i = 0; i < vector.length; i++) vector[i]! *= factor;
  return vector;
}
