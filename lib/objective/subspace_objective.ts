import type { Session } from "../engine/engine.ts";
import { sizeOf } from "../graph/shape.ts";
import type { BasisFactors } from "../linalg/basis.ts";
import { splitParameters } from "../networks/flat.ts";
import type { Network } from "../networks/network.ts";
import type { Objective } from "../optim/objective.ts";
import { GRADIENT } from "./chunk_sums.ts";
import type { ChunkFeeds } from "./chunks.ts";
import { summedLosses, weightOf } from "./performance.ts";
import type { SessionSums } from "./session_sums.ts";
import { centreName, COORDINATES, rowsName, SUBSPACE_FUNCTIONS } from "./subspace_program.ts";

/** What f in a subspace is made of. */
export interface SubspaceParts {
  readonly network: Network;
  readonly chunks: readonly ChunkFeeds[];
  /** Of its own, with `subspaceProgram` and the sums of the gradient; it is disposed of with the rest. */
  readonly session: Session;
  readonly sums: SessionSums;
  /** The point at z = 0, shape [n]. */
  readonly x: Float64Array;
  /** A. */
  readonly factors: BasisFactors;
}

/**
 * y ↦ f(x + Ay) with gradient Aᵀ∇f, where A lies in the session: p numbers go in, and p come out for
 * each parameter, which are added up in float64. The products themselves are float32.
 */
export async function subspaceObjective(
  { network, chunks, session, sums, x, factors }: SubspaceParts,
): Promise<Objective & AsyncDisposable> {
  const { matrix, into, back } = factors;
  const p = matrix.columns;
  const totalWeight = weightOf(network, chunks);
  await session.assign(Object.fromEntries(
    Object.entries(splitParameters(network, x)).flatMap(([name, part]) => [
      [name, part],
      [centreName(name), part],
    ]),
  ));
  await session.assign(rowsOf(network, factors));
  await sums.clear(session, GRADIENT);
  /** The last call; the next one waits for it, since they share the session's variables. */
  let turn: Promise<unknown> = Promise.resolve();
  const evaluate = async (z: Float64Array) => {
    await session.run(SUBSPACE_FUNCTIONS.move, { [COORDINATES]: z }, []);
    const losses = summedLosses();
    await sums.add(session, chunks, GRADIENT, losses.add);
    const { products } = await session.run(SUBSPACE_FUNCTIONS.restrict);
    const total = new Float64Array(p);
    products!.forEach((product, i) => total[i % p]! += product / totalWeight);
    return { value: losses.total() / totalWeight, gradient: back(total) };
  };
  return {
    dimension: p,
    evaluate(y) {
      const z = into(y).slice();
      const result = turn.then(() => evaluate(z));
      turn = result.catch(() => {});
      return result;
    },
    [Symbol.asyncDispose]: () => turn.then(() => session[Symbol.asyncDispose]()),
  };
}

/** A's rows by parameter, for their variables. */
function rowsOf(
  { parameters }: Network,
  { matrix }: BasisFactors,
): Record<string, Float32Array> {
  const p = matrix.columns;
  const parts = parameters.map(({ name, shape, offset }) => ({
    name,
    begin: offset * p,
    entries: new Float32Array(sizeOf(shape) * p),
  }));
  let current = 0;
  matrix.forEachBlock((block, firstRow) => {
    for (let at = 0; at < block.length;) {
      const { begin, entries } = parts[current]!;
      const from = firstRow * p + at - begin;
      const count = Math.min(entries.length - from, block.length - at);
      entries.set(block.subarray(at, at + count), from);
      at += count;
      if (from + count === entries.length) current++;
    }
  });
  return Object.fromEntries(parts.map(({ name, entries }) => [rowsName(name), entries]));
}
