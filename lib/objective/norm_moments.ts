/** Fixed moments for batch normalisation, where a batch's own are not wanted. */
import type { Session } from "../engine/engine.ts";
import { leafName, variable } from "../graph/ops/leaf.ts";
import { allButLast, type Moments, momentsOver } from "../graph/ops/moments.ts";
import type { Program } from "../graph/program.ts";
import type { Value } from "../graph/value.ts";
import type { Network } from "../networks/network.ts";
import type { ChunkFeeds } from "./chunks.ts";

/** Mean μ and variance σ² of each channel, by the name of the batch-norm layer. */
export type NormMoments = Readonly<
  Record<string, { readonly mean: Float64Array; readonly variance: Float64Array }>
>;

/** The variables that hold the moments of a network's batch-norm layers in a session. */
export function momentVariables({ batchNorms }: Network): ReadonlyMap<string, Moments> {
  return new Map(batchNorms.map(({ name, channels }) => [name, {
    mean: variable(`${name}/mean`, [channels]),
    variance: variable(`${name}/variance`, [channels]),
  }]));
}

const KINDS = ["mean", "variance"] as const;

/** Values for {@link momentVariables}, by their names. */
export function momentValues(moments: NormMoments): Record<string, Float64Array> {
  return Object.fromEntries(
    Object.entries(moments).flatMap(([layer, values]) =>
      KINDS.map((kind) => [`${layer}/${kind}`, values[kind]])
    ),
  );
}

/**
 * Checks moments against the network that is to be normalised by them.
 *
 * @throws {TypeError} If a layer's moments are missing or have not one entry a channel.
 * @throws {RangeError} If a moment is not finite, or a variance negative.
 */
export function checkMoments({ name: network, batchNorms }: Network, moments: NormMoments): void {
  for (const { name, channels } of batchNorms) {
    for (const kind of KINDS) {
      const values = moments[name]?.[kind];
      if (values?.length !== channels) {
        throw new TypeError(
          `Cannot normalise ${name} of ${network}: its ${kind} has ` +
            `${values?.length ?? "no"} entries, want ${channels}`,
        );
      }
      const least = kind === "variance" ? 0 : -Infinity;
      const bad = values.findIndex((value) => !(Number.isFinite(value) && value >= least));
      if (bad >= 0) {
        throw new RangeError(
          `Cannot normalise ${name} of ${network}: entry ${bad} of its ${kind} is ${
            values[bad]
          }; want finite numbers, no variance below 0`,
        );
      }
    }
  }
}

/** The batch's own moments of what each batch-norm layer normalises, by `onBatchNorm`. */
export function collectMoments() {
  const collected = new Map<string, Moments>();
  return {
    collected: collected as ReadonlyMap<string, Moments>,
    onBatchNorm(layer: string, input: Value): void {
      const { mean, variance } = momentsOver(input, allButLast(input.shape));
      collected.set(layer, { mean, variance });
    },
  };
}

/** Function `moments SIZE`: the moments of a chunk, named as their variables are. */
export function momentsProgram(collected: ReadonlyMap<string, Moments>, size: number): Program {
  const outputs = Object.fromEntries(
    [...collected].flatMap(([layer, { mean, variance }]) => [
      [`${layer}/mean`, mean],
      [`${layer}/variance`, variance],
    ]),
  );
  return { [`moments ${size}`]: { outputs } };
}

/**
 * Moments over all chunks, pooled: μ = Σ_c w_c μ_c and σ² = Σ_c w_c (σ_c² + (μ_c − μ)²) with
 * w_c the chunk's share of the examples.
 *
 * What a layer sees has been normalised, in the layers before it, by its own chunk.
 */
export async function pooledMoments(
  session: Session,
  { batchNorms }: Network,
  chunks: readonly ChunkFeeds[],
): Promise<NormMoments> {
  const count = chunks.reduce((total, { size }) => total + size, 0);
  const parts: { weight: number; outputs: Record<string, ArrayLike<number>> }[] = [];
  for (const { size, feeds } of chunks) {
    parts.push({ weight: size / count, outputs: await session.run(`moments ${size}`, feeds) });
  }
  return Object.fromEntries(batchNorms.map(({ name, channels }) => {
    const mean = new Float64Array(channels);
    const variance = new Float64Array(channels);
    for (let channel = 0; channel < channels; channel++) {
      for (const { weight, outputs } of parts) {
        mean[channel]! += weight * outputs[`${name}/mean`]![channel]!;
      }
      for (const { weight, outputs } of parts) {
        const offset = outputs[`${name}/mean`]![channel]! - mean[channel]!;
        variance[channel]! += weight * (outputs[`${name}/variance`]![channel]! + offset ** 2);
      }
    }
    return [name, { mean, variance }];
  }));
}

/** Reads the moments that a session holds. */
export async function readMoments(
  session: Session,
  variables: ReadonlyMap<string, Moments>,
): Promise<NormMoments> {
  const names = [...variables.values()].flatMap(({ mean, variance }) => [mean, variance]);
  const values = await session.read(names.map(leafName));
  return Object.fromEntries([...variables].map(([layer, { mean, variance }]) => [layer, {
    mean: Float64Array.from(values[leafName(mean)]!),
    variance: Float64Array.from(values[leafName(variance)]!),
  }]));
}
