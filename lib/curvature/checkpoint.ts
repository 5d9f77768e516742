import type { HostVector } from "../linalg/krylov_basis.ts";

/** Keeps what long computations with an operator have come to; arrays by name, all at once. */
export interface CurvatureCheckpoint {
  /** What was saved last, or `undefined`. */
  load(): Readonly<Record<string, ArrayLike<number>>> | undefined;
  /** Whether to save after this product. */
  isDue(): boolean;
  /** Saves arrays, which are borrowed until the promise resolves. */
  save(arrays: Readonly<Record<string, Float64Array | Float32Array>>): void | Promise<void>;
}

/** Vectors as entries of a checkpoint: `<name>/0`, `<name>/1`, … */
export function numbered<Vector>(
  name: string,
  vectors: readonly Vector[],
): Record<string, Vector> {
  return Object.fromEntries(vectors.map((vector, k) => [`${name}/${k}`, vector]));
}

/** A saved vector, without a copy where there is no need: those of a large network fill the memory. */
export function asVector(vector: ArrayLike<number>): HostVector {
  return vector instanceof Float64Array || vector instanceof Float32Array
    ? vector
    : Float64Array.from(vector);
}
