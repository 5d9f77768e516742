import { formatSeconds } from "../display/format.ts";

/** A longer timer than this wraps around. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Timers over one attempt. */
export interface TimeLimits {
  /** The worker gave a sign of life. */
  alive(): void;
  clear(): void;
}

/**
 * Watches how long an attempt takes, and how long it says nothing.
 *
 * @param limits In seconds.
 * @param onExceeded Told why, once.
 */
export function timeLimits(
  { timeout, stall }: { readonly timeout: number; readonly stall: number },
  onExceeded: (reason: string) => void,
): TimeLimits {
  const after = (seconds: number, reason: string) =>
    setTimeout(() => {
      clear();
      onExceeded(reason);
    }, Math.min(1000 * seconds, LONGEST_TIMER));
  const wall = after(timeout, `It ran longer than its \`timeout\` of ${formatSeconds(timeout)}`);
  const startQuiet = () =>
    after(stall, `No progress for ${formatSeconds(stall)}, which is its \`stall\``);
  let quiet = startQuiet();
  const clear = () => {
    clearTimeout(wall);
    clearTimeout(quiet);
  };
  return {
    alive() {
      clearTimeout(quiet);
      quiet = startQuiet();
    },
    clear,
  };
}
