/** Shows what set-up is doing: a line that counts seconds on a terminal, plain lines elsewhere. */

/** Told about the steps of an installation. */
export interface SetupProgress {
  /** Runs one step under a title; the step's own error passes through. */
  step<Result>(title: string, act: () => Promise<Result>): Promise<Result>;
  /** Something worth a line of its own. */
  note(line: string): void;
}

/** Shows nothing. */
export const SILENT: SetupProgress = { step: (_title, act) => act(), note: () => {} };

/** Where and how progress is shown. */
export interface ProgressView {
  readonly write: (text: string) => void;
  /** Whether a line may be rewritten in place. */
  readonly isTerminal: boolean;
  /** Whether to colour; false where `NO_COLOR` is set. */
  readonly colour: boolean;
  /** Milliseconds; only differences matter. */
  readonly now: () => number;
}

/**
 * Progress with the seconds of each step.
 *
 * @example Without a terminal each step is one plain line
 * ```ts
 * import { shownProgress } from "./progress.ts";
 * import assert from "node:assert/strict";
 *
 * let text = "";
 * let milliseconds = 0;
 * const progress = shownProgress({
 *   write: (more) => text += more,
 *   isTerminal: false,
 *   colour: false,
 *   now: () => milliseconds,
 * });
 * await progress.step("compile the addon", () => Promise.resolve(milliseconds = 12_300));
 * assert.equal(text, "  ok     compile the addon  12.3 s\n");
 * ```
 */
export function shownProgress({ write, isTerminal, colour, now }: ProgressView): SetupProgress {
  const paint = (code: number, text: string) => colour ? `\x1b[${code}m${text}\x1b[0m` : text;
  const rewrite = isTerminal ? "\r\x1b[2K" : "";
  return {
    note: (line) => write(`  ${line}\n`),
    async step(title, act) {
      const start = now();
      const seconds = () => `${((now() - start) / 1000).toFixed(1)} s`;
      const tick = () => write(`${rewrite}  ${paint(36, "...")}    ${title}  ${seconds()}`);
      const timer = isTerminal ? setInterval(tick, 1000) : undefined;
      if (isTerminal) tick();
      let outcome = paint(31, "failed");
      try {
        const result = await act();
        outcome = paint(32, "ok") + "    ";
        return result;
      } finally {
        clearInterval(timer);
        write(`${rewrite}  ${outcome} ${title}  ${seconds()}\n`);
      }
    },
  };
}
