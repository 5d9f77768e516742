import process from "node:process";

/** What something took, in seconds. */
export interface Spent {
  /** By the clock. */
  readonly seconds: number;
  /** Of all threads of the process. */
  readonly processor: number;
}

/** What a function found, with what it took. */
export async function timed<T extends object>(body: () => Promise<T>): Promise<T & Spent> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const found = await body();
  const { user, system } = process.cpuUsage(before);
  const processor = (user + system) / 1e6;
  return { ...found, seconds: (performance.now() - start) / 1e3, processor };
}
