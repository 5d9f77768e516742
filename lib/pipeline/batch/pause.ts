/** Waiting: for the next look, and longer and longer for what does not answer. */

/** Resolves after so many seconds; tests pass one that does not wait. */
export type Pause = (seconds: number) => Promise<void>;

/** Waits. */
export const pause: Pause = (seconds) =>
  new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

/**
 * Delays that double from `first` up to `longest`, in seconds.
 *
 * @example
 * ```ts
 * import { backoff } from "./pause.ts";
 * import assert from "node:assert/strict";
 *
 * const delay = backoff(2, 5);
 * assert.deepEqual([delay.next(), delay.next(), delay.next()], [2, 4, 5]);
 * delay.reset();
 * assert.equal(delay.next(), 2);
 * ```
 */
export function backoff(first: number, longest: number): { next(): number; reset(): void } {
  let seconds = first;
  return {
    next() {
      const now = seconds;
      seconds = Math.min(longest, 2 * seconds);
      return now;
    },
    reset: () => void (seconds = first),
  };
}
