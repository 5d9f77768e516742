import process from "node:process";

/** Median of some numbers. @throws {RangeError} If there are none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("Cannot take the median of no numbers");
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Milliseconds since some moment. */
export type Clock = () => number;

/** Time of all threads of this process: what other work on the machine does not add to. */
export function processorClock(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

/** Median time of `repeats` calls, in milliseconds. */
export async function medianMilliseconds(
  body: () => Promise<unknown>,
  repeats: number,
  clock?: Clock,
): Promise<number> {
  return median(await millisecondsOf(body, repeats, clock));
}

/** Time of each of `repeats` calls that follow each other, and of the wait for their end. */
export async function queuedMilliseconds(
  body: () => Promise<unknown>,
  done: () => Promise<unknown>,
  repeats: number,
  clock?: Clock,
): Promise<number> {
  const all = async () => {
    for (let i = 0; i < repeats; i++) await body();
    await done();
  };
  const [milliseconds] = await millisecondsOf(all, 1, clock);
  return milliseconds! / repeats;
}

/** Least time of `repeats` calls, in milliseconds: what the machine can do. */
export async function leastMilliseconds(
  body: () => Promise<unknown>,
  repeats: number,
  clock?: Clock,
): Promise<number> {
  return Math.min(...await millisecondsOf(body, repeats, clock));
}

async function millisecondsOf(
  body: () => Promise<unknown>,
  repeats: number,
  clock: Clock = () => performance.now(),
): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = clock();
    await body();
    times.push(clock() - start);
  }
  return times;
}
