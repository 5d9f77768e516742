import type { Terminal } from "../pipeline/display/terminal.ts";
import { EXIT } from "../pipeline/verbs/verb.ts";

/**
 * Raised when the user wants an end.
 *
 * Whoever takes one of the two ends by it. As long as nobody has, the system ends the process at a
 * signal, as any other: nothing runs that would have to be ended in order, and what is written is
 * whole or not there.
 */
export interface Interrupt {
  /** The run ends in good order. */
  readonly signal: AbortSignal;
  /** It ends at once. */
  readonly kill: AbortSignal;
  /** Whether a signal has come since one of them was taken. */
  readonly isRaised: boolean;
}

/** How long the second Ctrl-C waits for the end: a cluster may have to cancel its jobs. */
const PATIENCE_MILLISECONDS = 10_000;

/** The first Ctrl-C ends the run in good order, the second one at once, the third whatever it does. */
export function watchSignals(terminal: Terminal): Interrupt {
  const [first, second] = [new AbortController(), new AbortController()];
  const end = () => Deno.exit(EXIT.interrupted);
  const onSignal = () => {
    if (second.signal.aborted) end();
    else if (first.signal.aborted) {
      second.abort();
      Deno.unrefTimer(setTimeout(end, PATIENCE_MILLISECONDS));
    } else {
      terminal.live?.clear();
      terminal.warn("\ninterrupted; ending the run\n");
      first.abort();
    }
  };
  let isWatching = false;
  const watch = () => {
    // Asked first: with its first listener Deno catches all of them, and ends by those that have none.
    const onHangup = ignoresHangup() ? () => {} : onSignal;
    Deno.addSignalListener("SIGHUP", onHangup);
    for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, onSignal);
    isWatching = true;
  };
  const taken = ({ signal }: AbortController) => {
    if (!isWatching) watch();
    return signal;
  };
  return {
    get signal() {
      return taken(first);
    },
    get kill() {
      return taken(second);
    },
    get isRaised() {
      return first.signal.aborted;
    },
  };
}

/** Whether `nohup` has started the process: to end at SIGHUP would undo what it does. Linux tells. */
function ignoresHangup(): boolean {
  try {
    const [, mask] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(Deno.readTextFileSync("/proc/self/status"))!;
    return (BigInt(`0x${mask}`) & 1n) === 1n; // SIGHUP is the first of all
  } catch {
    return false;
  }
}
