import type { Terminal } from "../pipeline/display/terminal.ts";

/** Raised when the user wants an end. */
export interface Interrupt {
  /** The run ends in good order. */
  readonly signal: AbortSignal;
  /** It ends at once. */
  readonly kill: AbortSignal;
}

/** The first Ctrl-C ends the run in good order, the second one at once. */
export function watchSignals(terminal: Terminal): Interrupt {
  const [first, second] = [new AbortController(), new AbortController()];
  const onSignal = () => {
    if (first.signal.aborted) second.abort();
    else {
      terminal.live?.clear();
      terminal.warn("\ninterrupted; ending the run\n");
      first.abort();
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, onSignal);
  }
  return { signal: first.signal, kill: second.signal };
}
