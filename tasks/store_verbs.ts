/** The verbs of the command line that look after the store. */
import type { Command } from "commander";
import type { VerbContext } from "../lib/pipeline/verbs/verb.ts";
import { verifyVerb } from "../lib/pipeline/verbs/verify.ts";

/** What a verb is added with. */
export interface VerbSetup {
  /** A command with help and an example. */
  verb(name: string, description: string, example: string): Command;
  context(): VerbContext;
  /** Sets the exit status. */
  end(exit: number): void;
}

/** Adds the verbs. */
export function addStoreVerbs({ verb, context, end }: VerbSetup): void {
  verb("verify", "Check published results; what is damaged is moved aside", "verify --full")
    .option("--full", "read every byte, also of what no result names", false)
    .action(async (options: { full: boolean }) => end(await verifyVerb(options, context())));
}
