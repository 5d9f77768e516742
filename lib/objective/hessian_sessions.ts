import type { Session } from "../engine/engine.ts";
import { variable } from "../graph/ops/leaf.ts";
import type { Program } from "../graph/program.ts";
import type { Value } from "../graph/value.ts";
import type { KrylovBasis } from "../linalg/krylov_basis.ts";
import type { Projection, ProjectionStart } from "../linalg/projection.ts";
import type { Network } from "../networks/network.ts";
import { productsWith } from "./chunk_sums.ts";
import type { ChunkFeeds } from "./chunks.ts";
import { type Chunk, hessianProgram } from "./classifier_program.ts";
import { foldingOf, PRODUCT_VECTOR } from "./folding.ts";
import { krylovProgram } from "./krylov_program.ts";
import { weightOf } from "./performance.ts";
import type { ProductSession, ProductValues } from "./product_session.ts";
import { projectionProgram } from "./projection_program.ts";
import { sessionKrylov } from "./session_krylov.ts";
import { sessionProjection } from "./session_projection.ts";
import { sessionSums } from "./session_sums.ts";

/**
 * Most bytes of vectors by default: 1400 vectors of F1, 140 of C2. A GPU of 16 GB has room for them beside
 * the activations; more of them lie in the host's memory, by a rule that is the same on every machine.
 */
const MOST_BYTES = 2 ** 33;

/** What the sessions are made of. */
export interface HessianSessionParts {
  readonly network: Network;
  readonly variables: readonly Value[];
  readonly chunks: readonly ChunkFeeds[];
  /** The graph of the loss on a chunk, by its size: of all sizes of the chunks at least. */
  readonly graphs: ReadonlyMap<number, Chunk>;
  /** Loads a program, with all that is held fixed. */
  open(program: Program): Promise<Session>;
  /** Most bytes of vectors. */
  readonly mostBytes?: number;
}

/** What a Hessian's vectors lie in, each in a session of its own. */
export interface HessianSessions {
  /** See `LinearOperator`; at x. */
  krylovBasis(x: Float64Array, most: number): Promise<KrylovBasis | undefined>;
  /** See `LinearOperator`; at x. */
  projection(x: Float64Array, start: ProjectionStart): Promise<Projection | undefined>;
}

/**
 * Opens sessions in which products Hv are made with a vector that lies there. They are not the
 * objective's own: their programs depend on how many vectors there are to be.
 */
export function hessianSessions(
  { network, variables, chunks, graphs, open, mostBytes = MOST_BYTES }: HessianSessionParts,
): HessianSessions {
  const sizes = [...new Set(chunks.map(({ size }) => size))];
  const kind = productsWith(1);
  const fit = (vectors: number) =>
    vectors * network.dimension * Float32Array.BYTES_PER_ELEMENT <= mostBytes;
  const factor = 1 / weightOf(network, chunks);
  /** A session of products, which are one program for all, and of functions on vectors. */
  const opened = async (
    functions: (values: ProductValues) => Program,
  ): Promise<ProductSession> => {
    const sums = sessionSums(network);
    const folding = foldingOf(variables.map(({ shape }) => shape));
    const vector = variable(PRODUCT_VECTOR, folding.shape);
    const tangent = folding.unfold(vector);
    const products: Program = Object.assign(
      {},
      ...sizes.map((size) => hessianProgram(graphs.get(size)!, variables, [tangent], size)),
    );
    const prepared = sums.prepared(products, [kind], sizes);
    const session = await open({
      ...prepared,
      ...functions({ folding, vector, sums: sums.variablesOf(kind), factor }),
    });
    return { network, chunks, session, sums, folding };
  };
  return {
    async krylovBasis(x, most) {
      if (!fit(most)) return undefined;
      const parts = await opened(
        (values) => krylovProgram({ ...values, most }),
      );
      return await sessionKrylov({ ...parts, x, most });
    },
    async projection(x, start) {
      const { count } = start;
      // Their images, too.
      if (!fit(2 * count)) return undefined;
      const parts = await opened(
        (values) => projectionProgram({ ...values, count }),
      );
      return await sessionProjection({ ...parts, x, start });
    },
  };
}
