/** What passes between a worker's main thread and the thread of its stage. */
import { inspect } from "node:util";
import type { Progress } from "../stage.ts";
import type { StageTask } from "./stage_task.ts";

/** To the stage's thread: what to load; then, that it may run. */
export type ToStage = { readonly type: "load"; readonly task: StageTask } | {
  readonly type: "run";
};

/** From the stage's thread. */
export type FromStage =
  | { readonly type: "ready" }
  | { readonly type: "loaded" }
  | { readonly type: "progress"; readonly progress: Progress }
  | { readonly type: "diverged"; readonly reason: string }
  | { readonly type: "ended" }
  | { readonly type: "failed"; readonly error: PlainError };

/** An error as plain data. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  /** With its causes. */
  readonly stack: string;
}

/** An error, with its causes, as data. */
export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) {
    const message = typeof error === "string" && error !== ""
      ? error
      : `it threw ${inspect(error)}; throw an Error that says why`;
    return { name: "Error", message, stack: message };
  }
  const cause = error.cause === undefined ? "" : `\nCaused by: ${plainError(error.cause).stack}`;
  return {
    name: error.name,
    message: error.message || "without a message; give it one that says why",
    stack: (error.stack ?? `${error.name}: ${error.message}`) + cause,
  };
}
