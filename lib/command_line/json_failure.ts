import type { CommanderError } from "commander";
import type { Terminal } from "../pipeline/display/terminal.ts";
import { writeJson } from "../pipeline/verbs/verb.ts";

/** What a program reads of a command that came to nothing. */
export interface JsonFailure {
  /** What stderr says as well. */
  readonly error: string;
  /** The exit status. */
  readonly exit: number;
}

/** A terminal, and a way to say as JSON that a command failed. */
export interface FailureTerminal extends Terminal {
  /** Writes the failure to stdout, unless something is there already: one command, one document. */
  fail(failure: JsonFailure): void;
}

/**
 * A terminal that can say as JSON that a command failed.
 *
 * @param isJson Whether stdout is to hold JSON; if not, nothing is written.
 */
export function failureTerminal(terminal: Terminal, isJson: boolean): FailureTerminal {
  let hasWritten = false;
  return {
    ...terminal,
    write(text) {
      hasWritten = true;
      terminal.write(text);
    },
    fail(failure) {
      if (isJson && !hasWritten) writeJson(terminal, failure);
    },
  };
}

/** What commander found, without the word that begins its line. */
export function failureText({ code, message }: Pick<CommanderError, "code" | "message">): string {
  return code === "commander.help" ? "no verb is named" : message.replace(/^error: /, "");
}
