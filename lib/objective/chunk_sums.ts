/** Sums over chunks of what functions compute for the parameters, such as ∇f and products Hv. */
import type { NumericArray, Session } from "../engine/engine.ts";
import type { Program } from "../graph/program.ts";
import type { Shape } from "../graph/shape.ts";
import type { Value } from "../graph/value.ts";
import type { ChunkFeeds } from "./chunks.ts";
import { hessianName, tangentName } from "./classifier_program.ts";

/** Functions, one for each size of chunk, that compute summands of one or more vectors of n. */
export interface Summands {
  /** For instance `gradient`. */
  readonly name: string;
  /** Name of the function for chunks of a size. */
  readonly nameFor: (size: number) => string;
  /** For each vector, the name of the output that is a parameter's part of it. */
  readonly vectors: readonly ((parameter: string) => string)[];
}

/** Of ∇f, by `gradientProgram()`. */
export const GRADIENT: Summands = {
  name: "gradient",
  nameFor: (size) => `gradient ${size}`,
  vectors: [(parameter) => parameter],
};

/** Of the products with so many tangents, by `hessianProgram()`. */
export function productsWith(count: number): Summands {
  return {
    name: `products with ${count}`,
    nameFor: (size) => hessianName(size, count),
    vectors: Array.from({ length: count }, (_, k) => (parameter) => tangentName(parameter, k)),
  };
}

/** Told of the outputs of a chunk's function that are no summands. */
export type OnChunk = (
  chunk: ChunkFeeds,
  outputs: Readonly<Record<string, NumericArray>>,
) => void;

/** Where sums are made, and where the vectors lie that all their summands read. */
export interface ChunkSums {
  /** A leaf for a part of such a vector. */
  leaf(name: string, shape: Shape): Value;
  /** The program, its functions of these kinds and sizes made such that they can be summed. */
  prepared(program: Program, kinds: readonly Summands[], sizes: readonly number[]): Program;
  /**
   * Sums over all chunks.
   *
   * @param read Parts of the vectors that are read, by the names of their leaves.
   * @returns The sums, each of length n.
   */
  over(
    session: Session,
    chunks: readonly ChunkFeeds[],
    kind: Summands,
    read?: Readonly<Record<string, NumericArray>>,
    onChunk?: OnChunk,
  ): Promise<Float64Array[]>;
}
