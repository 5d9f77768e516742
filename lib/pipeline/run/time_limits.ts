import { formatSeconds } from "../display/format.ts";

/** Milliseconds; a longer timer than this wraps around. */
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
    longTimer(1000 * seconds, () => {
      clear();
      onExceeded(reason);
    });
  const endWall = after(timeout, `It ran longer than its \`timeout\` of ${formatSeconds(timeout)}`);
  const startQuiet = () =>
    after(stall, `No progress for ${formatSeconds(stall)}, which is its \`stall\``);
  let endQuiet = startQuiet();
  const clear = () => {
    endWall();
    endQuiet();
  };
  return {
    alive() {
      endQuiet();
      endQuiet = startQuiet();
    },
    clear,
  };
}

/** A timer of any length. @returns Ends it. */
function longTimer(milliseconds: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (left: number) => {
    const next = () => left > LONGEST_TIMER ? wait(left - LONGEST_TIMER) : act();
    timer = setTimeout(next, Math.min(left, LONGEST_TIMER));
  };
  wait(milliseconds);
  return () => clearTimeout(timer);
}
