import { stream } from "../random/stream.ts";

/** A vector of ±1, each with probability ½; shape [n]. The names and the seed tell draws apart. */
export function randomSigns(
  n: number,
  seed: number,
  ...names: readonly (string | number)[]
): Float64Array {
  const v = new Float64Array(n);
  stream(seed, ...names).fillUniform(v, 0);
  for (let i = 0; i < n; i++) v[i] = v[i]! < 0.5 ? -1 : 1;
  return v;
}
