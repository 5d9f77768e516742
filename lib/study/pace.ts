/** Examples per second of training's steps, for the log: the time of evaluations is left out. */

/** Measures one epoch after the other. */
export interface Pace {
  /** The steps of an epoch begin. */
  begin(): void;
  /** So many examples of the epoch are behind. @returns Examples per second, once known. */
  step(seen: number): number | undefined;
}

/**
 * Starts measuring.
 *
 * An attempt that goes on in the middle of an epoch is measured from its first step.
 *
 * @param now Milliseconds.
 *
 * @example
 * ```ts
 * import { paceOf } from "./pace.ts";
 * import assert from "node:assert/strict";
 *
 * let time = 0;
 * const pace = paceOf(() => time);
 * pace.begin();
 * time = 500;
 * assert.equal(pace.step(256), 512);
 * ```
 */
export function paceOf(now: () => number): Pace {
  let from: { readonly time: number; readonly seen: number } | undefined;
  return {
    begin() {
      from = { time: now(), seen: 0 };
    },
    step(seen) {
      const time = now();
      from ??= { time, seen };
      return time > from.time ? 1000 * (seen - from.seen) / (time - from.time) : undefined;
    },
  };
}
