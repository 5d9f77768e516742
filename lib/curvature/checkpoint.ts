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
