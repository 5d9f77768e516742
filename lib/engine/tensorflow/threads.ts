import process from "node:process";

/**
 * Threads within one op, as TensorFlow will read them when its library loads.
 *
 * Without `TF_NUM_INTRAOP_THREADS` it takes all cores.
 */
export function threadsFromEnvironment(
  setting: string | undefined = process.env.TF_NUM_INTRAOP_THREADS,
): number {
  const threads = Number(setting);
  return Number.isInteger(threads) && threads > 0 ? threads : navigator.hardwareConcurrency;
}
