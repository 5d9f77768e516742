import type { Command } from "commander";
import type { ProfilesContext, StudyContext, VerbContext } from "../pipeline/verbs/verb.ts";

/** What a verb wants of a study. */
export interface OpeningHow {
  /** Nothing is computed: an accelerator that is asked for by name need not be there. */
  readonly foreseen?: boolean;
}

/** What a verb is added with. */
export interface VerbSetup {
  /** A command with help and an example. */
  verb(name: string, description: string, example: string): Command;
  /** Of a verb that needs no study. */
  context(): Promise<VerbContext>;
  /** Opens the study under the profile that the command line names. */
  study(how?: OpeningHow): Promise<StudyContext>;
  /** Opens the study under each of its profiles. */
  profiles(): Promise<ProfilesContext>;
  /** Sets the exit status. */
  end(exit: number): void;
}
