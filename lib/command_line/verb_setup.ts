import type { Command } from "commander";
import type { VerbContext } from "../pipeline/verbs/verb.ts";

/** What a verb is added with. */
export interface VerbSetup {
  /** A command with help and an example. */
  verb(name: string, description: string, example: string): Command;
  context(): Promise<VerbContext>;
  /** Sets the exit status. */
  end(exit: number): void;
}
