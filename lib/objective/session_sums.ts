import type { Session } from "../engine/engine.ts";
import { add } from "../graph/ops/add.ts";
import { leafName, variable } from "../graph/ops/leaf.ts";
import { zeros } from "../graph/ops/sum.ts";
import type { GraphFunction, Update } from "../graph/program.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import type { Value } from "../graph/value.ts";
import { joinParameters, splitParameters } from "../networks/flat.ts";
import type { Network } from "../networks/network.ts";
import type { ChunkFeeds } from "./chunks.ts";
import type { ChunkSums, OnChunk, Summands } from "./chunk_sums.ts";

/** Sums in variables of the session. */
export interface SessionSums extends ChunkSums {
  /** The variables of a kind's k-th sum, by default the first, in the order of the parameters. */
  variablesOf(kind: Summands, k?: number): Value[];
  /** Sets a kind's sums to zero. */
  clear(session: Session, kind: Summands): Promise<void>;
  /** Sets a kind's first sum. */
  set(session: Session, kind: Summands, vector: Float64Array): Promise<void>;
  /** Adds what all chunks contribute to a kind's sums. */
  add(
    session: Session,
    chunks: readonly ChunkFeeds[],
    kind: Summands,
    onChunk?: OnChunk,
  ): Promise<void>;
}

/**
 * Sums in the session's own memory, for engines whose memory is not the host's: of n numbers one copy
 * crosses the border for a sum, and not one for a chunk.
 *
 * They are float32 there. The summands come from float32 products, of which they know no more digits.
 */
export function sessionSums(network: Network): SessionSums {
  const { parameters } = network;
  const sums = new Map<string, Value>();
  const sumOf = (output: string, shape: Shape): Value => {
    const sum = sums.get(output) ?? variable(`sum of ${output}`, shape);
    sums.set(output, sum);
    return sum;
  };
  const namesOf = ({ vectors }: Summands) =>
    new Set(vectors.flatMap((nameOf) => parameters.map(({ name }) => nameOf(name))));
  const all = ({ vectors }: Summands) =>
    vectors.flatMap((nameOf) => parameters.map(({ name, shape }) => sumOf(nameOf(name), shape)));
  /** Kinds whose sums have a value: what was never set can be updated by no function. */
  const begun = new Set<string>();
  const self: SessionSums = {
    leaf: variable,
    variablesOf: (kind, k = 0) =>
      all(kind).slice(k * parameters.length, (k + 1) * parameters.length),
    prepared: (program, kinds, sizes) => ({
      ...program,
      ...Object.fromEntries(kinds.flatMap((kind) => [
        ...sizes.map(kind.nameFor).filter((name) => name in program).map((name) =>
          [name, summing(program[name]!, namesOf(kind), sumOf)] as const
        ),
        [`clear ${kind.name}`, { outputs: {}, updates: all(kind).map(toZero) }] as const,
      ])),
    }),
    async clear(session, kind) {
      if (begun.has(kind.name)) return void await session.run(`clear ${kind.name}`);
      begun.add(kind.name);
      const zeros = all(kind).map((sum) => [leafName(sum), new Float32Array(sizeOf(sum.shape))]);
      await session.assign(Object.fromEntries(zeros));
    },
    set: (session, { vectors }, vector) =>
      session.assign(Object.fromEntries(
        Object.entries(splitParameters(network, vector)).map(([name, part]) =>
          [leafName(sums.get(vectors[0]!(name))!), part] as const
        ),
      )),
    async add(session, chunks, { nameFor }, onChunk) {
      for (const chunk of chunks) {
        const outputs = await session.run(nameFor(chunk.size), chunk.feeds);
        onChunk?.(chunk, outputs);
      }
    },
    async over(session, chunks, kind, read = {}, onChunk) {
      await self.clear(session, kind);
      await session.assign(read);
      await self.add(session, chunks, kind, onChunk);
      const values = await session.read(all(kind).map(leafName));
      return kind.vectors.map((nameOf) => {
        const parts = parameters.map(({ name, shape }) =>
          [name, values[leafName(sumOf(nameOf(name), shape))]!] as const
        );
        return joinParameters(network, Object.fromEntries(parts));
      });
    },
  };
  return self;
}

/** The function with additions to sums in place of the outputs that are summands. */
function summing(
  fn: GraphFunction,
  summands: ReadonlySet<string>,
  sumOf: (output: string, shape: Shape) => Value,
): GraphFunction {
  const outputs = Object.entries(fn.outputs);
  return {
    outputs: Object.fromEntries(outputs.filter(([name]) => !summands.has(name))),
    updates: outputs.filter(([name]) => summands.has(name)).map(([name, value]): Update => {
      const sum = sumOf(name, value.shape);
      return { kind: "assign", variable: sum, value: add(sum, value) };
    }),
  };
}

function toZero(variable: Value): Update {
  return { kind: "assign", variable, value: zeros(variable.shape) };
}
