/** A session in which products Hv are made, and functions on the vectors in it. */
import type { Session } from "../engine/engine.ts";
import type { Value } from "../graph/value.ts";
import type { Network } from "../networks/network.ts";
import type { ChunkFeeds } from "./chunks.ts";
import type { Folding } from "./folding.ts";
import type { SessionSums } from "./session_sums.ts";

/** What the functions on its vectors are made of. */
export interface ProductValues {
  readonly folding: Folding;
  /** The variable of v, folded. */
  readonly vector: Value;
  /** By parameter: Hv is `factor` times these. */
  readonly sums: readonly Value[];
  readonly factor: number;
}

/** Such a session; who is given it disposes of it. */
export interface ProductSession {
  readonly network: Network;
  readonly chunks: readonly ChunkFeeds[];
  readonly session: Session;
  /** The products' sums. */
  readonly sums: SessionSums;
  readonly folding: Folding;
}
